import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from orchestrator.entry.logs import log

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """The log lines written so far, parsed."""
    buffer = io.StringIO()
    before = log.registered_handler.setStream(buffer)  # pyright: ignore[reportAttributeAccessIssue]
    yield lambda: [json.loads(line) for line in buffer.getvalue().splitlines()]
    log.registered_handler.setStream(before)  # pyright: ignore[reportAttributeAccessIssue]
