"""The closed word lists that phrases are made of, as pieces of regular expressions, and what they mean."""

from __future__ import annotations

import re

_ALIKE = str.maketrans("‘’‚´`“”„«»‐‑‒–—−\u00a0\u202f\u2009\t\r\n", "'''''\"\"\"\"\"------      ")
_CARDINALS = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
]
_TENS = {"fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "sixty": 60, "ninety": 90}
NUMBERS = {word: value for value, word in enumerate(_CARDINALS)} | _TENS | {"a": 1, "an": 1, "couple of": 2}
_ORDINALS = ["first", "second", "third", "fourth", "fifth"]
ORDINALS = {word: value for value, word in enumerate(_ORDINALS, 1)} | {"last": -1}
_STARTS = ["mo mu", "tu te", "we", "th", "fr fi fd", "sa st", "su"]
"""What the name of each weekday begins with, slips included."""
_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]

HOUR_WORD = "|".join(_CARDINALS[1:])
NUMBER = (
    rf"(?:\d+|a couple of|couple of|{'|'.join(sorted([*_CARDINALS, *_TENS], key=len, reverse=True))}|an?)"
)
WEEKDAY = (
    r"(?:mon(?:day)?|tue(?:s(?:day)?)?|weds?|thu(?:rs?(?:day)?)?|fri(?:day)?|sat(?:urday)?"
    r"|sun(?:day)?"
    r"|mo(?:dnay|nady|ndya|day)|mondy|munday|tu(?:eday|sday|seday|edsay|esdya)|te(?:us|su)day"
    r"|we[dens]{2,6}(?:d?ay|dya)|thu(?:r|s|ris|rds|ers)day|th(?:rus|irs)day"
    r"|thursady|thurdsay"
    r"|fr?i?day|firday|f[ir]{2}(?:dy|dya|ady)|sat(?:ur|er|ru|re|r|u)day|saturdy|saturady|staurday"
    r"|sun(?:dy|ady|dya))\.?"
)
TOMORROW = r"(?:to?m+[oa]?r+o?w|tom+or+o|tmr|tmw|2mor+ow?|2mrw)"
"""With the slips that people make when they type; a day nobody has read would be another day."""
SLIP = (
    r"(?:(?:mo|tu|te|we(?!ek)|th|fr|fi|sa|st|su)[a-z]{0,6}(?:day|dya|ady|dsay|sayd|sady|dasy)s?"
    r"|tom+[aeo]r[a-z]*)"
)
"""What looks like the name of a day that somebody has mistyped."""
MONTH = (
    r"(?:jan(?:[uary]{3,5})?|feb(?:[ruay]{3,6})?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:[ust]{2,4})?"
    r"|sept?(?:[tembr]{4,7})?"
    r"|oct(?:[ober]{3,5})?|ocotber|nov(?:[embr]{3,6})?|dec(?:[embr]{3,6})?)\.?"
)
DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
NTH_DAY = r"(?:[12]\d|3[01]|[1-9])(?:st|nd|rd|th)"
ORDINAL = r"(?:first|1st|second|2nd|third|3rd|fourth|4th|fifth|5th|last)"
PART = r"(?:morning|afternoon|evening|night)"


_SHORT_DATE = re.compile(r"(?<![\w.:])(?:3[01]|[12]?\d)\.(?:1[0-2]|0?[1-9])\.[ ,;:!?)]*$")


def same_length(text: str) -> str:
    """Return `text` in small letters with plain quotes, dashes, spaces; every character keeps its place."""
    small = text.lower()
    if len(small) != len(text):  # İ in small letters is two characters
        small = "".join(low if len(low := char.lower()) == 1 else char for char in text)
    return small.translate(_ALIKE)


def normal(text: str) -> str:
    """Return a phrase as the patterns read it: `same_length`, single spaces, no punctuation around it."""
    words = re.sub(r" +", " ", same_length(text)).strip(" ,.;:!?()")
    # The last full stop of "24.12." is part of the date.
    return f"{words}." if _SHORT_DATE.search(text) else words


def number(word: str) -> int:
    """Return what a word of `NUMBER` counts."""
    word = word.strip()
    return int(word) if word.isdigit() else NUMBERS[word.removeprefix("a ") if " " in word else word]


def ordinal(word: str) -> int:
    """Return what a word of `ORDINAL` counts, -1 for the last."""
    return ORDINALS[word] if word in ORDINALS else int(word[:-2])


def weekday(word: str) -> int:
    """Return 0 for Monday to 6 for Sunday."""
    return next(index for index, starts in enumerate(_STARTS) if word[:2] in starts)


def month(word: str) -> int:
    """Return 1 for January to 12 for December."""
    return next(index for index, name in enumerate(_MONTHS, 1) if name.startswith(word.rstrip(".")[:3]))


def day_number(word: str) -> int:
    """Return the number in `23`, `23rd` or `03`."""
    return int(re.sub(r"\D", "", word))
