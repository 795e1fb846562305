from orchestrator.spec import Function

SPEC = Function(summary="Stands in for the entity extractor.", task_of="analysis", timeout=60)
