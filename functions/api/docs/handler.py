"""GET /docs, /redoc and the OpenAPI documents they show."""

import json
from functools import lru_cache
from typing import Annotated, Any
from urllib.parse import urlsplit

from fastapi import Path, Request, Response

from functions.api.docs.files import File, asset, own
from functions.api.docs.spec import SPEC
from orchestrator.config.groups import Public
from orchestrator.entry.http import create_app, lambda_handler

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "font-src 'self' data:; connect-src {connect}; worker-src blob:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'"
)
"""Nothing from elsewhere. Both viewers write styles as they run, so these may be inline."""

app = create_app(SPEC)
base_url = Public.load().base_url


def _serves(media_type: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {media_type: {}}}, 304: {"description": "You have it already."}}


@app.get(
    "/openapi.json", operation_id="getOpenApi", response_class=Response, responses=_serves("application/json")
)
async def openapi(request: Request) -> Response:
    """Return the OpenAPI 3.1 document of every endpoint."""
    return _serve(request, _document("openapi.json", base_url))


@app.get(
    "/openapi/chatgpt.json",
    operation_id="getChatGptOpenApi",
    response_class=Response,
    responses=_serves("application/json"),
)
async def chatgpt(request: Request) -> Response:
    """Return the reduced OpenAPI 3.0 document for ChatGPT Actions."""
    if base_url:
        return _serve(request, _document("chatgpt.json", base_url))
    # It names the host it was asked at: no cache may hand it to somebody who asked at another.
    return _serve(request, _document("chatgpt.json", str(request.base_url)), vary="accept-encoding, host")


@app.get("/docs", operation_id="getDocs", response_class=Response, responses=_serves("text/html"))
async def docs(request: Request) -> Response:
    """Show the API as a page to try it out."""
    return _page(request, "static/swagger.html")


@app.get("/redoc", operation_id="getRedoc", response_class=Response, responses=_serves("text/html"))
async def redoc(request: Request) -> Response:
    """Show the API as a page to read."""
    return _page(request, "static/redoc.html")


@app.get(
    "/docs/assets/{file}", operation_id="getDocsAsset", response_class=Response, responses=_serves("*/*")
)
async def assets(
    request: Request, file: Annotated[str, Path(max_length=64, examples=["redoc.js"])]
) -> Response:
    """Return a script, style or image of the pages."""
    return _serve(request, asset(file), seconds=86_400)


@lru_cache(maxsize=8)
def _document(name: str, server: str) -> File:
    document = own(name)
    if not server:
        return document
    content = json.loads(document.content) | {"servers": [{"url": server.rstrip("/")}]}
    return File(json.dumps(content, ensure_ascii=False).encode(), document.media_type)


def _page(request: Request, name: str) -> Response:
    response = _serve(request, own(name, "text/html; charset=utf-8"))
    server = urlsplit(base_url)
    elsewhere = f" {server.scheme}://{server.netloc}" if base_url else ""
    response.headers["content-security-policy"] = PAGE_POLICY.format(connect=f"'self'{elsewhere}")
    response.headers["referrer-policy"] = "no-referrer"
    return response


def _serve(request: Request, file: File, seconds: int = 300, vary: str = "accept-encoding") -> Response:
    packed = "gzip" in request.headers.get("accept-encoding", "")
    etag = f'"{file.etag}{"-gzip" if packed else ""}"'
    headers = {
        "etag": etag,
        "cache-control": f"public, max-age={seconds}",
        "vary": vary,
        "x-content-type-options": "nosniff",
    }
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if packed:
        headers["content-encoding"] = "gzip"
    return Response(file.compressed if packed else file.content, 200, headers, file.media_type)


handler = lambda_handler(app)
