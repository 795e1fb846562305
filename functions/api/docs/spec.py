"""The API's documentation: two pages, two documents, and the files the pages load."""

from orchestrator.spec import Function, Route

SPEC = Function(
    summary="OpenAPI documents, and the pages that show them without a CDN.",
    routes=(
        Route("GET", "/openapi.json", None),
        Route("GET", "/openapi/chatgpt.json", None),
        Route("GET", "/docs", None),
        Route("GET", "/redoc", None),
        Route("GET", "/docs/assets/{file}", None),
    ),
    settings=("public",),
    layers=("base", "docs"),
)
