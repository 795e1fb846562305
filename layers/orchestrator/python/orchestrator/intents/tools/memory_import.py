"""memory.import: keep many texts."""

from typing import Annotated, Any

from pydantic import Field

from orchestrator.errors import InvalidInput
from orchestrator.intents.tool import Call, tool
from orchestrator.memory.ids import Tag
from orchestrator.memory.service import Memory


@tool(long=True, retry_safe=True, stale_after="removal")
async def memory_import(
    texts: Annotated[
        list[str], Field(min_length=1, max_length=1000, description="What to remember, one by one.")
    ],
    memory: Memory,
    call: Call,
    tags: Annotated[list[Tag], Field(max_length=20, description="Labels for every text.")] = [],  # noqa: B006
) -> dict[str, Any]:
    """Store many texts in a job; what cannot be stored is listed, and the rest is kept."""
    counts = {"stored": 0, "deduplicated": 0}
    failed: list[dict[str, Any]] = []
    for done, text in enumerate(texts):
        await call.progress(done, len(texts))
        try:
            written = await memory.write(text, tags, None)
        except InvalidInput as error:
            failed.append(
                {"index": done, "error": error.message.replace("inputs.text", f"inputs.texts[{done}]")}
            )
        else:
            counts[written["status"]] += 1
    return {**counts, "failed": failed}
