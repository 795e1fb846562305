"""Extracts the entities of a text."""

from orchestrator.spec import Function, table

SPEC = Function(
    summary="Find what a text names, each with its place.",
    task_of="analysis",
    grants=(table("analysis", "UpdateItem", "Query"),),
    secrets=("openai",),
    settings=("openai", "analysis"),
    layers=("base", "aws", "llm"),
    timeout=60,
    memory=1024,
)
