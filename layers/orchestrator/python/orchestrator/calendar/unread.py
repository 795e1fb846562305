"""What a text says beside the words that were found: a day by its name, an end alone, the number of a house.

It is asked about before the clock alone dates an event. The words may have been left out by a model, or be
some that no rule knows.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from orchestrator.calendar.outcomes import Unclear
from orchestrator.calendar.phrases.days import bare_weekday, weekday_alone
from orchestrator.calendar.phrases.feasts import FEAST, FEASTS
from orchestrator.calendar.phrases.readings import Reference, compiled
from orchestrator.calendar.phrases.words import MONTH, NTH_DAY, ORDINAL, TOMORROW, WEEKDAY, normal, weekday
from orchestrator.calendar.quoting import HIDDEN, without_quotes
from orchestrator.calendar.spans import EventSpans

_FEAST = (
    r"(?<!\w)(?:christmas|xmas|new year'?s|halloween|valentine'?s|easter|thanksgiving|pentecost|whitsun"
    r"|hanukk?ah|chanukah|diwali|deepavali|eid|ramadan|passover|purim|holi|rosh hashanah|yom kippur"
    r"|(?:chinese|lunar) new year|super bowl|(?:first|last) day (?:of|at)"
    r"|(?:mother|father|grandparent|teacher|president|women|children|king|queen)s?'?s? day"
    r"|(?:labou?r|independence|memorial|may|columbus|mlk|earth|st\.? [a-z]+'?s) day)(?!\w)"
)
_PREPARES = (
    r"shopping|planning|prep(?:arations?)?|decorat\w+|rehearsals?|cards?|presents?|gifts?|sales?|campaign"
    r"|baking|menu|tickets?|costumes?"
)
"""What is done before a feast, on a day of its own."""
_NAMES = r"(?!(?:at|from|for|with|in|on|to|until|till|through|and|is|morning|this|next)\b)[a-z]+"
_DAY = (
    rf"(?:\w*day|b-day|anniversary|eve|jubilee)(?<!today)(?<!holiday)(?!['\w])(?! (?!at\b|from\b|with\b"
    rf"|in\b|for\b|around\b|about\b|of\b|off\b|until\b|till\b|to\b|{TOMORROW})[a-z])(?: off)?"
)
_ON_A_DAY = rf"(?<![\w-])on (?P<day>(?:[^\s,;:]+ ){{0,4}}?{_DAY})(?!\w)"
_FOREIGN = (
    r"(?<![\w@'-])(?:[Üü]bermorgen|heute|gestern|morgen|[Mm]ontag|[Dd]ienstag|[Mm]ittwoch|[Dd]onnerstag"
    r"|[Ff]reitag|[Ss]amstag|[Ss]onnabend|[Ss]onntag|mañana|manana|hoy|lunes|martes|mi[ée]rcoles|jueves"
    r"|viernes|s[áa]bado|domingo|demain|aujourd'hui|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r")(?![\w'-])|^(?:Morgen|Heute|Mañana|Manana|Hoy|Demain)(?!\w)"
)
"""The names of days in other languages; `Morgen` inside a sentence may be somebody."""
_TOPIC = (
    r"\b(?:work\w*|focus\w*|concentrat\w+|check\w*(?: up| in)?|up|follow-up|catch-up|turn|switch|put|try|talk"
    r"|lecture|seminar|webinar|workshop|session|class|course|presentation|training|meeting|call|sync|chat"
    r"|discussion|debate|podcast|report|reading|book|film|movie|documentary|update|review|feedback|briefing"
    r"|brainstorm\w*|vote|exam|test|quiz|interview|panel|paper|essay|article|decision|decide|agree|off|in"
    r"|q&a|keynote|tutorial|lesson|dive|info\w*|hearing|progress|status|news|alignment|strategy|research"
    r"|study\w*|notes|present|eye|get|spend|time|sign|add|head|based|bid|offer|start\w*|going|go|move|carry"
    r"|hold|not|is|are|be)$|^(?:brief|update|ask|quiz|coach|train|advise) "
)
"""What goes on with `on`, which then leads to what it is about."""
_NO_DAY = (
    r"(?:an?|one|the|my|our|his|her|their|your|this|that|these|those|next|coming|zoom|teams|google|skype"
    r"|slack|webex|facetime|discord|whatsapp|signal|telegram|messenger|phone|tv|radio|netflix|youtube|twitch"
    r"|campus|site|stage|board|foot|line|call|duty|leave|vacation|pto|time|top|hold|track|air|ice|demand|behalf"
    r"|for|with|at|to|me|us|you|him|them|or|and|grass|roof\w*|deck|pier|patio|floor|level|platform|channel"
    rf"|page|\W*\d|{WEEKDAY}|{MONTH}|{TOMORROW}"
    r"|delivery|arrival|departure|request|repeat|display|loan|lease|location|sky|today|tonight)(?!\w)"
)
"""What may stand behind `on` and is plainly no name of a day."""
_STREET = (
    r"(?:\b(?:street|st|road|rd|avenue|ave|lane|drive|square|boulevard|blvd|broadway|platz|stra(?:ss|ß)e|hill"
    r"|island|beach|river|lake|coast|way)\b|str(?:aße|asse|\.))"
)
_NAMED_WEEKDAY = (
    r"(?<!\w)(?P<name>(?:easter|christmas|carnival|bank holiday|super bowl|mlk|orthodox|thanksgiving"
    rf"|labou?r day|memorial day|mothering|{ORDINAL}) )$"
)
_OF_FEAST = r",? (?P<name>(?:of|in|after|before) (?:advent|lent|easter|christmas|pentecost|epiphany))\b"
_EASTER = {4: "good friday", 5: "easter saturday", 6: "easter sunday", 0: "easter monday"}
_NEAR = 120
"""Characters that are looked at on either side of a day."""
_ONE_OF_THEM = (
    r"(?:the )?(?:first|last|next|final)(?: (?:one|time|session|date|meeting|class))?(?: is| are)?(?: on)?"
)
_MOVED = (
    r"\b(?:was|were|is|are|been|got) (?:extended|moved|shifted|postponed|changed|pushed(?: back)?|rescheduled"
    r"|delayed|brought forward)$"
)


def ask_for_unread_day(spans: EventSpans, said: str, reference: Reference) -> None:
    """Ask for the day of a new event that stands in what is `said` of it, and that no span has read.

    Raises:
        Unclear: there is such a day.
    """
    if spans.operation != "create" or spans.recurrence:
        return
    tonight = "tonight" in normal(spans.time or "")
    said, date = without_quotes(said).replace(spans.place or HIDDEN, " "), normal(spans.date or "")
    if tonight and not date:
        return
    if not date or compiled(rf"(?:on )?(?:the )?{NTH_DAY}").fullmatch(date):
        _ask_for_feast(spans, normal(said))
    if not date:
        words = _foreign(said) or _on_a_day(normal(said), normal(spans.time or ""))
    elif weekday_alone(date) is not None:
        date = date.removeprefix("on ")
        words = _of_a_name(normal(said), date) or _another_easter(normal(spans.title or ""), date, reference)
    else:
        words = _before_a_feast(normal(said), date)
    if re.search(r"-|\b(?:to|until|till?)\b", date) and compiled(_MOVED).search(normal(spans.title or "")):
        raise Unclear("date", spans.date, f"Which of the days of '{spans.date}' counts?")
    if words:
        raise Unclear("date", words, f"On which day is '{words}', with its month?")


def only_an_end(spans: EventSpans, said: str) -> tuple[str, str] | None:
    """Return the last day of a new event that has no first one, and the words that make it the last.

    `Mum is staying until Sunday` has days before the Sunday, `valid until Sunday` has none.
    """
    if spans.operation != "create" or spans.recurrence:
        return None
    if spans.end_date and not spans.date and not spans.time:
        return spans.end_date, spans.end_date
    date, said = normal(spans.date or ""), normal(said)
    if "til" not in said and "thr" not in said:
        return None
    match = re.search(rf"(?<!\w)(?:until|till|til|through|thru) {re.escape(date)}(?!\w)", said)
    return (date, match[0]) if date and match and not spans.end_date else None


def ask_for_an_address(spans: EventSpans, said: str) -> None:
    """Ask for the end of what seems to end at the number of a house: `3pm - 22 Baker Street`.

    Raises:
        Unclear: it does.
    """
    said = normal(said)
    for field, phrase in (("time", spans.time), ("end_time", spans.end_time)):
        words = normal(phrase or "")
        if not re.search(r"^\d\d?$" if field == "end_time" else r"(?:-|to) ?\d\d?$", words):
            continue
        if re.search(rf"(?<!\w){re.escape(words)} (?:[\w'.-]+ ){{1,2}}{_STREET}", said):
            raise Unclear(field, words, f"Does '{words}' say when it ends, or where it is?")


def ask_which_of_a_series(spans: EventSpans, before: Sequence[EventSpans]) -> None:
    """Ask what `first one Nov 30` says of the series before it: it is no event of its own.

    Raises:
        Unclear: it is such a part of a sentence.
    """
    series = next((one for one in before if one.recurrence), None)
    if series and compiled(_ONE_OF_THEM).fullmatch(normal(spans.title or "")):
        words = f"{spans.title} {spans.date}" if spans.date else spans.title
        raise Unclear("date", words, f"Is '{words}' the day on which '{series.title}' begins, or ends?")


def _ask_for_feast(spans: EventSpans, said: str) -> None:
    """Ask for the day of what is named after one: a Valentine's dinner without a day is hardly today."""
    if compiled(_FEAST).search(normal(spans.title or "")) or compiled(rf"(?<!\w)on (?:the )?{_FEAST}").search(
        said
    ):
        raise Unclear("date", spans.date, f"On which day is '{spans.title}', with its month?")


