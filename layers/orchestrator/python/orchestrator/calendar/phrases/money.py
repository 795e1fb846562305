"""Amounts of money in words: a decimal value and an ISO 4217 code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from orchestrator.calendar.phrases.readings import compiled

_SIGNS = {
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₩": "KRW",
    "us$": "USD",
    "c$": "CAD",
    "a$": "AUD",
    "rs": "INR",
    "rs.": "INR",
    "lakh": "INR",
    "crore": "INR",
}
_NAMES = {
    "dollar": "USD",
    "buck": "USD",
    "euro": "EUR",
    "pound": "GBP",
    "quid": "GBP",
    "yen": "JPY",
    "rupee": "INR",
    "franc": "CHF",
}
_CODES = "usd|eur|gbp|jpy|inr|chf|cad|aud|nzd|sek|nok|dkk|pln|czk|cny|sgd|hkd|krw|brl|mxn|zar"
_FIGURE = (
    r"\d{1,2}(?:,\d\d)+,\d{3}(?![\d,])"
    r"|\d{1,3}(?:\.\d{3})+(?:,\d\d|(?![\d,.]))|\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d{1,2})?"
)
_SCALE = {
    "k": 1_000,
    "thousand": 1_000,
    "m": 1_000_000,
    "million": 1_000_000,
    "lakh": 100_000,
    "crore": 10_000_000,
}
_MONEY = (
    rf"(?<![\w$])(?:(?P<sign>us\$|c\$|a\$|[$€£¥₹₩]|rs\.?(?= ?\d)|(?:{_CODES})) ?(?P<n>{_FIGURE}) ?"
    r"(?P<s>k|m|thousand|million|lakh|crore)?s?(?![\w])"
    rf"|(?<![\d.,])(?P<n2>{_FIGURE}) ?(?P<s2>k|thousand|million|lakh|crore)? ?"
    rf"(?P<unit>[€£¥₹₩$](?!\d)|(?:{_CODES}|{'|'.join(_NAMES)}|rs)s?(?!\w)"
    r"|(?<=\d )(?:lakh|crore)s?(?! rupee)(?!\w)))"
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount; a bare dollar sign counts as US dollars."""

    value: Decimal
    currency: str


def find(text: str) -> Iterator[tuple[int, int]]:
    """Yield where amounts stand in `text`, which is `same_length`."""
    for match in compiled(_MONEY).finditer(text):
        yield match.span()


def read(phrase: str) -> Money | None:
    """Return the amount that `phrase` names; `None` when it names none."""
    match = compiled(_MONEY).search(phrase.lower())
    if not match:
        return None
    unit = match["sign"] or match["unit"]
    scale = _SCALE.get(match["s"] or match["s2"] or unit.removesuffix("s"), 1)
    code = _SIGNS.get(unit) or _SIGNS.get(unit.removesuffix("s")) or _NAMES.get(unit.removesuffix("s"))
    code = code or unit.upper()[:3]
    value = (_plain(match["n"] or match["n2"]) * scale).quantize(Decimal("0.01"))
    return Money(value, code)


def _plain(figure: str) -> Decimal:
    """Read a figure: a comma or point before exactly three figures parts thousands, a comma else decimals."""
    if re.fullmatch(r"[\d.]+,\d{1,2}|\d{1,3}(?:\.\d{3})+", figure):
        return Decimal(figure.replace(".", "").replace(",", "."))
    return Decimal(re.sub(r"[,' ]", "", figure))
