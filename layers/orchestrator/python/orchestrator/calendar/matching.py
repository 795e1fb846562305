"""Which of the events that exist some words name.

What is cancelled or moved must bear every word that was said, but for words that name nothing: half a name is
another event's. A question may be answered with what comes nearest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestrator.calendar.outcomes import Target, Unclear
from orchestrator.calendar.phrases.words import same_length
from orchestrator.calendar.phrases.zones import Zone

MOST_NAMED = 5
"""Events that a question names."""
TO_DO = " To note it as something to do, put 'Remind me to' before it."
"""What helps where a text cancels what is no event: a subscription, the Christmas lights."""
_LEADING = "a an the my our your his her their this that with w for of on at to in from by about and"
_FILLERS = frozenset([*_LEADING.split(), "all", "any", "every", "each", "please", "up"])
_MEETS = frozenset({"meeting", "call"})
_WHOLE = frozenset({"series", "whole", "entire", "recurring", "repeating"})
KINDS = _MEETS | _WHOLE | {"event", "appointment", "entry", "next", "upcoming"}
_LOOSE_KINDS = re.compile(r"\b(?:class(?:es)?|(?:lesson|session|reservation|booking|date|plan|thing)s?)\b")
"""What may be said behind the whole title of an event: the yoga class may be called yoga."""
_ASKING = "free open busy hour slot first last still have has got finish start end begin planned go be is are"
_ASKED = frozenset([*_ASKING.split(), "do", "what", "when", "where", "who", "which", "thing"])
"""What a question may say beside the name of an event."""
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_REASON = re.compile(
    r",? (?:because|cause|cuz|due to|(?:since|as) (?:i|we|he|she|they|it|there|my|our)\b)"
    r"|[,.;!(-]{1,3} {0,2}(?:(?:my|our|his|her|the) )?(?:\w+ (?:can't|cannot|won't|hurts?)\b"
    r"|\w+(?: (?:am|is|are|have|has|had|got|feels?|don't feel)|'(?:m|s|re|ve))"
    r" (?!(?:at|on|in|from|now|until|to|by|for)\b)\w)"
)
"""Where a cancelled event's name ends and why it is cancelled begins."""
_NO_REASON = re.compile(
    r"\b(?:move[ds]?|moving|resched\w+|postpone\w*|cancel\w*|delete\w*|keep|book|add|mean|meant|said|one|only|if"
    r"|unless|except|another|other|both|and then)\b|\?"
)
_PLURAL = re.compile(r"(?<=[cs]h)es$|(?<=[sxz])es$|(?<![sui])s$")
_DOING = re.compile(r"(?:(?P<twice>[bdgmnprt])(?P=twice)|(?P<vowel>[io]))ing$")


@dataclass(frozen=True, slots=True)
class Existing:
    """One of the user's events, as the store has it.

    `about` are its place and its people, `told` what else was said of it; `category` may be unknown.
    """

    event_id: str
    title: str
    start: datetime
    end: datetime
    zone: Zone | None = None
    all_day: bool = False
    about: str = ""
    told: str = ""
    category: str | None = None


def match(wanted: Target, existing: Iterable[Existing], *, loosely: bool = False) -> list[Existing]:
    """Return the events that `wanted` points at; `loosely`: half of its words are enough."""
    fitting = [event for event in existing if _in_stretch(wanted, event)]
    said = words_of(wanted.title or "")
    words = said - KINDS - (_ASKED if loosely else frozenset())
    if not loosely and wanted.clock is None:
        fitting = [event for event in fitting if _is_of_kind(event, said)]
    if not words:
        return fitting  # "my 3pm meeting" may be called anything
    need = len(words) / 2 if loosely else len(words)
    named = [event for event in fitting if _known(event, words) >= need]
    if not loosely:
        return _exactly(said, named) or _by_its_whole_title(wanted.title or "", fitting)
    return _best(words, named)


def _best(words: frozenset[str], named: Sequence[Existing]) -> list[Existing]:
    best = max((_in_title(event, words) for event in named), default=0)
    return [event for event in named if _in_title(event, words) == best]


def _exactly(said: frozenset[str], named: Sequence[Existing]) -> list[Existing]:
    """Return those of `named` that are called so and nothing more; if there are none, the nearest."""
    words = said - KINDS
    return (
        [event for event in named if words_of(event.title) == said]
        or [event for event in named if words_of(event.title) - KINDS == words]
        or _best(words, named)
    )


