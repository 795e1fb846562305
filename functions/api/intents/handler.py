"""GET /intents: every intent, with the JSON Schema of its inputs."""

from functions.api.intents.spec import SPEC
from orchestrator import wiring
from orchestrator.entry.http import create_app, lambda_handler
from orchestrator.intents.models import IntentList, IntentView

app = create_app(SPEC)


@app.get("/intents", operation_id="listIntents")
async def list_intents() -> IntentList:
    """List every intent with its mode and the JSON Schema of its inputs."""
    return IntentList(
        intents=[
            IntentView(
                intent=tool.intent,
                mode="agent",
                summary=tool.summary,
                inputs=tool.schema,
                duration="long" if tool.options.long else "quick",
                retry_safe=tool.options.retry_safe,
                scope=tool.options.scope,
            )
            for tool in wiring.tools()
        ]
    )


handler = lambda_handler(app)
