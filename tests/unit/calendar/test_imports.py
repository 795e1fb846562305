"""What a request that a model answers does not load."""

from __future__ import annotations

import subprocess
import sys


def loaded(module: str) -> set[str]:
    code = f"import sys, {module}; print(*sys.modules)"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True
        ).stdout.split()
    )


def test_understanding_by_a_model_loads_neither_the_grammar_nor_icalendar() -> None:
    modules = loaded("orchestrator.calendar.resolve")
    assert not {name for name in modules if name.startswith(("orchestrator.calendar.grammar", "icalendar"))}
    assert "orchestrator.calendar.grammar.reader" in loaded("orchestrator.calendar.grammar.reader")
