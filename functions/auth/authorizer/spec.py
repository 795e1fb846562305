"""The Lambda authorizer of the HTTP API."""

from orchestrator.spec import Function, table

SPEC = Function(
    summary="API Gateway asks it who is calling: an API key in, its tenant, id and scopes out.",
    authorizer=True,
    grants=(table("keys", "GetItem"),),
    settings=("auth",),
    layers=("base", "aws"),
)
