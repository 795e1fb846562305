"""What the runner is told from outside: the process environment over `.env`."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from infra.local.errors import RunnerError

ROOT = Path(__file__).resolve().parents[2]
"""The repository."""
ASSEMBLY = "ORCHESTRATOR_LOCAL_ASSEMBLY"


@dataclass(frozen=True, slots=True)
class Options:
    """The runner's own settings; `environment` is what functions may be given a part of.

    `assembly` is a cloud assembly to run as it is, without a synth: tests bring small ones. `parent` is a
    process the runner must not outlive, 0 for none.
    """

    port: int
    data: Path
    fresh: bool
    auth_mode: str
    idle_seconds: float
    reload: bool
    assembly: Path | None
    parent: int
    log_file: Path
    environment: Mapping[str, str]


def read_options(process: Mapping[str, str] = os.environ) -> Options:
    """Merge `.env` under the process environment and read the runner's settings.

    `ORCHESTRATOR_LOCAL_ENV_FILE` names another file than `.env`.

    Raises:
        RunnerError: a setting of the runner itself has an impossible value.
    """
    environment = {**_dotenv(Path(process.get("ORCHESTRATOR_LOCAL_ENV_FILE") or ROOT / ".env")), **process}
    auth_mode = environment.get("AUTH_MODE") or "open"
    if auth_mode not in ("open", "key"):
        raise RunnerError(f"AUTH_MODE is {auth_mode!r}; use AUTH_MODE=open or AUTH_MODE=key")
    own = environment.get("ORCHESTRATOR_LOCAL_DIR")
    return Options(
        port=int(_number(environment, "PORT", 8000)),
        data=Path(own or ROOT / ".local").resolve(),
        log_file=Path(own or ROOT).resolve() / "logs" / "orchestrator.log",
        fresh=environment.get("FRESH", "") not in ("", "0", "false"),
        auth_mode=auth_mode,
        idle_seconds=_number(environment, "ORCHESTRATOR_LOCAL_IDLE", 300),
        reload=environment.get("ORCHESTRATOR_LOCAL_RELOAD", "1") != "0",
        assembly=Path(environment[ASSEMBLY]) if environment.get(ASSEMBLY) else None,
        parent=int(_number(environment, "ORCHESTRATOR_LOCAL_PARENT", 0)),
        environment=environment,
    )


def _dotenv(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    from dotenv import dotenv_values

    return {name: value for name, value in dotenv_values(path).items() if value is not None}


def _number(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name) or str(default)
    try:
        value = float(text)
    except ValueError:
        value = -1
    if value < 0 or (name == "PORT" and value > 65535):
        raise RunnerError(f"{name} is {text!r}; it must be a number, for example {name}={default}")
    return value
