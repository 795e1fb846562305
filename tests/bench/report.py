"""One figure, and the table of all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from itertools import groupby
from statistics import median, quantiles
from typing import Any

Within = Callable[[float], bool]


@dataclass(frozen=True)
class Figure:
    """`value` in `unit`, with what else was seen in `detail`; `target` is None where there is none."""

    part: str
    name: str
    value: float
    unit: str
    target: float | None = None
    detail: str = ""

    @property
    def met(self) -> bool | None:
        return None if self.target is None else self.value <= self.target

    def line(self) -> str:
        mark = {True: "✓", False: "✗", None: " "}[self.met]
        target = "" if self.target is None else f"≤ {self.target:g}"
        return (
            f"{mark} {self.name:<48} {self.value:>10,.2f} {self.unit:<8} {target:<8} {self.detail}".rstrip()
        )

    def record(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}


def table(figures: Iterable[Figure]) -> str:
    """Return every figure on a line of its own, under the name of its part."""
    parts = [
        "\n".join([part, *(figure.line() for figure in found)])
        for part, found in groupby(figures, key=lambda figure: figure.part)
    ]
    return "\n\n".join(parts)


def p99(samples: list[float]) -> float:
    return quantiles(samples, n=100, method="inclusive")[98]


def spread(samples: list[float]) -> str:
    return f"median of {len(samples)}, {min(samples):.0f}-{max(samples):.0f}"


__all__ = ["Figure", "median", "p99", "spread", "table"]
