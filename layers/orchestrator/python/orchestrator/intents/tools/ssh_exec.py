"""ssh.exec: run a command on an allowed host, once, and only when the caller has confirmed it."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from orchestrator.intents.ssh import MAX_TIMEOUT, Limits, Ssh
from orchestrator.intents.ssh_risk import risk_of
from orchestrator.intents.tool import Call, tool


def dry_run(inputs: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what would run unless `confirm_dangerous` is JSON `true`; the text "true" and 1 are not."""
    if inputs["confirm_dangerous"] is True:
        return None
    return {
        "dry_run": True,
        "note": "Set confirm_dangerous=true",
        "would_run": inputs["command"],
        "host": inputs["host"],
        "risk": risk_of(inputs["command"]),
    }


@tool(long=True, retry_safe=False, preview=dry_run, scope="ssh:exec")
async def ssh_exec(
    host: Annotated[str, Field(min_length=1, description="Alias of a host in SSH_HOSTS.", examples=["web1"])],
    command: Annotated[
        str,
        Field(
            min_length=1, max_length=16_384, description="A line for the host's shell.", examples=["uptime"]
        ),
    ],
    ssh: Ssh,
    call: Call,
    confirm_dangerous: Annotated[
        Any,
        Field(
            description="JSON true runs the command; anything else only shows what would run.",
            json_schema_extra={"type": "boolean"},
        ),
    ] = False,
    timeout: Annotated[  # noqa: ASYNC109 - the input is called so
        int, Field(ge=1, le=MAX_TIMEOUT, description="Seconds the command may take.")
    ] = 60,
) -> dict[str, Any]:
    """Run a shell command over SSH; without confirm_dangerous=true it only says what it would run."""
    # Asked again where it is run: the guard must hold whatever came through the queue.
    asked = {"confirm_dangerous": confirm_dangerous, "command": command, "host": host}
    if (shown := dry_run(asked)) is not None:
        return shown
    done = await ssh.run(host, command, Limits(min(timeout, call.remaining())))
    return done.view()
