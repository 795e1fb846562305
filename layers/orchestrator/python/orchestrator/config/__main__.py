"""`python -m orchestrator.config --check [--live] [--env-file .env]`: is everything present and well formed?

Exit code 0 when it is, 1 when something is wrong, 2 for a call that makes no sense.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from orchestrator.config import check
from orchestrator.llm.registry import known, resolve

_MODELS = ("MODEL_NAME", "EMBEDDING_MODEL", "GEMINI_MODEL", "CLAUDE_MODEL")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the check and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m orchestrator.config", description=__doc__)
    parser.add_argument(
        "--check", action="store_true", required=True, help="check every variable of the five wings"
    )
    parser.add_argument(
        "--live", action="store_true", help="also ask the vendors that have keys (free calls only)"
    )
    parser.add_argument("--env-file", type=Path, help="read this file too (default: .env, if there is one)")
    options = parser.parse_args(arguments)
    try:
        environment = read_environment(options.env_file)
    except (OSError, ModuleNotFoundError) as error:
        print(f"✗ {error}", file=sys.stderr)
        return 1
    return _report(environment, live=options.live)


def read_environment(env_file: Path | None, process: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return the variables of `env_file` (default: `.env`, if there is one) under those of the process.

    Raises:
        OSError: a file that was asked for cannot be read.
        ModuleNotFoundError: there is a file to read, but python-dotenv is not installed.
    """
    process = os.environ if process is None else process
    path = env_file or Path(".env")
    if env_file is None and not path.is_file():
        return dict(process)
    try:
        from dotenv import dotenv_values
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{path} needs python-dotenv to be read: `uv sync`, or `pip install python-dotenv`"
        ) from error
    with path.open(encoding="utf-8") as stream:
        from_file = {name: value for name, value in dotenv_values(stream=stream).items() if value}
    return from_file | {name: value for name, value in process.items() if value.strip()}


def _report(environment: Mapping[str, str], *, live: bool) -> int:
    reports = check.annotated(check.inspect(environment), dict.fromkeys(_MODELS, _model))
    print(check.render(reports))
    failed = len(check.problems(reports))
    if live:
        failed += _report_live(environment)
    print(f"\n{failed} problem{'s'[: failed != 1]} found" if failed else "\nall well formed")
    return 1 if failed else 0


def _model(name: str) -> str | None:
    """Say what somebody should know of the model `name`: its end, or that nobody here knows it."""
    if known(name) is None:
        return "no model we know: asked for as it is, its cost is not counted"
    return resolve(name).warning


def _report_live(environment: Mapping[str, str]) -> int:
    from orchestrator.config import live

    answers = list(live.ask(environment))
    print("\nlive")
    print("\n".join(answer.line() for answer in answers) or "- no vendor has a key: nothing to ask")
    return sum(answer.ok is False for answer in answers)


if __name__ == "__main__":
    sys.exit(main())
