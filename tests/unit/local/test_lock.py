"""A data folder has one runner."""

import subprocess
import sys
from pathlib import Path

from infra.local.lock import hold

SECOND = """
import sys
from pathlib import Path
from infra.local.errors import RunnerError
from infra.local.lock import hold
try:
    hold(Path(sys.argv[1]))
except RunnerError as error:
    sys.exit(str(error))
"""


def another(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", SECOND, str(folder)], capture_output=True, text=True, check=False
    )


def test_a_second_runner_is_told_that_the_folder_is_in_use(tmp_path: Path) -> None:
    hold(tmp_path / "data")
    told = another(tmp_path / "data")
    assert told.returncode == 1
    assert "another runner uses" in told.stderr


def test_a_folder_is_free_again_once_its_runner_has_ended(tmp_path: Path) -> None:
    assert another(tmp_path).returncode == 0
    assert another(tmp_path).returncode == 0
