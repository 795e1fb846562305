"""Clock phrases and the hours they mean.

Rules: an hour without am or pm is one of the working day: 8 to 11 are before noon, 12 is noon, 1 to 5 are
after it; 6 and 7 are a question. A part of the day named with it (`tonight`, `in the morning`, `dinner`)
decides first. A two-digit hour below 10 (`07:30`) and one above 12 are on the 24-hour clock. A range hands
its am or pm from the end to the start (`2 to 4pm`), if the start then comes first (`11 to 1pm`). A part of
the day without an hour is a question. An end on another day is as written after a start on the 24-hour clock,
else an hour of the working day. Midnight is the coming one; with another day than today it is a question, for
half of the people mean its beginning and half its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time

from orchestrator.calendar.phrases.readings import Forms, Reference, Unreadable, compiled
from orchestrator.calendar.phrases.words import HOUR_WORD, PART, normal, number
from orchestrator.calendar.phrases.zones import ZONE


@dataclass(frozen=True, slots=True)
class Hour:
    """A clock time as written. `half`: `am` or `pm`; `exact`: nothing is left to decide.

    `midnight` marks the word itself, `about` that it was said to be rough.
    """

    hour: int
    minute: int = 0
    half: str | None = None
    exact: bool = False
    midnight: bool = False
    part: str | None = None
    about: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """When an event begins and, in a range, ends; `part` alone names no hour, `zone` is in its words."""

    start: Hour | None
    end: Hour | None = None
    part: str | None = None
    zone: str | None = None


HOURS: Forms[Hour] = Forms()
_HALF = r"(?P<half>[ap]\.?m\.?|(?<=\d)[ap])"
_IN_PART = r"(?: ?(?:in the (?P<part>morning|afternoon|evening)|at (?P<night>night)|(?P<tonight>tonight)))?"
_MINUTES = {
    "oh five": 5,
    "ten": 10,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
    "forty": 40,
    "forty-five": 45,
    "fifty": 50,
}
_MINUTE_WORD = "|".join(sorted(_MINUTES, key=len, reverse=True))
_NOON, _DAWN, _DUSK = 12, 5, 18
_TYPICAL = {
    "morning": (9, 10, 8),
    "afternoon": (14, 15, 13),
    "evening": (19, 18, 20),
    "tonight": (20, 19, 21),
    "night": (20, 21, 19),
    "breakfast": (8, 9),
    "lunch": (12, 13),
}
_HINTS = {
    "evening": r"dinner|supper|drinks|party|movie|film|cinema|concert|gig|pints?|beers?|cocktails|quiz"
    r"|karaoke|clubbing|disco"
    r"|(?:date|game|poker) night|theat(?:re|er)|opera|pub",
    "morning": r"breakfast|sunrise|wake[- ]?up|get up",
    "lunch": r"lunch|brunch",
    "table": r"(?<!pool )(?<!tennis )table for",
}


@HOURS.form(
    r"(?P<about>around |about )?(?:at )?(?:12 ?)?(?P<word>noon|midday|midnight)(?P<ish>-?ish)?(?: tonight)?"
)
def _named(match: re.Match[str], _: Reference) -> list[Hour]:
    late = match["word"] == "midnight"
    return [Hour(0 if late else 12, exact=True, midnight=late, about=bool(match["about"] or match["ish"]))]


@HOURS.form(
    rf"(?P<about>around |about |approximately |approx\.? |~)?(?:at )?(?P<h>\d\d?)(?:[:.h](?P<m>[0-5]\d))?"
    rf"(?: ?o'?clock)?(?: ?{_HALF})?(?: ?o'?clock)?(?P<ish> ?-?ish)?(?: sharp)?{_IN_PART}"
)
@HOURS.form(
    rf"(?P<about>around |about )?(?:at )?(?P<w>{HOUR_WORD})(?:[- ](?P<wm>{_MINUTE_WORD}))?"
    rf"(?: ?o'?clock)?(?: ?{_HALF})?(?: sharp)?{_IN_PART}"
)
def _figures(match: re.Match[str], _: Reference) -> list[Hour]:
    groups = match.groupdict()
    hour = int(groups["h"]) if groups.get("h") else number(groups["w"])
    minute, half = int(groups.get("m") or _MINUTES.get(groups.get("wm") or "", 0)), (groups["half"] or "")[:1]
    part = groups["part"] or groups["night"] or groups["tonight"]
    written = groups.get("h") or ""
    exact = (hour > 12 or hour == 0 or (written.startswith("0") and bool(groups.get("m")))) and not half
    about = bool(groups["about"] or groups.get("ish"))
    if hour > 23 or (half and not 1 <= hour <= 12):
        raise Unreadable(f"There is no clock time {match[0]}.")
    return [Hour(hour, minute, f"{half}m" if half else None, exact, part=part, about=about)]


@HOURS.form(
    r"(?:at )?(?:(?P<half_past>half past|half) "
    r"|(?P<n>quarter|five|ten|twenty|twenty-five|25) (?P<way>past|to) |(?P<n2>5|10|20) past )"
    rf"(?:(?P<h>\d\d?|{HOUR_WORD})(?: ?{_HALF})?{_IN_PART}|(?P<word>noon|midday|midnight))"
)
def _past(match: re.Match[str], reference: Reference) -> list[Hour]:
    word = match["n"] or match["n2"] or ""
    minutes = 30 if match["half_past"] else {"quarter": 15, "twenty-five": 25}.get(word) or number(word)
    if match["word"]:
        return [_by_a_name(match["word"], -minutes if match["way"] == "to" else minutes)]
    [base] = HOURS.read(match["h"] + (match["half"] or ""), reference)
    part = match["part"] or match["night"] or match["tonight"]
    if match["way"] != "to":
        return [replace(base, minute=minutes, part=part)]
    # Quarter to one in the afternoon still belongs to noon's hour.
    hour, half = (12, base.half) if base.hour == 1 else (base.hour - 1, base.half)
    half = {"am": "pm", "pm": "am"}.get(half or "", half) if base.hour == 12 else half
    return [replace(base, hour=hour, minute=60 - minutes, half=half, part=part)]


@HOURS.form(r"(?:at )?20 to (?P<h>[1-9])")
def _twenty_to(match: re.Match[str], _: Reference) -> list[Hour]:
    hour = match["h"]
    raise Unreadable(f"'{match[0]}' may be twenty minutes to {hour}, or from 20 to {hour} o'clock.")


def _by_a_name(word: str, minutes: int) -> Hour:
    """Return the hour so many minutes from noon or midnight; behind midnight the day is in doubt, too."""
    hour, minute = divmod((0 if word == "midnight" else 12 * 60) + minutes, 60)
    return Hour(hour % 24, minute, exact=True, midnight=word == "midnight" and minutes > 0)


@HOURS.form(r"(?:at )?(?P<h>[01]\d|2[0-3])(?P<m>[0-5]\d)(?: ?(?:hrs|hours|h))")
@HOURS.form(r"(?:at )?(?P<h>[01]?\d|2[0-3]) ?(?:h|hrs|uhr)(?P<m>[0-5]\d)?")
def _military(match: re.Match[str], _: Reference) -> list[Hour]:
    return [Hour(int(match["h"]), int(match["m"] or 0), exact=True)]


_RANGE = re.compile(r" ?(?:-|\b(?:to|until|till?|through)\b) ?")
_BETWEEN = re.compile(r" and ")
_TRAILING_ZONE = rf"(.+?)(?<![a-z]) ?\(?(?P<zone>(?![ap]\.?m\b)(?:{ZONE}|z|[+-]\d\d:\d\d))\)?"


def read_clock(phrase: str, reference: Reference) -> Clock | None:
    """Return what a time phrase says, its zone set apart; `None` when it is none.

    Raises:
        Unreadable: it names a time that no clock shows.
    """
    words = re.sub(r"^(?:@ ?|(?:at|from|on|in the|this) )", "", normal(phrase))
    # "Ten to eleven" is ten minutes to it; from ten to eleven is an hour.
    if normal(phrase).startswith("from ") and (stretch := next(_ranges(words, reference), None)):
        return stretch
    if (found := _times(words, reference)) is not None:
        return found
    match = compiled(_TRAILING_ZONE).fullmatch(words)
    found = _times(match[1].strip(), reference) if match else None
    return replace(found, zone=match["zone"]) if match and found else None


def read_twice(phrase: str, reference: Reference) -> list[str]:
    """Return the two parts of what says one time on two clocks: `10am PT / 1pm ET`; none when it does not."""
    parts = [part for part in re.split(r" ?[/=(] ?", normal(phrase)) if part]
    clocks = [read_clock(part, reference) for part in parts] if len(parts) == 2 else []
    return parts if clocks and all(clock and clock.zone for clock in clocks) else []


def _times(words: str, reference: Reference) -> Clock | None:
    if found := HOURS.read(words, reference):
        return Clock(found[0])
    if re.fullmatch(rf"{PART}|tonight", words):
        return Clock(None, part=words)
    if match := re.fullmatch(rf"(?P<part>{PART}|tonight),? (?:at )?(?P<rest>.+)", words):
        found = _times(match["rest"], reference)
        return replace(found, part=match["part"]) if found else None
    return next(_ranges(words, reference), None)


def _ranges(words: str, reference: Reference) -> Iterator[Clock]:
    # At 9 and 5 are two times; only between them is it one stretch.
    between = words.startswith("between ")
    words = words.removeprefix("between ")
    for mark in (_BETWEEN if between else _RANGE).finditer(words):
        start = HOURS.read(words[: mark.start()], reference)
        end = HOURS.read(words[mark.end() :].removeprefix("at "), reference)
        if start and end:
            yield Clock(start[0], end[0])


def hint(title: str) -> str | None:
    """Return the part of the day in which what `title` names takes place, where it has one."""
    return next(
        (part for part, words in _HINTS.items() if re.search(rf"\b(?:{words})\b", title.lower())), None
    )


def hours(
    clock: Clock, part: str | None, title_hint: str | None, *, apart: bool = False
) -> list[tuple[time, time | None, bool]]:
    """Return the readings as (start, end, whether it was assumed), best first; `apart`: on two days."""
    part = (
        (clock.start.part if clock.start else None)
        or (clock.end.part if clock.end else None)
        or clock.part
        or part
    )
    if clock.start is None:
        return [(time(hour), None, True) for hour in _TYPICAL.get(part or title_hint or "", ())]
    if _contradicts(clock.start, part):
        return []
    if clock.end and apart:
        ends = _of_its_own(clock.end, clock.start)
        found = [(start, end, True) for start, _ in _settle(clock.start, part or title_hint) for end in ends]
    elif clock.end:
        found = _settle_range(clock.start, clock.end, part or title_hint)
    else:
        found = [(start, None, assumed) for start, assumed in _settle(clock.start, part or title_hint)]
    # Words that name the part of the day leave nothing to assume; a title only makes it likely.
    return [(start, end, (assumed and not part) or clock.start.about) for start, end, assumed in found]


def _contradicts(hour: Hour, part: str | None) -> bool:
    """Tell whether `9am` cannot be in the evening it was said to be in; its small hours can be in a night."""
    if part == "morning":
        return hour.half == "pm" or (hour.exact and hour.hour >= _NOON)
    late = part in {"afternoon", "evening", "night", "tonight"}
    return late and (hour.half == "am" or (hour.exact and hour.hour < _NOON)) and hour.hour % _NOON >= _DAWN


def _settle(hour: Hour, part: str | None) -> list[tuple[time, bool]]:
    """Decide between the halves of the day."""
    if hour.exact or hour.half:
        late = 12 if hour.half == "pm" else 0
        value = hour.hour if hour.exact else hour.hour % 12 + late
        return [(time(value, hour.minute), False)]
    early, late = time(hour.hour % 12, hour.minute), time(hour.hour % 12 + 12, hour.minute)
    if part in _DECIDED:
        return [((late if hour.hour in _DECIDED[part] else early), True)] if hour.hour in _FITS[part] else []
    open_hours = {6, 7, 8, 9} if part == "table" else {6, 7}  # a table is for breakfast, or for dinner
    if hour.hour in open_hours:
        return [(early, True), (late, True)] if hour.hour == 7 else [(late, True), (early, True)]
    return [((early if 8 <= hour.hour <= 11 else late), True)]


_EVENING = frozenset({4, 5, 6, 7, 8, 9, 10, 11})
# For each part of the day: the hours that are after noon in it, and all that can be in it.
_DECIDED: dict[str | None, frozenset[int]] = {
    "morning": frozenset(),
    "afternoon": frozenset({12, 1, 2, 3, 4, 5, 6}),
    "lunch": frozenset({12, 1, 2, 3}),
    "evening": _EVENING,
    "night": _EVENING,
    "tonight": _EVENING,
}
_FITS: dict[str | None, frozenset[int]] = {
    **_DECIDED,
    "morning": frozenset(range(1, 12)),
    "lunch": frozenset({10, 11, 12, 1, 2, 3}),
}


def _settle_range(start: Hour, end: Hour, part: str | None) -> list[tuple[time, time | None, bool]]:
    if end.half and not start.half and not start.exact:
        begins = [replace(start, half=end.half), replace(start, half="am" if end.half == "pm" else "pm")]
        ends = _settle(end, part)[0][0]
        first = next((at for begin in begins if (at := _settle(begin, part)[0][0]) < ends), None)
        return [(first or _settle(begins[1], part)[0][0], ends, False)]
    return [(at, _end_after(at, end, part), assumed) for at, assumed in _settle(start, part)]


def _of_its_own(end: Hour, start: Hour) -> list[time]:
    """Return the end on another day than the start: as written, if that one is on the 24-hour clock."""
    if start.exact and not end.half:
        return [time(end.hour, end.minute)]
    ends = [at for at, _ in _settle(end, None)]
    # A night that ends at 6 ends in the morning.
    return [min(ends)] if _settle(start, None)[-1][0].hour >= _DUSK else ends


def _end_after(start: time, end: Hour, part: str | None) -> time:
    """Return the end as the next such hour after `start`, which is how `9 to 5` is read."""
    if end.exact or end.half:
        return _settle(end, part)[0][0]
    early, late = time(end.hour % 12, end.minute), time(end.hour % 12 + 12, end.minute)
    return early if early > start or late <= start else late
