"""The documentation pages in a real browser, which may load nothing but what we serve."""

import importlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.http_server import serving

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"
"""The one thing Redoc would fetch from elsewhere; it hides the picture when it cannot."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTH_MODE", "key")
        patch.setenv("POWERTOOLS_METRICS_DISABLED", "true")
        patch.delitem(sys.modules, "functions.api.docs.handler", raising=False)
        with serving(importlib.import_module("functions.api.docs.handler").app) as url:
            yield url


def browse(url: str, profile: Path) -> tuple[str, list[str]]:
    """Return the page's document after its scripts have run, and what the browser complained about."""
    command = [
        str(CHROMIUM),
        *("--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"),
        *("--virtual-time-budget=20000", "--timeout=20000", f"--user-data-dir={profile}", url),
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
    complaints = [line for line in done.stderr.splitlines() if ":CONSOLE" in line and LOGO not in line]
    return done.stdout, complaints


@pytest.mark.parametrize(
    ("page", "sign_of_an_operation"),
    [("/docs", "operations-intents-orchestrate"), ("/redoc", "operation/orchestrate")],
)
def test_the_page_shows_the_operations_under_its_strict_policy(
    site: str, page: str, sign_of_an_operation: str, tmp_path: Path
) -> None:
    dom, complaints = browse(site + page, tmp_path)
    assert complaints == []
    assert sign_of_an_operation in dom
    assert "/jobs/{job_id}" in dom.replace("<wbr>", "").replace("\u200b", "")