def _foreign(said: str) -> str | None:
    match = compiled(_FOREIGN).search(said)
    return match[0] if match else None


def _on_a_day(said: str, time: str) -> str | None:
    """Return the day behind `on`: what is called one, and whatever stands right before the time."""
    if match := compiled(_ON_A_DAY).search(said):
        return match["day"]
    if not time:
        return None
    lead = r"(?:at |from |around |about |@ ?)?"
    words = r"(?P<head>.*?)(?<![\w-])on (?P<day>[^\s,;:]+(?: [^\s,;:]+){0,2}?)"
    match = re.match(rf"{words},? {lead}{re.escape(time)}(?!\w)", said) or re.match(rf"{words}$", said)
    return match["day"] if match and _may_be_a_day(match["head"], match["day"]) else None


def _may_be_a_day(head: str, words: str) -> bool:
    """Tell whether `words` behind `on` can name a day, and not what `head` is about, or where it is."""
    leads_on = compiled(_TOPIC).search(head.strip()) or compiled(_NO_DAY).match(words)
    return not (leads_on or compiled(_STREET).search(words))


def _of_a_name(said: str, date: str) -> str | None:
    """Return the name that a weekday is part of: `Super Bowl Sunday`, `on MLK Monday`, `first Friday`."""
    for feast in re.finditer(rf"(?<![\w'])(?:{FEAST})(?!\w)", said):
        if feast[0].endswith(f" {date}"):
            return feast[0]
    for match in re.finditer(rf"(?<![\w']){re.escape(date)}(?!\w)", said):
        before, behind = said[max(0, match.start() - _NEAR) : match.start()], said[match.end() :][:_NEAR]
        if named := compiled(_NAMED_WEEKDAY).search(before):
            return f"{named['name']}{match[0]}"
        if feast := compiled(_OF_FEAST).match(behind):
            return f"{match[0]}{feast[0]}"
        led_in = re.match(r"(?P<head>.*?)(?<![\w-])on (?P<day>[^\s,;:]+ (?:[^\s,;:]+ )?)$", before)
        if led_in and _may_be_a_day(led_in["head"], led_in["day"]):
            return f"{led_in['day']}{match[0]}"
    return None


def _another_easter(title: str, date: str, reference: Reference) -> str | None:
    """Return a weekday that Easter has and that is not the next of its name: `Easter brunch Sunday`."""
    own = _EASTER.get(weekday(date)) if re.search(r"(?<!\w)easter(?!\w)", title) else None
    other = own and FEASTS.read(own, reference)[0].first != bare_weekday(date, reference).first
    return date if other else None


def _before_a_feast(said: str, date: str) -> str | None:
    """Return what is done before the feast that it is named after: `Christmas shopping`."""
    if re.search(r"\d", date) or not compiled(rf"(?:on )?(?:{FEAST})").fullmatch(date):
        return None
    # Christmas alone may be any day around it: `Christmas lunch with the team`.
    named = rf"(?:{_PREPARES})\b" if date not in {"christmas", "xmas"} else _NAMES
    match = re.search(rf"(?<!\w){re.escape(date)} (?:{named}|[a-z]+ (?:{_PREPARES})\b)", said)
    return match[0] if match else None
