"""memory.history: what happened to one text."""

from typing import Any

from orchestrator.intents.tool import tool
from orchestrator.memory.ids import ItemId
from orchestrator.memory.service import Memory


@tool(retry_safe=True, stale_after="change")
async def memory_history(item_id: ItemId, memory: Memory) -> dict[str, Any]:
    """Return when a text was stored, superseded and deleted, oldest first."""
    return await memory.history(item_id)
