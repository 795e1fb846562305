"""What functions print: a readable line on the terminal, a JSON object in the file."""

import io
import json
from pathlib import Path
from typing import Any

from infra.local.logs import Logs
from tests.fakes.local_functions import local_function


def logged(tmp_path: Path, *lines: str, level: str = "") -> tuple[str, list[dict[str, Any]]]:
    stream = io.StringIO()
    logs = Logs(tmp_path / "logs" / "l.log", level, stream)
    for line in lines:
        logs.function(local_function(), line)
    logs.close()
    return stream.getvalue(), [
        json.loads(line) for line in (tmp_path / "logs" / "l.log").read_text().splitlines()
    ]


def test_a_record_is_one_line_with_its_extra_keys_and_a_readable_traceback(tmp_path: Path) -> None:
    record = {
        "level": "ERROR",
        "message": "no",
        "correlation_id": "c",
        "job": 1,
        "exception": "Trace\n  File x",
        "service": "s",
    }
    text, kept = logged(tmp_path, json.dumps(record), "plain words", "{not json")
    first, *rest = text.splitlines()
    assert "api/health" in first
    assert "ERROR   no" in first
    assert "job=1 correlation_id=c" in first
    assert "service" not in first
    assert rest[:2] == ["    Trace", "      File x"]
    assert "plain words" in rest[2]
    assert kept[0]["function"] == "stack-api-health"
    assert len(kept) == 3


def test_metrics_are_kept_but_not_shown_and_the_level_is_respected(tmp_path: Path) -> None:
    lines = [json.dumps({"_aws": {}, "Jobs": 1}), json.dumps({"level": "INFO", "message": "quiet"})]
    text, kept = logged(tmp_path, *lines, level="warning")
    assert text == ""
    assert len(kept) == 2


def test_an_unhandled_exception_of_the_runtime_is_readable(tmp_path: Path) -> None:
    error = {
        "errorType": "ValueError",
        "errorMessage": "bad",
        "stackTrace": ['  File "x", line 1\n'],
        "level": "ERROR",
    }
    text, _ = logged(tmp_path, json.dumps(error))
    assert "ValueError: bad" in text
    assert '      File "x", line 1' in text


def test_only_its_owner_reads_the_file_also_one_that_was_there_before(tmp_path: Path) -> None:
    file = tmp_path / "logs" / "l.log"
    file.parent.mkdir()
    file.touch(0o644)
    logged(tmp_path, "plain words")
    assert file.stat().st_mode & 0o777 == 0o600
    assert "plain words" in file.read_text()
