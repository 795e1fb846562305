"""What a model is told, and under which version."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Instructions:
    """What a model is told. `version` changes whenever `text` does: it is kept with what comes of it.

    `text` may name variables in braces, where whoever sends it has any.
    """

    version: str
    text: str
