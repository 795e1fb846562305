"""memory.write: keep a text."""

from typing import Annotated, Any

from pydantic import Field

from orchestrator.intents.tool import tool
from orchestrator.memory.ids import Tag
from orchestrator.memory.service import Memory


@tool(retry_safe=True, stale_after="removal")
async def memory_write(
    text: Annotated[str, Field(min_length=1, description="What to remember.", examples=["Hello World"])],
    memory: Memory,
    tags: Annotated[list[Tag], Field(max_length=20, description="Labels to filter by.")] = [],  # noqa: B006
    key: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=128,
            description="Name of the fact; a later text under it supersedes this one.",
        ),
    ] = None,
) -> dict[str, Any]:
    """Store a text with its embedding; writing the same text again changes nothing."""
    return await memory.write(text, tags, key)
