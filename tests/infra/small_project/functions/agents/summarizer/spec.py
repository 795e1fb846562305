from orchestrator.spec import Function

SPEC = Function(summary="Stands in for the summarizer.", task_of="analysis", timeout=60)
