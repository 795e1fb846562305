"""Category and priority: closed lists, told from the words of the text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

from orchestrator.calendar.models import Category, Mention, Priority
from orchestrator.calendar.phrases.readings import compiled

_PRIORITIES: dict[Priority, str] = {
    "low": (
        r"not urgent|low[- ]prio(?:rity)?|no rush|whenever|unimportant|not important|optional|nice to have"
        r"|if possible"
    ),
    "urgent": r"urgent(?:ly)?|asap|emergency|immediately|right away|top[- ]prio(?:rity)?|highest[- ]priority",
    "high": r"important|high[- ]prio(?:rity)?|critical|crucial|must not miss|can't miss",
    "medium": r"(?:medium|normal)[- ]priority",
}
_CATEGORIES: dict[Category, str] = {
    "deadline": r"deadline|due|submit|submission|file taxes",
    "reminder": r"remind(?:er)?|don't forget|remember to",
    "health": r"doctor|dentist|dr\.?|physio\w*|therapy|therapist|hospital|check-?up|vaccination|optician",
    "travel": r"flight|fly|train to|trip|travel|hotel|airport|drive to",
    "finance": r"pay|payment|rent|invoice|bill|budget|tax(?:es)?|salary",
    "personal": (
        r"birthday|anniversary|gym|yoga|workout|run|dinner|lunch|breakfast|brunch|drinks|coffee|party|parties"
        r"|date night"
        r"|mom|mother|dad|father|mum|grandma|grandpa|kids|family|wedding|vacation|holiday|haircut|concert"
        r"|movie"
    ),
    "external_meeting": r"client|customer|vendor|supplier|partner|interview|demo|sales call|pitch|investor",
    "internal_meeting": (
        r"meeting|meet|standup|stand-up|sync|1:1|one[- ]on[- ]one|retro(?:spective)?|sprint|review|planning"
        r"|(?<!on )(?<!on-)call|all-hands"
        r"|workshop|kick-?off|catch-?up|approval|huddle"
    ),
    "focus": r"focus|deep work|block|writing time",
}
# A meeting about an invoice is a meeting: who meets decides before what it is about.
_MEETING = re.compile(r"\b(?:meeting|meet|(?<!on )(?<!on-)call|sync|review|standup|approval)s?\b")
# To call mother, or to meet for drinks, is no meeting.
_PRIVATE = frozenset({"personal", "health"})
_VERB = (
    r"^(?:meet\b(?! with)"
    r"|(?:(?:video|phone|weekly|daily|monthly|quick|wake-?up|remind me|to) )*call\b(?: with)?)"
)
_CALL = (
    r"^(?:(?:remind me|to|video|phone|wake-?up) )*"
    r"(?:call(?! (?:with|about|re|to|at|will|is|was|on|for|from)\b) [\w']|"
    r"(?:phone|wake-?up) call\b)"
)
_WORK = (
    r"\b(?:team|boss|manager|sales|office|colleagues?|support|recruiters?|hr|project|budget|supplier|agency|lawyer"
    r"|board|ceo|cto|cfo|candidates?|sync|review|planning|standup|meeting)\b"
)
_TIMED = re.compile(
    r"\b(?:meet(?:ing)?|call|sync|stand-?up|1:1|one[- ]on[- ]one|retro(?:spective)?|review|interview|demo"
    r"|appointment"
    r"|dentist|doctor|lunch|dinner|breakfast|brunch|coffee|drinks|catch-?up|planning|presentation|webinar"
    r"|workshop"
    r"|haircut|class|lesson|yoga|gym|workout|flight|train|party|concert|movie|game|match|huddle|kick-?off"
    r"|talk|chat"
    r"|session|exam|check-?up|therapy|date)\b"
)

_GENERIC = re.compile(
    r"(?:[\w'-]+ )?(?:meeting|meet|call|facetime|zoom|sync|chat|talk|appointment|breakfast|brunch|lunch"
    r"|dinner|supper|coffee|tea|drinks|beers?|walk|hike|run|date|session|class|lesson|playdate|tasting|interview"
    r"|review|catch-?up|check-?in|meet-?up|party|picnic|bbq|barbecue|movie|cinema|concert|trip|visit)s?"
    r"|[a-z]+"
)


_TRANSITIVE = (
    r"(?:pick up|drop off|call|phone|ring|visit|pay|buy|bring|email|text|collect|fetch|feed|wash"
    r"|clean)"
)


def needs_an_object(title: str) -> bool:
    """Tell whether a name is a verb that says nothing without whom, or what: `pick up`."""
    return bool(compiled(_TRANSITIVE).fullmatch(title.strip().lower()))


def is_generic(title: str) -> bool:
    """Tell whether a name tells only what kind of thing it is, so that with whom belongs to it."""
    return bool(_GENERIC.fullmatch(title)) or needs_an_object(title)


def priority_of(words: str) -> Priority | None:
    """Return the priority that `words` ask for; `None` when they ask for none."""
    return next((name for name, pattern in _PRIORITIES.items() if _has(pattern, words)), None)


def category_of(words: str, others: Iterable[Mention] = (), own_email: str = "") -> Category:
    """Return the category that `words` and the participants' addresses tell: one domain meets internally."""
    text = words.lower()
    known: Category | None = next(
        (name for name, pattern in _CATEGORIES.items() if _has(pattern, text)), None
    )
    found: Category = known or "other"
    others = tuple(others)
    if known in _PRIVATE:
        text = compiled(_VERB).sub("", text)
    elif known in {None, "reminder", "internal_meeting"} and not others and _calls_somebody(text):
        return "reminder" if known == "reminder" else "personal"
    if _MEETING.search(text):
        found = "external_meeting" if _has(_CATEGORIES["external_meeting"], text) else "internal_meeting"
    return _by_domain(found, others, own_email)


def _calls_somebody(text: str) -> bool:
    """Tell whether `text` is about calling somebody, and nobody at work: that is no meeting."""
    return bool(compiled(_CALL).match(text)) and not compiled(_WORK).search(text)


def needs_a_time(words: str) -> bool:
    """Tell whether what `words` name happens at an hour, so that a day alone does not settle it."""
    return bool(_TIMED.search(words.lower()))


def find_priority(text: str) -> Iterable[tuple[int, int]]:
    """Yield where words of priority stand in `text`, which is `same_length`."""
    for match in re.finditer(rf"\b(?:{'|'.join(_PRIORITIES.values())})\b", text):
        yield match.span()


def _by_domain(found: Category, others: Iterable[Mention], own: str) -> Category:
    domains = {_domain(person.user_email) for person in others} - {""}
    meeting: tuple[Literal["internal_meeting"], Literal["external_meeting"]] = (
        "internal_meeting",
        "external_meeting",
    )
    if found not in meeting or not domains or not _domain(own):
        return found
    return "internal_meeting" if domains == {_domain(own)} else "external_meeting"


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()


def _has(pattern: str, text: str) -> bool:
    return bool(compiled(rf"\b(?:{pattern})s?\b").search(text.lower()))
