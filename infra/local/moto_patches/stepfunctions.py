"""Step Functions: real executions whose tasks reach this runner.

What moto 5.2.5 needs: its executing backend switched on; its tasks' SDK calls sent to our endpoint through
kept clients (it builds one per call, 30 ms each); JSONata evaluated by a Python library instead of a
JavaScript engine; executions started without a name given one; a task token that is answered early noticed;
StartSyncExecution.
"""

from __future__ import annotations

import importlib
import json
import sys
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from infra.local.moto_patches.seam import moto
from infra.local.shared import ACCOUNT, ADMIN_KEY, REGION, Json

_ASL = "stepfunctions.parser.asl"
_clients: dict[tuple[str, str], Any] = {}
_lock = threading.Lock()
_settings: dict[str, str] = {}
_originals: dict[str, Any] = {}


def install(endpoint: str) -> None:
    """Make every change; a second call only moves the endpoint."""
    if _settings.get("endpoint") != endpoint:
        _clients.clear()
    _settings["endpoint"] = endpoint
    if _originals:
        return
    moto("core.config").default_user_config["stepfunctions"] = {"execute_state_machine": True}
    _use_kept_clients()
    _use_python_jsonata()
    _name_executions()
    _notice_early_tokens()
    _run_synchronously()
    _start_nested()


def client_for(region: str, service: str, state_credentials: object = None) -> Any:
    """Return the kept SDK client of a service; moto's tasks call this."""
    boto3 = importlib.import_module("boto3")
    with _lock:
        key = (REGION, service)
        if key not in _clients:
            _clients[key] = boto3.client(
                service,
                region_name=REGION,
                endpoint_url=_settings["endpoint"],
                aws_access_key_id=ADMIN_KEY,
                aws_secret_access_key="local",  # noqa: S106 - signed for loopback only
            )
        return _clients[key]


def _use_kept_clients() -> None:
    moto(f"{_ASL}.component.state.exec.state_task.state_task_factory")  # loads every module that has a client
    _originals["client"] = moto(f"{_ASL}.utils.boto_client").boto_client_for
    for name, loaded in list(sys.modules.items()):
        if name.startswith("moto.stepfunctions") and hasattr(loaded, "boto_client_for"):
            vars(loaded)["boto_client_for"] = client_for


def _use_python_jsonata() -> None:
    module = moto(f"{_ASL}.jsonata.jsonata")

    def evaluate(expression: str) -> Any:
        import jsonata

        try:
            return jsonata.Jsonata(expression).evaluate(None)
        except Exception as error:
            raise module.JSONataException("UNKNOWN", str(error)) from error

    module._eval_jsonata = evaluate


def _name_executions() -> None:
    backend = moto("stepfunctions.parser.models").StepFunctionsParserBackend
    original = backend.start_execution

    def start(self: Any, state_machine_arn: str, name: str | None = None, *args: Any, **kwargs: Any) -> Any:
        return original(self, state_machine_arn, name or str(uuid.uuid4()), *args, **kwargs)

    backend.start_execution = start


def _notice_early_tokens() -> None:
    callback = moto(f"{_ASL}.eval.callback.callback").CallbackEndpoint
    original = callback.setup_heartbeat_endpoint

    def setup(self: Any, heartbeat_seconds: int) -> Any:
        endpoint = original(self, heartbeat_seconds)
        if self._outcome is not None:
            endpoint.notify()
        return endpoint

    callback.setup_heartbeat_endpoint = setup


def _run_synchronously() -> None:
    from moto.core.responses import ActionResult

    wanted = [
        "executionArn",
        "stateMachineArn",
        "name",
        "startDate",
        "stopDate",
        "status",
        "error",
        "cause",
        "input",
        "output",
    ]

    def start_sync_execution(self: Any) -> ActionResult:
        execution = self.stepfunction_backend.start_execution(
            self._get_param("stateMachineArn"),
            self._get_param("name") or str(uuid.uuid4()),
            self._get_param("input", if_none="{}"),
        )
        while _status(execution) in ("RUNNING", "None"):
            time.sleep(0.005)
        described = execution.to_describe_output()
        return ActionResult({key: described[key] for key in wanted if described.get(key) is not None})

    moto("stepfunctions.responses").StepFunctionResponse.start_sync_execution = start_sync_execution


def _status(execution: Any) -> str:
    return str(getattr(execution.exec_status, "value", execution.exec_status))


def _start_nested() -> None:
    module = moto(f"{_ASL}.component.state.exec.state_task.service.state_task_service_sfn")

    def start(
        self: Any, env: Any, resource_runtime_part: Any, normalised_parameters: Any, state_credentials: Any
    ) -> None:
        parameters = {key[0].lower() + key[1:]: value for key, value in normalised_parameters.items()}
        started = client_for(REGION, "stepfunctions").start_execution(**parameters)
        env.stack.append({"ExecutionArn": started["executionArn"], "StartDate": str(started["startDate"])})

    module.StateTaskServiceSfn._eval_service_task = start


def warm(call: Callable[[str, str, Json], Json]) -> None:
    """Run one empty execution: the first one loads the parser, 0.3 to 2.8 s."""
    definition = {"StartAt": "End", "States": {"End": {"Type": "Pass", "End": True}}}
    machine = {
        "name": "local-warm-up",
        "definition": json.dumps(definition),
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/local",
    }
    arn = call("states", "CreateStateMachine", machine)["stateMachineArn"]
    call("states", "StartExecution", {"stateMachineArn": arn})
