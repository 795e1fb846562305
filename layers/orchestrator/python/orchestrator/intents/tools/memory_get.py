"""memory.get: one remembered text."""

from typing import Any

from orchestrator.intents.tool import tool
from orchestrator.memory.ids import ItemId
from orchestrator.memory.service import Memory


@tool(retry_safe=True, stale_after="change")
async def memory_get(item_id: ItemId, memory: Memory) -> dict[str, Any]:
    """Return one remembered text by its id."""
    return await memory.get(item_id)
