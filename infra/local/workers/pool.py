"""The workers of one function: at most two, started on demand, ended when idle."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping

from infra.local.shared import Invocation
from infra.local.workers.function import LocalFunction
from infra.local.workers.worker import LogLine, Worker

MAX_WORKERS = 2


class Pool:
    """Invokes one function. `environment` is called for each new worker, so changed settings arrive."""

    def __init__(
        self, function: LocalFunction, environment: Callable[[LocalFunction], Mapping[str, str]], log: LogLine
    ) -> None:
        self.function = function
        self.environment = environment
        self.log = log
        self.workers: set[Worker] = set()
        self._idle: list[Worker] = []
        self._free = MAX_WORKERS
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._stale: set[Worker] = set()

    async def invoke(self, payload: bytes) -> Invocation:
        """Run one invocation on an idle or a new worker; wait while both are busy."""
        await self._acquire()
        try:
            return await self._run(payload)
        finally:
            self._release()

    async def _run(self, payload: bytes) -> Invocation:
        worker = self._take_idle()
        if worker is None:
            worker = Worker(self.function, self.environment(self.function), self.log)
            self.workers.add(worker)
            error = await self._start(worker)
            if error is not None:
                self.workers.discard(worker)
                return Invocation(error, True)
        answer = await self._invoke(worker, payload)
        if worker.dead or worker in self._stale:
            self._end(worker)
        else:
            self._idle.append(worker)
        return answer

    async def _start(self, worker: Worker) -> bytes | None:
        try:
            return await worker.start()
        except BaseException:
            self._end(worker)
            raise

    async def _invoke(self, worker: Worker, payload: bytes) -> Invocation:
        try:
            return await worker.invoke(payload, str(uuid.uuid4()))
        except BaseException:  # the caller gave up: nobody will read this worker's answer
            self._end(worker)
            raise

    def recycle(self) -> None:
        """Make the next invocation see changed code: idle workers end, busy ones end after their call."""
        self._stale |= self.workers
        self._end_idle(lambda worker: True)

    def reap(self, idle_seconds: float) -> None:
        """End workers that have been idle for longer than `idle_seconds`."""
        limit = time.monotonic() - idle_seconds
        self._end_idle(lambda worker: worker.idle_since < limit)

    async def close(self) -> None:
        """Kill every worker and wait until none is left."""
        workers = list(self.workers)
        for worker in workers:
            self._end(worker)
        await asyncio.gather(*(worker.stopped() for worker in workers))

    def _take_idle(self) -> Worker | None:
        while self._idle:
            worker = self._idle.pop()
            if not worker.dead:
                return worker
            self._end(worker)
        return None

    def _end_idle(self, due: Callable[[Worker], bool]) -> None:
        for worker in [worker for worker in self._idle if due(worker)]:
            self._idle.remove(worker)
            self._end(worker)

    def _end(self, worker: Worker) -> None:
        self.workers.discard(worker)
        self._stale.discard(worker)
        worker.kill()

    async def _acquire(self) -> None:
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self._release()
            raise

    def _release(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
