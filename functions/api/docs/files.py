"""The files this function serves, read once, each with its type and its tag."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.util import find_spec
from pathlib import Path

from orchestrator.errors import NotConfigured, NotFound

HERE = Path(__file__).parent
_OWN = {"swagger.js": "text/javascript", "redoc.js": "text/javascript"}
_BUNDLED = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "redoc.standalone.js": "text/javascript",
    "favicon.png": "image/png",
}


@dataclass(frozen=True)
class File:
    """Content and what a client needs to know of it."""

    content: bytes
    media_type: str

    @cached_property
    def etag(self) -> str:
        """A strong tag of the content (RFC 9110, 8.8.3), without quotes."""
        return hashlib.sha256(self.content).hexdigest()[:32]

    @cached_property
    def compressed(self) -> bytes:
        """The content as gzip: the two bundles shrink from 2.6 MB to 0.8 MB."""
        return gzip.compress(self.content, compresslevel=6, mtime=0)


@cache
def own(name: str, media_type: str = "application/json") -> File:
    """Return a file that stands beside this module."""
    return File((HERE / name).read_bytes(), media_type)


@cache
def asset(name: str) -> File:
    """Return a file the pages load.

    Raises:
        NotFound: there is no such file.
        NotConfigured: the layer that brings it is missing.
    """
    if name in _OWN:
        return own(f"static/{name}", _OWN[name])
    if name not in _BUNDLED:
        raise NotFound("There is no such file.", hint="The pages are /docs and /redoc.")
    return File((_bundle() / name).read_bytes(), _BUNDLED[name])


def _bundle() -> Path:
    # fastapi-offline is taken for its files; its code is never imported.
    spec = find_spec("fastapi_offline")
    if spec is None or spec.origin is None:
        raise NotConfigured(
            "The files of the documentation pages are not installed.", hint="Add the layer `docs`."
        )
    return Path(spec.origin).parent / "static"
