"""The words the OpenAI stand-in knows, in text files of `[section]`s."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_SECTION = re.compile(r"^\[(.+)\]$", re.MULTILINE)


@cache
def sections(name: str) -> dict[str, str]:
    """Return the text of each section of the list `name`."""
    text = (Path(__file__).parent / f"{name}.txt").read_text(encoding="utf-8")
    _, *parts = _SECTION.split(text)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def words(name: str, section: str) -> frozenset[str]:
    """Return the words of a section, which blanks part."""
    return frozenset(sections(name)[section].split())


def phrases(name: str, section: str) -> list[tuple[str, ...]]:
    """Return the entries of a section, which commas part, each as its words."""
    return [tuple(entry.split()) for entry in sections(name)[section].split(",")]
