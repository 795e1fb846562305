from orchestrator.spec import Function, Route, key, queue, table, workflow

SPEC = Function(
    summary="Greets.",
    routes=(Route("POST", "/greet/{name}", "greet:run"), Route("GET", "/greet", None)),
    grants=(
        table("jobs", "GetItem", "PutItem"),
        queue("jobs", "SendMessage"),
        key("webhooks", "Encrypt"),
        workflow("analysis", "StartExecution"),
    ),
    secrets=("openai",),
    settings=("intents",),
    layers=("base", "aws"),
    timeout=12,
    memory=768,
    environment={"TONE": "kind"},
)
