"""memory.delete: forget one text."""

from typing import Any

from orchestrator.intents.tool import tool
from orchestrator.memory.ids import ItemId
from orchestrator.memory.service import Memory


@tool(retry_safe=True, stale_after="change")
async def memory_delete(item_id: ItemId, memory: Memory) -> dict[str, Any]:
    """Delete one text; its history stays."""
    return await memory.delete(item_id)
