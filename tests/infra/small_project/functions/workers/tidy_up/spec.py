from orchestrator.spec import Function, Schedule, table

SPEC = Function(
    summary="Tidies up every night.",
    schedule=Schedule("cron(0 3 * * ? *)", "Europe/Berlin"),
    grants=(
        table("memory", "Query"),
        table("analysis", "Query", indexes=("listed", "by_status")),
        table("webhooks", indexes=("failed",)),
    ),
    layers=("base", "aws"),
)
