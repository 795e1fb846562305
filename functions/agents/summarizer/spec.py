"""Summarizes a text."""

from orchestrator.spec import Function, table

SPEC = Function(
    summary="Summarize a text within a word budget, with its key points.",
    task_of="analysis",
    grants=(table("analysis", "UpdateItem", "Query"),),
    secrets=("openai",),
    settings=("openai", "analysis"),
    layers=("base", "aws", "llm"),
    timeout=60,
    memory=1024,
)
