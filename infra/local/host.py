"""Brings the parts together: start, run until told to stop, stop."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import signal
import socket
import time
from typing import Any

from infra.local import moto_patches, synth, web
from infra.local.aws.front import Front
from infra.local.aws.moto_calls import MotoCalls
from infra.local.aws.policies import Policies
from infra.local.aws.server import serve
from infra.local.aws.services import Services
from infra.local.control import Control
from infra.local.deployment import Deployment, create, read_deployment
from infra.local.environment import WorkerEnvironment
from infra.local.functions import Functions
from infra.local.gateway.app import Gateway
from infra.local.logs import Logs
from infra.local.options import ROOT, Options
from infra.local.template import Endpoints
from infra.local.vendors import store_secrets


class Host:
    """The running laptop. `listener` is the HTTP port, already taken."""

    def __init__(self, options: Options, listener: socket.socket, logs: Logs) -> None:
        self.options = options
        self.listener = listener
        self.logs = logs
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        self.stop = asyncio.Event()
        self.closing: contextlib.AsyncExitStack = contextlib.AsyncExitStack()

    async def run(self, started: float) -> None:
        """Start everything, say so, and serve until `stop` is set; `started` is a `time.perf_counter()`.

        Raises:
            RunnerError: something cannot start.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop.set)
        async with self.closing:
            await self._start()
            seconds = time.perf_counter() - started
            print(f"orchestrator ready on {self.url} (docs: /docs) in {seconds:.1f} s", flush=True)
            await self.stop.wait()

    async def _start(self) -> None:
        options = self.options
        out = options.assembly or ROOT / "cdk.out" / f"local-{options.auth_mode}"
        if not options.assembly:
            await asyncio.to_thread(synth.ensure, out, options.auth_mode, options.environment, self.logs.say)
        self.environment = WorkerEnvironment("", options.environment)
        self.functions = Functions(self.environment, self.logs.function)
        self.closing.push_async_callback(self.functions.close)
        moto = MotoCalls("")
        services = Services(moto, self.functions.invoke, self.functions.knows)
        self.front = Front(services, Policies({}, {}), self.logs.say)
        server, port = await serve(self.front)
        self.closing.callback(server.close)
        endpoints = Endpoints(f"http://127.0.0.1:{port}", self.url)
        moto.endpoint = self.environment.endpoint = endpoints.aws
        moto_patches.install(("dynamodb", "s3vectors", "secretsmanager"), endpoints.aws)
        self.web = web.Web(Control(self.front, list, self.functions.workers), None)
        self.deploy(read_deployment(out, endpoints))
        await self._serve()

    def deploy(self, deployment: Deployment) -> None:
        """Make a deployment the running one."""
        create(deployment, self.front.services.call)
        store_secrets(deployment.vendors, self.options.environment, self.front.services.call)
        self.front.policies = deployment.policies
        self.functions.deploy(deployment.functions)
        self.web.api = Gateway(deployment.api, self.functions.invoke) if deployment.api else None

    async def _serve(self) -> None:
        server, task = await web.start(self.web, self.listener)

        async def finish() -> None:
            server.should_exit = True
            await task

        self.closing.push_async_callback(finish)
