from orchestrator.spec import Function

SPEC = Function(summary="Stands in for the collector.", task_of="analysis", timeout=60)
