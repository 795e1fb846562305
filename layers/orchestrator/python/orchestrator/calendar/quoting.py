"""What of a text stands in quotation marks: that is a name, whatever it says."""

from __future__ import annotations

import re

from orchestrator.calendar.phrases.words import same_length

# Bounded, and begun only at the first of several marks: a text may consist of nothing else.
_QUOTED = re.compile(r"(?<!['\"\w])(['\"]{1,2})(?=[^\s'\"])[^\"\n]{0,200}?(?<=\S)\1(?!\w)")
HIDDEN = "\x00"


def without_quotes(text: str) -> str:
    """Return `text` with `HIDDEN` for each sign in quotation marks, so that it is as long as before."""
    return "".join(
        HIDDEN if hidden else char for char, hidden in zip(text, _hidden(same_length(text)), strict=True)
    )


def is_quoted(words: str, text: str) -> bool:
    """Tell whether `words` stand in quotation marks of their own in `text`."""
    text = same_length(text)
    if not words or ("'" not in text and '"' not in text):
        return False
    pattern = rf"(?<![\w'\"])(['\"]{{1,3}}){re.escape(same_length(words))}\1"
    return bool(re.search(pattern, text))


def _hidden(text: str) -> bytearray:
    hidden = bytearray(len(text))
    for match in _QUOTED.finditer(text):
        hidden[slice(*match.span())] = b"\x01" * len(match[0])
    return hidden
