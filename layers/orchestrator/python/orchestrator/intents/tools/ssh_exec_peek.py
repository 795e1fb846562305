"""ssh.exec.peek: run a command that only reads on an allowed host."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from orchestrator.intents.ssh import MAX_TIMEOUT, Limits, Ssh
from orchestrator.intents.ssh_policy import LONGEST, quoted, read_only
from orchestrator.intents.tool import Call, tool


def refusal(inputs: Mapping[str, Any]) -> None:
    """Refuse a command that may do more than read, before anything is queued.

    Raises:
        InvalidInput: saying what is not accepted.
    """
    read_only(inputs["command"])


@tool(long=True, retry_safe=True, preview=refusal, scope="ssh:peek")
async def ssh_exec_peek(
    host: Annotated[str, Field(min_length=1, description="Alias of a host in SSH_HOSTS.", examples=["web1"])],
    command: Annotated[
        str,
        Field(
            min_length=1,
            max_length=LONGEST,
            description="One program that only reads, with its arguments; no pipes, no substitution.",
            examples=["df -h"],
        ),
    ],
    ssh: Ssh,
    call: Call,
    timeout: Annotated[  # noqa: ASYNC109 - the input is called so
        int, Field(ge=1, le=MAX_TIMEOUT, description="Seconds the command may take.")
    ] = 30,
) -> dict[str, Any]:
    """Look at a host over SSH with programs that only read."""
    words = read_only(command)
    limits = Limits(min(timeout, call.remaining()), stop_when_full=True)
    done = await ssh.run(host, quoted(words), limits)
    return done.view()
