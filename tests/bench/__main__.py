"""`python -m tests.bench`: measure everything; print a table, write `.build/bench.json`."""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime

from tests.bench import analysis, boot, calendar, cold, sizes, tree, warm
from tests.bench.report import Figure, table


def main() -> int:
    """Measure; a missed target is a ✗ and no failure, something that does not work is."""
    started = time.perf_counter()
    figures: list[Figure] = []

    def take(what: str, found: Iterable[Figure]) -> None:
        print(f"· {what}", file=sys.stderr, flush=True)
        figures.extend(found)

    tree.plant()
    take("sizes", sizes.measure())
    take("boots", boot.times())
    with tree.runner(ORCHESTRATOR_LOCAL_RELOAD="0") as (running, _):
        take("cold starts", cold.measure(running))
        take("warm requests", warm.measure(running))
        take("calendar", calendar.measure(running))
        take("AWS calls", warm.calls(running))
        take("analyses", analysis.measure(running))
        take("what an analysis uses", analysis.calls(running))
        take("memory", boot.memory(running))
    print(f"\n{table(sorted(figures, key=lambda figure: figure.part))}\n")
    seconds = time.perf_counter() - started
    machine = {"cpus": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}
    record = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "load": os.getloadavg(),
        "machine": machine,
        "figures": [figure.record() for figure in figures],
    }
    file = tree.ROOT / ".build/bench.json"
    file.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    missed = sum(figure.met is False for figure in figures)
    targets = sum(figure.met is not None for figure in figures)
    print(f"{targets - missed} of {targets} targets met; {seconds:.0f} s; {file.relative_to(tree.ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
