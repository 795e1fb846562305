"""Recurrence phrases to RFC 5545 rules.

Rules: a series begins with its first instance at or after the reference, or after the date it is said to
start on; its clock stays the same when its zone's offset changes; `for 6 weeks` counts instances, `until` a
day includes that day; `every second Tuesday` is every two weeks; `biweekly`, `bimonthly` and `every third
Thursday` are questions, for each has two meanings. `every Monday to Thursday` is each of those days, `every
day except Sunday` each other one. The 31st of every month leaves out the months without one.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace

from orchestrator.calendar.phrases.dates import DATES
from orchestrator.calendar.phrases.durations import LENGTHS, Length
from orchestrator.calendar.phrases.readings import Forms, Reference, Unreadable
from orchestrator.calendar.phrases.series import CODES, Rule
from orchestrator.calendar.phrases.words import (
    MONTH,
    NTH_DAY,
    NUMBER,
    ORDINAL,
    PART,
    WEEKDAY,
    day_number,
    month,
    normal,
    number,
    ordinal,
    weekday,
)

_WORKDAYS = ("MO", "TU", "WE", "TH", "FR")


RULES: Forms[Rule] = Forms()


def code(word: str) -> str:
    """Return the two letters of RFC 5545 for the weekday that `word` names."""
    return CODES[weekday(word)]


_EVERY = r"(?:every|each)"
_STEP = rf"(?:(?P<n>other|second|2nd|third|3rd|fourth|4th|{NUMBER}) )"
_UNITS = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}
_LIST = rf"{WEEKDAY}s?(?:(?:, ?and |,? ?(?:and|&) |, ?|/| ){WEEKDAY}s?)*"
_NTH_DAYS = rf"{NTH_DAY}(?:,? (?:and|&) (?:the )?{NTH_DAY})?"
_PLURAL = r"(?:mon|tues|wednes|thurs|fri|satur|sun)days"
_WORDS = {
    "daily": Rule("DAILY"),
    "weekly": Rule("WEEKLY"),
    "monthly": Rule("MONTHLY"),
    "quarterly": Rule("MONTHLY", 3),
    "yearly": Rule("YEARLY"),
    "annually": Rule("YEARLY"),
    "fortnightly": Rule("WEEKLY", 2),
}


@RULES.form(r"(?:repeating |recurring )?(?P<word>" + "|".join(_WORDS) + ")")
def _word(match: re.Match[str], _: Reference) -> list[Rule]:
    return [_WORDS[match["word"]]]


@RULES.form(r"bi-?weekly")
def _biweekly(_: re.Match[str], __: Reference) -> list[Rule]:
    return [Rule("WEEKLY", 2), Rule("WEEKLY", days=("MO", "TH"))]


@RULES.form(r"bi-?monthly")
def _bimonthly(_: re.Match[str], __: Reference) -> list[Rule]:
    return [Rule("MONTHLY", 2), Rule("WEEKLY", 2)]


@RULES.form(rf"{_EVERY} {_STEP}?(?P<unit>day|week|month|quarter|year)s?|every(?P<glued>day)")
def _every(match: re.Match[str], _: Reference) -> list[Rule]:
    unit, step = match["unit"] or match["glued"], _step(match["n"])
    return [Rule("MONTHLY", 3 * step) if unit == "quarter" else Rule(_UNITS[unit], step)]


@RULES.form(rf"{_EVERY} (?P<part>{PART})")
def _every_part(match: re.Match[str], _: Reference) -> list[Rule]:
    return [Rule("DAILY", part=match["part"])]


@RULES.form(
    rf"(?:(?:on )?(?:{_EVERY} )?(?:weekday|workday|work day|working day"
    rf"|business day)s?)(?: (?P<part>{PART})s?)?"
)
def _workdays(match: re.Match[str], _: Reference) -> list[Rule]:
    return [Rule("WEEKLY", days=_WORKDAYS, part=match["part"])]


@RULES.form(rf"{_EVERY} weekend|on weekends")
def _weekends(_: re.Match[str], __: Reference) -> list[Rule]:
    return [Rule("WEEKLY", days=("SA", "SU"))]


@RULES.form(
    rf"(?:on )?{_EVERY} {_STEP}?(?P<days>{_LIST})(?: (?P<part>{PART}))?(?: of the week)?"
    rf"|(?:weekly )?on (?P<plural>(?:{WEEKDAY}s(?:(?:, ?and |,? ?(?:and|&) |, ?))?)+)"
)
@RULES.form(rf"(?P<word>weekly|every week|{_EVERY} {_STEP}weeks?|fortnightly) on (?P<days>{_LIST})")
def _weekdays(match: re.Match[str], _: Reference) -> list[Rule]:
    groups = match.groupdict()
    found = re.findall(WEEKDAY, groups["days"] or groups.get("plural") or "")
    days = tuple(sorted({CODES[weekday(word)] for word in found}, key=CODES.index))
    step = 2 if groups.get("word") == "fortnightly" else _step(groups["n"])
    rules = [Rule("WEEKLY", step, days, part=groups.get("part"))]
    if not groups.get("word") and (groups["n"] or "") in {"2nd", "third", "3rd", "fourth", "4th"}:
        rules.insert(0, Rule("MONTHLY", days=tuple(f"{step}{day}" for day in days), part=groups.get("part")))
    return rules


@RULES.form(
    rf"(?:on )?{_EVERY} (?P<first>{WEEKDAY}) ?(?:-|to|through|thru|until|till?) ?(?P<last>{WEEKDAY})"
    rf"|(?P<first2>{_PLURAL}) (?:to|through|thru) (?P<last2>{_PLURAL})"
)
def _from_day_to_day(match: re.Match[str], _: Reference) -> list[Rule]:
    first, last = (weekday(match[name] or match[f"{name}2"]) for name in ("first", "last"))
    days = {(first + step) % 7 for step in range((last - first) % 7 + 1)}
    return [Rule("WEEKLY", days=tuple(CODES[day] for day in sorted(days)))]


@RULES.form(
    rf"(?:{_EVERY} ?day|daily),? (?:except|but)(?: for| not)?(?: on)?"
    rf" (?P<no>{_LIST}|(?:the )?weekends?)"
)
def _but_days(match: re.Match[str], _: Reference) -> list[Rule]:
    named = {weekday(word) for word in re.findall(WEEKDAY, match["no"])}
    no = {5, 6} if "weekend" in match["no"] else named
    return [Rule("WEEKLY", days=tuple(code for day, code in enumerate(CODES) if day not in no))]


@RULES.form(rf"(?:on )?(?:{_EVERY} )?alternat(?:e|ing) (?P<days>{_LIST})")
def _alternate(match: re.Match[str], _: Reference) -> list[Rule]:
    days = {code(word) for word in re.findall(WEEKDAY, match["days"])}
    return [Rule("WEEKLY", 2, tuple(sorted(days, key=CODES.index)))]


@RULES.form(rf"(?:on )?(?P<plural>{_PLURAL}(?:(?:, ?and |,? ?(?:and|&) |, ?){_PLURAL})*)")
def _plurals(match: re.Match[str], _: Reference) -> list[Rule]:
    days = {weekday(word) for word in re.findall(r"[a-z]+days", match["plural"])}
    return [Rule("WEEKLY", days=tuple(CODES[day] for day in sorted(days)))]


@RULES.form(
    rf"(?:on )?(?:the )?(?P<nth>{ORDINAL})(?:,? (?:and|&) (?:the )?(?P<also>{ORDINAL}))?"
    rf" (?P<day>{WEEKDAY}|day) (?:of|in) (?:{_EVERY}|a) month"
)
@RULES.form(rf"{_EVERY} (?P<nth>{ORDINAL}) (?P<day>{WEEKDAY}|day) (?:of|in) (?:the|a|each) month")
@RULES.form(
    rf"(?:on |{_EVERY} )?(?:the )?(?P<nth>{ORDINAL})(?:,? (?:and|&) (?:the )?(?P<also>{ORDINAL}))"
    rf" (?P<day>{WEEKDAY})(?: (?:of|in) the month)?"
)
@RULES.form(rf"(?:on )?(?:the )?(?P<nth>{ORDINAL}) (?P<day>{WEEKDAY}),? (?:monthly|each month|every month)")
@RULES.form(rf"{_EVERY} (?P<nth>first|1st|last) (?P<day>{WEEKDAY})")
@RULES.form(rf"(?:monthly|{_EVERY} month),? on the (?P<nth>{ORDINAL}) (?P<day>{WEEKDAY}|day)")
def _nth_weekday(match: re.Match[str], _: Reference) -> list[Rule]:
    word, groups = match["day"], match.groupdict()
    nths = [ordinal(words) for words in (groups["nth"], groups.get("also")) if words]
    if word == "day":
        return [Rule("MONTHLY", month_day=nths[0] if len(nths) == 1 else ",".join(map(str, nths)))]
    return [Rule("MONTHLY", days=tuple(f"{nth}{CODES[weekday(word)]}" for nth in nths))]


@RULES.form(rf"(?:on )?(?:the )?(?P<nth>{ORDINAL}) (?P<day>{WEEKDAY}|day) (?:of|in) {_EVERY} quarter")
def _nth_of_quarter(match: re.Match[str], reference: Reference) -> list[Rule]:
    # In its first month; the last one of a quarter is in its last.
    [rule] = _nth_weekday(match, reference)
    return [replace(rule, month="3,6,9,12" if ordinal(match["nth"]) < 0 else "1,4,7,10")]


@RULES.form(rf"(?:monthly|{_EVERY} (?:{_STEP})?months?),? on the (?P<day>{_NTH_DAYS}|last day)(?: day)?")
@RULES.form(rf"on the (?P<day>{NTH_DAY}),? {_EVERY} (?:{_STEP})?month")
@RULES.form(rf"(?:on )?(?:the )?(?P<day>{ORDINAL}) of {_EVERY} (?:{_STEP})?month")
@RULES.form(
    rf"(?:on )?(?:the )?(?P<day>{_NTH_DAYS}|last day) (?:day )?(?:of|in) {_EVERY} (?:{_STEP})?month"
    rf"|{_EVERY} (?P<plain>{_NTH_DAYS})(?: of the month)?"
)
def _month_day(match: re.Match[str], _: Reference) -> list[Rule]:
    groups = match.groupdict()
    word = groups["day"] or groups.get("plain") or ""
    nth = re.fullmatch(rf"(?P<nth>{ORDINAL})(?: day)?", word)
    days = ordinal(nth["nth"]) if nth else _days_of(word)
    return [Rule("MONTHLY", _step(groups["n"]), month_day=days)]


@RULES.form(
    rf"(?:{_EVERY} (?:year on )?|yearly on |annually on )"
    rf"(?:(?P<month>{MONTH}) (?:the )?(?P<day>\d\d?)(?:st|nd|rd|th)?"
    rf"|(?:the )?(?P<day2>\d\d?)(?:st|nd|rd|th)? (?:of )?(?P<month2>{MONTH}))"
)
def _year_day(match: re.Match[str], _: Reference) -> list[Rule]:
    day, month_ = day_number(match["day"] or match["day2"]), month(match["month"] or match["month2"])
    if day > monthrange(2000, month_)[1]:
        raise Unreadable(f"There is no such day as '{match[0]}'.")
    return [Rule("YEARLY", month=month_, month_day=day)]


_BOUND = re.compile(
    r"(?P<rule>.+?),? (?:(?:until|till|through|ending(?: on)?|ends(?: on)?|up to) (?P<until>.+)"
    r"|(?P<for>(?:for (?:the (?:next |following ))?)?\w+ (?:days|weeks|months|years|times"
    r"|occurrences|sessions)))"
)


def read_rule(phrase: str, reference: Reference) -> list[Rule]:
    """Return every reading of a recurrence phrase with its bound, best first; none when it is none.

    Raises:
        Unreadable: the phrase names a day that does not exist.
    """
    if found := RULES.read(phrase, reference):
        return found
    match = _BOUND.fullmatch(normal(phrase))
    if not match:
        return []
    rules = RULES.read(match["rule"], reference)
    if match["until"]:
        return [bound_until(rule, match["until"], reference) for rule in rules]
    return [bound_for(rule, LENGTHS.read(match["for"], reference)[0]) for rule in rules]


def bound_until(rule: Rule, words: str, reference: Reference) -> Rule:
    """Return `rule` with the day that `words` name as its last possible one."""
    days = DATES.read(words, reference)
    if len(days) != 1 or days[0].vague:
        raise Unreadable(f"'{words}' does not say on which day the series ends.")
    return replace(rule, until=days[0].first)


def bound_for(rule: Rule, length: Length) -> Rule:
    """Return `rule` with as many instances as fit into `length`, or as it says itself."""
    if length.unit in {"time", "occurrence", "session"}:
        return replace(rule, count=length.count)
    unit = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}.get(rule.freq)
    if unit == length.unit:
        return replace(rule, count=-(-length.count // rule.interval) * max(1, len(rule.days)))
    if rule.freq == "DAILY" and length.days:
        return replace(rule, count=-(-length.days // rule.interval))
    raise Unreadable("It is not clear how many times the series is to take place.")


def _days_of(words: str) -> int | str:
    days = [day_number(word) for word in re.findall(NTH_DAY, words)]
    return days[0] if len(days) == 1 else ",".join(map(str, days))


def _step(word: str | None) -> int:
    if not word:
        return 1
    return 2 if word == "other" else ordinal(word) if re.fullmatch(ORDINAL, word) else number(word)
