"""memory.search: find texts by meaning and by word."""

from typing import Annotated, Any

from pydantic import AwareDatetime, Field

from orchestrator.intents.tool import tool
from orchestrator.memory.ids import Tag
from orchestrator.memory.service import Memory


@tool(retry_safe=True, stale_after="change")
async def memory_search(
    query: Annotated[
        str, Field(min_length=1, max_length=1000, description="What to look for.", examples=["a greeting"])
    ],
    memory: Memory,
    tags: Annotated[list[Tag], Field(max_length=20, description="Only texts that carry all of these.")] = [],  # noqa: B006
    limit: Annotated[int, Field(ge=1, le=50, description="How many texts at most.")] = 10,
    as_of: Annotated[
        AwareDatetime | None, Field(description="Ask what was remembered at this instant (RFC 3339).")
    ] = None,
) -> dict[str, Any]:
    """Find texts by meaning and by word, best first, with the score of each signal."""
    return await memory.search(query, tags, limit, as_of.timestamp() if as_of else None)
