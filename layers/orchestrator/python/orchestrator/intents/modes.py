"""Which engine runs an intent."""

from __future__ import annotations

from collections.abc import Container

from orchestrator.errors import NotConfigured
from orchestrator.intents.models import Mode, RequestedMode

_FLOW_FAMILIES = ("gmail", "slack", "calendar")
_MISSING: dict[Mode, str] = {
    "flow": "it needs a flow engine, set by N8N_WEBHOOK_BASE or ACTIVEPIECES_BASE, and none is called yet",
    "mcp": "it needs an MCP server, and there is no setting for one yet",
}


def select_mode(intent: str, requested: RequestedMode, tools: Container[str]) -> tuple[Mode, str]:
    """Return the mode `intent` runs in, and the reason in words.

    In `auto`: an intent with a tool is agent; `gmail.*`, `slack.*` and `calendar.*` are flow; `mcp.*` and
    `<server>/<tool>` are mcp; anything else is agent, which then says what it has.
    """
    if requested != "auto":
        return requested, f"mode {requested} was asked for"
    family = intent.partition(".")[0]
    if family == "memory":
        return "agent", "memory.* runs in agent mode"
    if intent in tools:
        return "agent", f"{intent} is a tool of this deployment"
    if family == "mcp" or "/" in intent:
        return "mcp", "mcp.* and <server>/<tool> run in mcp mode"
    if family in _FLOW_FAMILIES:
        return "flow", f"{family}.* runs in flow mode"
    return "agent", "agent mode is the default"


def require_available(mode: Mode) -> None:
    """Refuse the modes whose engines are not part of this version yet.

    Raises:
        NotConfigured: naming the setting the mode needs, if there is one.
    """
    if mode == "agent":
        return
    raise NotConfigured(
        f"Mode '{mode}' is not available: {_MISSING[mode]}",
        hint="GET /intents lists what can run now, in agent mode.",
    )
