"""Every function of the running deployment and its pool of workers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

from infra.local.shared import Invocation
from infra.local.workers.function import LocalFunction
from infra.local.workers.pool import Pool
from infra.local.workers.worker import LogLine, error_object


class Functions:
    """Invokes functions by name."""

    def __init__(self, environment: Callable[[LocalFunction], Mapping[str, str]], log: LogLine) -> None:
        self._environment = environment
        self._log = log
        self._pools: dict[str, Pool] = {}

    def knows(self, name: str) -> bool:
        """Return whether the stack has a function of this name."""
        return name in self._pools

    async def invoke(self, name: str, payload: bytes) -> Invocation:
        """Run one invocation; an unknown name is a failed one."""
        pool = self._pools.get(name)
        if pool is None:
            return Invocation(error_object("ResourceNotFoundException", f"Function not found: {name}"), True)
        return await pool.invoke(payload)

    def deploy(self, functions: Mapping[str, LocalFunction]) -> list[str]:
        """Take over a new set of functions; return the short names of those that changed.

        A changed function gets a new pool; the old one finishes what it runs.
        """
        changed: list[str] = []
        for name in [*self._pools]:
            if functions.get(name) != self._pools[name].function:
                self._pools.pop(name).recycle()
                changed.append(name)
        for name, function in functions.items():
            if name not in self._pools:
                self._pools[name] = Pool(function, self._environment, self._log)
        return [functions[name].short_name for name in changed if name in functions]

    def recycle(self, affected: Callable[[LocalFunction], bool]) -> list[str]:
        """Give the affected functions fresh workers; return the short names of those that had any."""
        pools = [pool for pool in self._pools.values() if affected(pool.function)]
        live = [pool.function.short_name for pool in pools if pool.workers]
        for pool in pools:
            pool.recycle()
        return live

    def workers(self) -> dict[str, list[int]]:
        """Return the process ids of each function's live workers.

        One that is only about to start has none: whoever kills what is listed would kill process 0, which
        stands for their own group.
        """
        return {
            name: [worker.pid for worker in pool.workers if worker.pid and not worker.dead]
            for name, pool in self._pools.items()
        }

    async def reap_idle(self, idle_seconds: float) -> None:
        """End idle workers, for ever."""
        while True:
            await asyncio.sleep(min(5.0, max(0.2, idle_seconds / 4)))
            for pool in self._pools.values():
                pool.reap(idle_seconds)

    async def close(self) -> None:
        """End every worker."""
        await asyncio.gather(*(pool.close() for pool in self._pools.values()))
