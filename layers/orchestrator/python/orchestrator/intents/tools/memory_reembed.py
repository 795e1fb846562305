"""memory.reembed: the real embedding for a text that was stored without the vendor."""

from typing import Any

from orchestrator.intents.tool import tool
from orchestrator.memory.ids import ItemId
from orchestrator.memory.service import Memory


@tool(long=True, retry_safe=True)
async def memory_reembed(item_id: ItemId, memory: Memory) -> dict[str, Any]:
    """Embed a text again that was stored while the embedding vendor did not answer."""
    return await memory.re_embed(item_id)
