"""Feasts and the days they fall on.

Only those are here whose day is the same wherever people keep them: by date, counted from the Easter of the
western churches, or by a rule of their own. Easter and Thanksgiving alone are none: the first has several
days, the second another one in each country.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TypeVar

from orchestrator.calendar.phrases.days import Days, dated, nth_in_month
from orchestrator.calendar.phrases.readings import Forms, Reference, Unreadable
from orchestrator.calendar.phrases.words import ordinal

Value = TypeVar("Value")
_ST = r"(?:st\.?|saint)"
_FIXED = {
    r"(?:christmas|xmas) eve": (12, 24),
    r"(?:christmas|xmas)(?: day)?": (12, 25),
    rf"boxing day|{_ST} stephen'?s day": (12, 26),
    r"new year'?s eve|nye|hogmanay": (12, 31),
    r"new year'?s day": (1, 1),
    r"epiphany|three kings'? day": (1, 6),
    r"australia day": (1, 26),
    rf"(?:{_ST} )?valentine'?s day": (2, 14),
    rf"{_ST} david'?s day": (3, 1),
    r"international women'?s day": (3, 8),
    rf"{_ST} patrick'?s day|{_ST} paddy'?s day|paddy'?s day": (3, 17),
    r"april fools?'?s?(?: day)?": (4, 1),
    rf"{_ST} george'?s day": (4, 23),
    r"anzac day": (4, 25),
    r"cinco de mayo": (5, 5),
    r"juneteenth": (6, 19),
    r"canada day": (7, 1),
    r"(?:the )?fourth of july": (7, 4),
    r"bastille day": (7, 14),
    r"reformation day|hallowe'?en": (10, 31),
    r"all saints'? day": (11, 1),
    r"all souls'? day": (11, 2),
    r"bonfire night|guy fawkes (?:night|day)": (11, 5),
    rf"{_ST} martin'?s day|veterans'? day|remembrance day": (11, 11),
    rf"{_ST} andrew'?s day": (11, 30),
    rf"{_ST} nichola'?s'? day": (12, 6),
    rf"{_ST} luc(?:y'?s|ia) day": (12, 13),
}
_FROM_EASTER = {
    r"rosenmontag|(?:shrove|carnival|rose) monday": -48,
    r"shrove tuesday|pancake (?:day|tuesday)|mardi gras": -47,
    r"ash wednesday": -46,
    r"mothering sunday": -21,
    r"palm sunday": -7,
    r"(?:holy|maundy) thursday": -3,
    r"good friday": -2,
    r"(?:holy|easter) saturday": -1,
    r"easter (?:sunday|day)": 0,
    r"easter monday": 1,
    r"ascension (?:day|thursday)": 39,
    r"(?:pentecost|whit) ?sunday": 49,
    r"(?:pentecost|whit) ?monday": 50,
}
_FROM_THANKSGIVING = {"black friday": 1, "cyber monday": 4, "giving tuesday": 5}
_ADVENT = r"(?:the )?(?P<nth>first|1st|second|2nd|third|3rd|fourth|4th) (?:sunday (?:of|in) )?advent"
FEAST = "|".join((*_FIXED, *_FROM_EASTER, *_FROM_THANKSGIVING, re.sub(r"\?P<\w+>", "?:", _ADVENT)))
"""The names of all of them, as a pattern."""
FEASTS: Forms[Days] = Forms()
_YEAR = r"(?:,? ?(?P<year>(?:19|20)\d\d)(?!:))?"


@FEASTS.form(rf"(?:on )?(?P<feast>{'|'.join(_FIXED)}){_YEAR}")
def _fixed(match: re.Match[str], reference: Reference) -> list[Days]:
    month, day = _named(match["feast"], _FIXED)
    return [dated(day, month, match["year"], reference)]


@FEASTS.form(rf"(?:on )?(?P<feast>{'|'.join(_FROM_EASTER)}){_YEAR}")
@FEASTS.form(rf"(?:on )?(?P<feast>{'|'.join(_FROM_THANKSGIVING)}){_YEAR}")
@FEASTS.form(rf"(?:on )?(?P<feast>{_ADVENT}){_YEAR}")
def _moving(match: re.Match[str], reference: Reference) -> list[Days]:
    here = reference.today.year
    try:
        if match["year"]:
            return [Days(_in(int(match["year"]), match))]
        days = (_in(here + step, match) for step in (0, 1))
        return [Days(next(day for day in days if day >= reference.today))]
    except (ValueError, OverflowError, StopIteration):
        raise Unreadable("That is further away than a calendar reaches.") from None


def _in(year: int, match: re.Match[str]) -> date:
    """Return the day of a moving feast in `year`."""
    from dateutil.easter import easter  # seldom needed

    feast = match["feast"]
    if "nth" in match.re.groupindex:
        fourth = date(year, 12, 24)  # or the last Sunday before it
        return fourth - timedelta(days=(fourth.weekday() + 1) % 7, weeks=4 - ordinal(match["nth"]))
    if re.fullmatch("|".join(_FROM_THANKSGIVING), feast):
        return nth_in_month(date(year, 11, 1), 4, 3) + timedelta(days=_FROM_THANKSGIVING[feast])
    return easter(year) + timedelta(days=_named(feast, _FROM_EASTER))


def _named(feast: str, table: Mapping[str, Value]) -> Value:
    return next(value for names, value in table.items() if re.fullmatch(names, feast))
