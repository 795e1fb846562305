"""New events that are hardly new: they bear the name of one that is there, and words that change it.

What a text means by `prepone pilates` or `the review is now at 3pm` its words cannot tell; the calendar can.
A title in quotation marks is a title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestrator.calendar.labels import needs_a_time
from orchestrator.calendar.matching import KINDS, Existing, named, words_of
from orchestrator.calendar.orders import CANNOT
from orchestrator.calendar.outcomes import Booking, Unclear
from orchestrator.calendar.phrases.readings import compiled
from orchestrator.calendar.phrases.words import TOMORROW, WEEKDAY, same_length
from orchestrator.calendar.quoting import is_quoted
from orchestrator.calendar.spans import EventSpans

_BEYOND = frozenset(["extend", "shorten", "lengthen", "prolong", "rename", "replace", "invite"])
_ORDERS = _BEYOND | frozenset(
    [
        *("prepone", "preponed", "postpone", "postponed", "reschedule", "rescheduled", "move", "moved"),
        *("moving", "delay", "delayed", "cancel", "cancelled", "canceled", "delete", "deleted", "remove"),
        *("scrap", "skip", "ditch", "axe", "nix"),
    ]
)
"""What is seldom done to anything but an event."""
_STRONG = _ORDERS | frozenset(
    [
        *("drop", "bin", "forget", "clear", "wipe", "push", "shift", "make", "set", "put", "update"),
        *("change", "switch", "swap", "bump", "pull", "bring", "correct", "edit", "repeat", "updated"),
        *("off", "is", "isn", "was", "now", "actually", "no", "not", "wait", "sorry", "earlier", "later"),
        *("changed", "instead", "rather", "t", "won", "don", "doesn", "cannot", "miss", "slide", "adjust"),
        *("modify", "defer", "wrong", "mistake", "turn"),
    ]
)
_REFUSES = frozenset(["cannot", "t"])
_WEAK = frozenset(
    [
        *("i", "we", "it", "do", "be", "will", "can", "have", "need", "go", "me", "there", "until", "come"),
        *("happen", "possible", "attend", "sadly", "unfortunately", "hey", "hi", "got", "time", "out"),
    ]
)
_NAMES = ["move", "moving", "update", "push", "pull", "shift", "drop", "change", "off", "swap", "edit", "bin"]
_NAMELESS = (_STRONG | {"keep"}) - {*_NAMES, "switch", "repeat"}
"""What calls nothing; each of `_NAMES` may be the whole of one."""
_POINTING = frozenset(["everything", "that", "this", "free", "morning", "afternoon", "evening"])
_NOTE = r"(?i)\bbe(?: in)?$|\w-\w"
"""`I won't be in` is a note of its own, and `make-up` a name."""
_CHORE = r"(?i)make (?:breakfast|brunch|lunch|dinner|supper|coffee|tea|cake)\b|drop .*\boff\b|drop off"
_TO_THINGS = frozenset(
    [
        *("change", "move", "set", "update", "switch", "swap", "replace", "make", "put", "clear", "push"),
        *("pull", "bring", "drop", "remove", "delete", "bin", "wipe", "slide", "adjust", "forget", "shift"),
        "edit",
    ]
)
"""What is done to things as well: oil is changed, and an event of that name need not be meant."""
_REMINDER = (
    r"(?:remind (?:me|us) to|(?:don't|do not) forget to|remember to|to-?do:|task:) *(?:please |also )?"
)
_TOLD = (
    r"\b(?:(?:is|are|was|were|got|gets|been|be) (?:cancell?ed|called off|moved|rescheduled|postponed)"
    r"|(?:moved|rescheduled|postponed) (?:to|until)|needs to (?:be )?(?:moved?|rescheduled|cancell?ed)"
    r"|(?:they (?:need|want|asked)|\w+ (?:needs|wants|asked)) to (?:reschedule|(?:move|push|postpone|shift)"
    r" (?:me|us|it|(?:my|our|the) (?:meeting|call|appointment|date|session|lesson|class))))\b"
)
_HEAD = r"(?i) (?:with|for|at|in|to|on|about)\b"
_MOVES = (
    r"^(?:no|actually|sorry|wait|oops),|^actually\b|\bneeds? to (?:be )?move|\bno longer\b"
    r"|\b(?:is|are|has|was|got)(?: been)? (?:now|moved|moving|off)\b"
    r"|(?<!from )\bnow (?:at|on|in|until|is|\d)|->|=>|→|\binstead\b"
)
_DAY = rf"(?:\d|noon|midnight|{WEEKDAY}\b|{TOMORROW}\b|today\b|next\b)"
_CHANGED = rf"(?:,? (?:to|now) {_DAY}| (?:is|will be|starts|begins) (?:now )?(?:at|on|{_DAY}))"


def name_something(spans: EventSpans, content: str, said: str) -> None:
    """Check that a new event has a name, and is not told of as moved in what is `said` of it.

    Raises:
        Unclear: its title is only what is left of an order (`rename`, `make that`), or it tells of a change.
    """
    title = spans.title or ""
    if spans.operation != "create" or is_quoted(title, content):
        return
    words = words_of(title)
    if words & _NAMELESS and not words - _NAMELESS - _WEAK - _POINTING and not compiled(_NOTE).search(title):
        question = CANNOT if words & _BEYOND else f"Which event is meant by '{title}'?"
        raise Unclear("title", title, question)
    if match := compiled(_TOLD).search(same_length(said)):
        told = said[slice(*match.span())]
        question = f"Is an event to be moved or cancelled ('{told}')? Say 'move … to …' or 'cancel …'."
        raise Unclear("content", told, question)


@dataclass(frozen=True, slots=True)
class There:
    """An event that is there, with the words of its name and of the head of that: `lunch` with Anna."""

    event: Existing
    name: frozenset[str]
    head: frozenset[str]


def there(existing: Iterable[Existing]) -> list[There]:
    """Return the events with the words they bear; one whose name has none is never meant by words."""
    found = (
        There(event, words_of(event.title), words_of(compiled(_HEAD).split(event.title)[0]))
        for event in existing
    )
    return [one for one in found if one.name]


def suspicious(booking: Booking, content: str) -> bool:
    """Tell whether the calendar has to be looked at: a title or a text with words that change something.

    What is in quotation marks, or to be reminded of, is what it says.
    """
    if is_quoted(booking.title, content) or _is_reminder(booking.title, content):
        return False
    return bool(words_of(booking.title) & _STRONG) or _tells_a_change(booking.title, content)


def _is_reminder(title: str, content: str) -> bool:
    return bool(re.search(rf"\b{_REMINDER}{re.escape(same_length(title))}(?!\w)", same_length(content)))


def hardly_new(booking: Booking, content: str, existing: Sequence[There]) -> str | None:
    """Return the question about a new event that may be one of `existing`; `None` where it is a new one."""
    said = words_of(booking.title)
    first = next(iter(re.findall(r"\w+", same_length(booking.title))), "")
    for one in existing:
        if _means(booking.title, said, first, one, content):
            return _question(booking.title, one.event, first)
    return None


def _means(title: str, said: frozenset[str], first: str, one: There, content: str) -> bool:
    name, head = one.name, one.head
    more, bare = said - name, said - _STRONG - _WEAK
    partly = bool(bare - KINDS) and head <= bare <= name
    if partly and said & _REFUSES:
        return True
    if len(name) == 1 and name <= said and first in _TO_THINGS and not needs_a_time(one.event.title):
        return _pointed_at(one.event.title, content) or _tells_a_change(title, content)
    if more and (first in _ORDERS or re.match(r"(?i)make (?:the|my|our) ", title)):
        # "Delete dentist" is about the dentist for Mia; "invite Anna to the review" about the review.
        return name <= said or partly
    if not name <= said or compiled(_CHORE).match(title):
        return False
    return bool(more & _STRONG and not more - _STRONG - _WEAK) if more else _tells_a_change(title, content)


def _question(title: str, event: Existing, first: str) -> str:
    there = f"{named(event)} is there already."
    if first in _BEYOND:
        return f"{there} {CANNOT}"
    return (
        f"{there} Is it to be moved or cancelled? Then say 'move … to …' or 'cancel …';"
        f" or put '{title}' in quotation marks, if it is a new event."
    )


def _pointed_at(name: str, content: str) -> bool:
    return bool(re.search(rf"\b(?:the|my|our) {re.escape(same_length(name))}(?!\w)", same_length(content)))


def _tells_a_change(title: str, content: str) -> bool:
    """Tell whether a text says of what it names that it is now at another time."""
    text = re.sub(r"\s+", " ", same_length(content))
    name = re.escape(re.sub(r"\s+", " ", same_length(title)))
    places = list(re.finditer(rf"(?<!\w){name}(?!\w)", text))
    return bool(places) and (
        bool(compiled(_MOVES).search(text))
        or any(_is_changed(text[: at.start()], text[at.end() :]) for at in places)
    )


def _is_changed(before: str, behind: str) -> bool:
    """Tell whether what stands around a name gives it another time: `set the …`, `… is now at`."""
    if re.search(r"\b(?:set|make|put|update) (?:the|my|our) $", before) or compiled(_CHANGED).match(behind):
        return True
    owned = re.search(r"(?:\b(?:the|my|our) |'s )$", before)
    return bool(owned and re.match(r" (?:[\w']+ ){0,3}?(?:is|will be|starts?|begins?)\b", behind))
