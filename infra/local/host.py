"""Brings the parts together: start, run until told to stop, stop."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import time
from collections.abc import Coroutine
from contextlib import AsyncExitStack, suppress
from dataclasses import replace
from functools import partial
from typing import Any

from infra.local import envfile, reload, synth, web
from infra.local.aws.front import Front
from infra.local.aws.moto_calls import MotoCalls
from infra.local.aws.policies import Policies
from infra.local.aws.server import serve
from infra.local.aws.services import Services
from infra.local.control import Control
from infra.local.deployment import Deployment, create, read_deployment
from infra.local.environment import WorkerEnvironment
from infra.local.errors import RunnerError
from infra.local.functions import Functions
from infra.local.gateway.app import Gateway
from infra.local.layer_site import LayerSites
from infra.local.logs import Logs
from infra.local.options import ROOT, Options, read_options
from infra.local.persistence import Part, Store, vendor_secrets
from infra.local.standins import StandIns
from infra.local.template import Endpoints
from infra.local.triggers.executions import ExecutionEvents
from infra.local.triggers.queues import Poller, mappings_of
from infra.local.triggers.schedules import Scheduler, schedules_of
from infra.local.vendors import store_secrets
from infra.local.visitors import Visitors
from infra.local.workflows.api import StatesApi
from infra.local.workflows.executions import Executions


class Host:
    """The running laptop. `listener` is the HTTP port, already taken."""

    def __init__(self, options: Options, listener: socket.socket, logs: Logs) -> None:
        self.options = options
        self.listener = listener
        self.logs = logs
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.assembly = options.assembly or ROOT / "cdk.out" / f"local-{options.auth_mode}"
        self.sites = LayerSites()
        self._stop = asyncio.Event()
        self._closing = AsyncExitStack()
        self._triggers: list[asyncio.Task[None]] = []
        self._store: Store | None = None

    async def run(self, started: float) -> None:
        """Start everything, say so, and serve until a signal; `started` is a `time.perf_counter()`.

        Raises:
            RunnerError: something cannot start.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._stop.set)
        async with self._closing:
            self._closing.callback(self._save)  # first in, last out: when no worker can write any more
            await self._start()
            seconds = time.perf_counter() - started
            print(f"orchestrator ready on {self.url} (docs: /docs) in {seconds:.1f} s", flush=True)
            if self.standins.base_urls(self.deployment.vendors, self.environment.settings):
                self.standins.warm()
            await self._stop.wait()

    async def _start(self) -> None:
        options = self.options
        if not options.assembly:
            await asyncio.to_thread(
                synth.ensure, self.assembly, options.auth_mode, options.environment, self.logs.say
            )
        await self._build()
        first = read_deployment(self.assembly, self.endpoints)
        await self._open_data(first)
        await self.deploy(first)
        await self._serve()

    async def _build(self) -> None:
        """Make the parts; nothing is deployed yet."""
        self.environment = WorkerEnvironment("", self.options.environment, site=self.sites.folder)
        self.functions = Functions(self.environment, self.logs.function)
        self._closing.push_async_callback(self.functions.close)
        moto = MotoCalls("")
        self.services = Services(moto, self.functions.invoke, self.functions.knows)
        self.front = Front(self.services, Policies({}, {}, {}), self.logs.say)
        self.events = ExecutionEvents(self.services, self.logs.say)
        changed = partial(self.services.changed, "states")
        self.executions = Executions(self.front, changed, self.logs.say, self.events.ended)
        self.services.states = StatesApi(self.executions).answer
        server, port = await serve(self.front)
        self._closing.callback(server.close)
        self.endpoints = Endpoints(f"http://127.0.0.1:{port}", self.url)
        moto.endpoint = self.environment.endpoint = self.endpoints.aws
        self.standins = StandIns(self.url, partial(self.services.changed, "supabase"))
        self._closing.push_async_callback(self.standins.close)
        self.web = web.Web(Control(self.front, self.standins.entries, self.functions.workers), self.standins)

    async def _open_data(self, first: Deployment) -> None:
        """Create the resources and fill them with the data of the last run."""
        rows = self.standins.rows
        parts: dict[str, Part] = {
            "states": (self.executions.save, self.executions.restore),
            "supabase": (rows.save, rows.restore),
        }
        store = Store(self.options.data / "data", self.services.changes.__getitem__, self.logs.say, parts)
        if self.options.fresh:
            store.clear()
        create(first, self.services.call)
        store.load()
        self._store = store
        self._keep(store.keep_saving())
        self._keep(store.sweep_ttl())

    def _save(self) -> None:
        if self._store:
            self._store.save()

    async def deploy(self, deployment: Deployment) -> None:
        """Make a deployment the running one; what is under way in changed functions finishes.

        Raises:
            RunnerError: moto refuses a resource.
        """
        await self._stop_triggers()
        for groups in {function.groups for function in deployment.functions.values() if function.groups}:
            await asyncio.to_thread(self.sites.folder, groups)
        create(deployment, self.services.call)
        await self._use_settings(deployment)
        self.front.policies = deployment.policies
        self.functions.deploy(deployment.functions)
        self.web.api = Gateway(deployment.api, self.functions.invoke) if deployment.api else None
        self.web.visitors = Visitors.of(deployment.api, self.options.environment)
        self._start_triggers(deployment)
        self.events.rules = deployment.rules
        self.executions.deploy(deployment.machines)
        envfile.write(self.options.data / "env", deployment, self.url)
        self.deployment = deployment

    async def _use_settings(self, deployment: Deployment) -> None:
        settings = self.environment.settings
        ssh = await self.standins.ssh(settings)
        vendor_secrets.update(vendor.secret_name for vendor in deployment.vendors)
        store_secrets(deployment.vendors, {**settings, **ssh}, self.services.call)
        # The private key is listed by no function as a setting, so no worker gets it this way.
        self.environment.vendors = {**self.standins.base_urls(deployment.vendors, settings), **ssh}

    def _start_triggers(self, deployment: Deployment) -> None:
        for mapping in mappings_of(deployment.template):
            poller = Poller(mapping, self.services, self.functions.invoke)
            self._triggers.append(asyncio.create_task(poller.run()))
        scheduler = Scheduler(self.services, self.endpoints.aws, self.logs.say)
        for schedule in schedules_of(deployment.template):
            self._triggers.append(asyncio.create_task(scheduler.run(schedule)))

    async def _stop_triggers(self) -> None:
        for task in self._triggers:
            task.cancel()
        await asyncio.gather(*self._triggers, return_exceptions=True)
        self._triggers.clear()

    async def _serve(self) -> None:
        self._closing.callback((self.options.data / "env").unlink, missing_ok=True)
        self._keep(self.functions.reap_idle(self.options.idle_seconds))
        if self.options.parent:
            self._keep(self._follow(self.options.parent))
        if self.options.reload:
            self._keep(reload.watch(self.change))
        server, task = await web.start(self.web, self.listener)

        async def finish() -> None:
            server.should_exit = True
            await self.executions.suspend()  # while what its tasks call still answers
            await self._stop_triggers()
            await task

        self._closing.push_async_callback(finish)

    async def change(self, plan: reload.Plan) -> None:
        """Act on saved files: fresh workers, or a new synth and deployment."""
        say = self.logs.say
        if plan.runner:
            say("the runner itself changed: restart `make run` to use it")
        stale = await self._read_settings() if plan.settings else False
        if (plan.synth or stale) and not self.options.assembly:
            await self._redeploy()
        recycled = self.functions.recycle(plan.affects)
        if recycled:
            say(f"reloaded {', '.join(recycled)}")

    async def _read_settings(self) -> bool:
        """Use `.env` as it is now; return whether the template has to be made again for it."""
        before = self.options
        try:
            now = read_options().environment
        except RunnerError as error:
            self.logs.say(f"{error}; the settings stay as they were", "ERROR")
            return False
        self.options = replace(before, environment=now)
        self.environment.settings = now
        await self._use_settings(self.deployment)
        self.web.visitors = Visitors.of(self.deployment.api, now)
        self.logs.say("read .env again")
        return synth.asks_for(now) != synth.asks_for(before.environment)

    async def _redeploy(self) -> None:
        options, say = self.options, self.logs.say
        try:
            await asyncio.to_thread(synth.ensure, self.assembly, options.auth_mode, options.environment, say)
            await self.deploy(read_deployment(self.assembly, self.endpoints))
        except RunnerError as error:
            say(f"{error}; the stack goes on as it was", "ERROR")
        else:
            say("deployed the changed stack")

    async def _follow(self, parent: int) -> None:
        """Stop when the process `parent` is gone."""
        while True:
            await asyncio.sleep(1)
            try:
                os.kill(parent, 0)
            except ProcessLookupError:
                self._stop.set()

    def _keep(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` in the background until the runner stops."""
        task = asyncio.create_task(work)

        async def end() -> None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

        self._closing.push_async_callback(end)