def _by_its_whole_title(title: str, fitting: Sequence[Existing]) -> list[Existing]:
    """Return the events of which `title` says all, and behind it what kind of thing it is, or a reason."""
    text = same_length(title)
    reason = _REASON.search(text)
    if reason and not _NO_REASON.search(text[reason.start() :]):
        text = text[: reason.start()]
    rest = words_of(_LOOSE_KINDS.sub(" ", text)) - KINDS
    wholly = {event.event_id for event in fitting if rest and words_of(event.title) - KINDS == rest}
    return [event for event in fitting if event.event_id in wholly]


def near(wanted: Target, existing: Iterable[Existing]) -> list[Existing]:
    """Return the events that may be meant by a name that none of them bears, the likeliest first."""
    events = list({event.event_id: event for event in reversed(list(existing))}.values())[::-1]
    said = words_of(wanted.title or "")
    words = said - KINDS
    if not words:
        return events[:MOST_NAMED] if wanted.since else []
    shared = {event.event_id: _known(event, words) for event in events}
    found = (
        [event for event in events if shared[event.event_id]]
        or [event for event in events if _sounds_like(event, words)]
        or [event for event in events if said & words_of(event.title)]
    )
    return sorted(found, key=lambda event: -shared[event.event_id])[:MOST_NAMED]


def _sounds_like(event: Existing, words: frozenset[str]) -> bool:
    from difflib import get_close_matches  # only where nothing was found

    return any(get_close_matches(word, words_of(event.title), 1, 0.75) for word in words)


def one_of(
    found: Sequence[Existing], title: str | None, others: Sequence[Existing] = (), hint: str = ""
) -> Existing:
    """Return the only event of `found`; `others` and `hint` are what to say where there is none.

    Raises:
        Unclear: there is none, or more than one.
    """
    if len(found) == 1:
        return found[0]
    if found:
        names = "; ".join(f"{event.title} ({event.start:%Y-%m-%d %H:%M})" for event in found[:MOST_NAMED])
        raise Unclear("title", title, f"Which one is meant? {names}")
    if not others:
        raise Unclear("title", title, f"No such event was found. Which one is meant?{hint}")
    names = " or ".join(named(event) for event in others)
    raise Unclear("title", title, f"No such event was found. Is {names} meant?{hint}")


def named(event: Existing) -> str:
    """Return an event as a question names it."""
    return f"'{event.title}' ({event.start:%Y-%m-%d %H:%M})"


def words_of(text: str) -> frozenset[str]:
    """Return the words that name something: `Friday's dinners` are a `friday` and a `dinner`."""
    text = re.sub(r"'s?(?!\w)", "", same_length(text.casefold()))
    found = frozenset(_stem(word) for word in re.findall(r"\w+", text))
    return found - _FILLERS or found


def _stem(word: str) -> str:
    if len(word) < 4 or word == "series":
        return word
    word = re.sub(r"ie$", "y", re.sub(r"ies$", "y", _PLURAL.sub("", word)))
    # "Swimming" is what one does at a swim class; a training has nothing to do with a train.
    doing = _DOING.search(word) if len(word) > 5 else None
    return word[: doing.start()] + (doing["twice"] or doing["vowel"]) if doing else word


def _in_title(event: Existing, words: frozenset[str]) -> int:
    return len(words & words_of(event.title))


def _known(event: Existing, words: frozenset[str]) -> int:
    """Count the words that the event bears; what was told of it only explains more than its whole title."""
    title = words_of(event.title)
    bears = title | words_of(event.about) | {word for word in words if _is_day_of(event, word)}
    if title - KINDS <= words:
        bears |= words_of(event.told)
    return len(words & bears)


def _is_day_of(event: Existing, word: str) -> bool:
    # By its full name alone: cut to its stem, a wedding is a "wed", and SATs are a "sat".
    start = event.start.astimezone(event.zone.tz) if event.zone else event.start
    return word == _DAYS[start.weekday()]


def _is_of_kind(event: Existing, said: frozenset[str]) -> bool:
    """Tell whether an event can be the meeting, or the call, that was said: yoga is none."""
    if not said & _MEETS or said & words_of(event.title) & _MEETS:
        return True
    return event.category in {None, "other"} or str(event.category).endswith("_meeting")


def _in_stretch(wanted: Target, event: Existing) -> bool:
    if wanted.clock is not None and event.start.astimezone(wanted.zone.tz).time() != wanted.clock:
        return False
    if wanted.since is None or wanted.until is None:
        return True
    return event.start < wanted.until and event.end > wanted.since
