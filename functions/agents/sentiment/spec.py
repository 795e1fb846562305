"""Tells the sentiment of a text."""

from orchestrator.spec import Function, table

SPEC = Function(
    summary="Tell the sentiment of a text, and of what it names.",
    task_of="analysis",
    grants=(table("analysis", "UpdateItem", "Query"),),
    secrets=("openai",),
    settings=("openai", "analysis"),
    layers=("base", "aws", "llm"),
    timeout=60,
    memory=1024,
)
