"""What a text says in figures and signs: addresses, amounts, dates, times, numbers to call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from infra.local.sandbox.name_lists import CURRENCIES, DAYS, MONTHS
from infra.local.sandbox.sentences import Piece


class Found(NamedTuple):
    """`text[start:end]` is a `kind`."""

    start: int
    end: int
    kind: str


_BEFORE_AT = re.compile(r"[\w.+%-]{1,64}$")
_AFTER_AT = re.compile(r"(?:[\w-]{1,63}\.)+[^\W\d_]{2,24}\b")
_URL = re.compile(r"(?<!\w)(?:https?://|www\.)[^\s<>\"'“”«»（）]+", re.IGNORECASE)
_TRAILING = ".,;:!?)]}'’…"

_MONTH = (
    r"(?:Jan(?:uary|uar)?|Feb(?:ruary|ruar)?|Mar(?:ch)?|März|Apr(?:il)?|May|Mai|June?|Juni|July?|Juli|Aug(?:ust)?"
    r"|Sept?(?:ember)?|O[ck]t(?:ober)?|Nov(?:ember)?|De[cz](?:ember)?)\b\.?"
)
_AMOUNT = r"\d{1,3}(?:[.,'’ ]\d{3}){1,4}(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_SCALE = (
    r"(?:\s?(?:k|m|bn|mn|millions?|Millionen|billions?|trillions?|Mio\.?|Mrd\.?|Milliarden?|thousand|Tausend)"
    r"\b)?"
)
_MONEY_WORD = r"(?:€|\$|£|¥|₹|(?:EUR|USD|GBP|CHF|JPY|euros?|dollars?|pounds?|francs?|Franken|cents?)\b)"
_AT_DIGITS = (
    (
        "date",
        re.compile(
            rf"\d{{4}}-\d\d-\d\d\b|\d{{1,2}}[./]\d{{1,2}}[./](?:\d{{4}}|\d\d)\b"
            rf"|\d{{1,2}}(?:st|nd|rd|th|\.)?\s(?:of\s)?{_MONTH}(?:,?\s\d{{4}}\b)?",
            re.IGNORECASE,
        ),
    ),
    (
        "percent",
        re.compile(
            r"\d+(?:[.,]\d+)?\s?(?:%|(?:percent|per\scent|Prozent|percentage\spoints?)\b)", re.IGNORECASE
        ),
    ),
    (
        "money",
        re.compile(
            rf"(?:(?:US)?[€$£¥₹]\s?(?:{_AMOUNT}){_SCALE}|(?:{_AMOUNT}){_SCALE}\s?{_MONEY_WORD})",
            re.IGNORECASE,
        ),
    ),
    (
        "time",
        re.compile(
            r"(?:[01]?\d|2[0-3])(?:(?::[0-5]\d){1,2}(?:\s?[ap]\.?m\b)?|\s?[ap]\.?m\b)(?:\s(?:UTC|GMT|CES?T|E[SD]T|P[SD]T)\b)?"
            r"|(?:[01]?\d|2[0-3])(?:[.:][0-5]\d)?\sUhr\b",
            re.IGNORECASE,
        ),
    ),
    ("phone", re.compile(r"(?:\+|\(?0)\d[\d ()/.-]{5,18}\d\b|\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}\b")),
)
_DIGIT = re.compile(r"(?<![\w.,])(?:[+(]|(?:US)?[€$£¥₹]\s?)?\d")
_YEAR = re.compile(r"(?<![\w.,-])(?:19|20)\d\d\b(?![.,]\d|[-:]\d)")
_AT_WORDS = (
    (
        "date",
        re.compile(rf"{_MONTH}\s(?:\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s\d{{4}}\b)?|\d{{4}}\b)", re.IGNORECASE),
    ),
    ("date", re.compile(r"[QH][1-4](?:\s\d{4})?\b")),
    ("money", re.compile(rf"(?:EUR|USD|GBP|CHF|JPY)\s(?:{_AMOUNT}){_SCALE}", re.IGNORECASE)),
)


def addresses(text: str) -> Iterator[Found]:
    """Yield the e-mail and web addresses of `text`."""
    for at in _places(text, "@"):
        before, after = _BEFORE_AT.search(text, max(0, at - 64), at), _AFTER_AT.match(text, at + 1)
        if before and after:
            yield Found(before.start(), after.end(), "email")
    for found in _URL.finditer(text):
        yield Found(found.start(), found.start() + len(found[0].rstrip(_TRAILING)), "url")


def _places(text: str, sign: str) -> Iterator[int]:
    at = text.find(sign)
    while at >= 0:
        yield at
        at = text.find(sign, at + 1)


def figures(text: str) -> Iterator[Found]:
    """Yield what begins with a figure or its sign; a place may come twice, the likelier reading first."""
    for digit in _DIGIT.finditer(text):
        for start in {digit.start(): None, digit.end() - 1: None}:
            for kind, pattern in _AT_DIGITS:
                if found := pattern.match(text, start):
                    yield Found(start, found.end(), kind)


def years(text: str) -> Iterator[Found]:
    """Yield what may be a year that stands alone."""
    return (Found(found.start(), found.end(), "date") for found in _YEAR.finditer(text))


def dates(text: str, words: Iterable[Piece]) -> Iterator[Found]:
    """Yield what begins with the name of a day, a month, a quarter or a currency."""
    for word in words:
        lower = word.text.lower()
        if lower == word.text:  # "may" is seldom a month
            continue
        if lower in DAYS:
            yield Found(word.start, word.end, "date")
        elif lower in MONTHS or lower in CURRENCIES or len(word.text) == 2:
            for kind, pattern in _AT_WORDS:
                if found := pattern.match(text, word.start):
                    yield Found(word.start, found.end(), kind)
