"""What is left of a clause once its phrases are known: its title, its place, and words that raise doubts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.calendar.grammar.marks import HIDDEN, Mark
from orchestrator.calendar.words import MONTH, PART, WEEKDAY, same_length

_ASK = (
    r"please|hey|hi|hello|kindly|can you|could you|would you|can we|could we|shall we|let's|i need to|i need|i want to|i'd"
    r" like to|i have to|we need to|i have|we have|i've got|there is|there's|go ahead and|also|then|and|so|ok|okay"
)
_MAKE = (
    r"schedule|book(?! (?:club|fair|signing|launch|report|review))|set up|set|setup|plan(?! (?:review|b)\b)|arrange|organi[sz]e|add|create|put|make|enter|note|remind me (?:to|about|of)"
    r"|reminder to|don't forget to|remember to|block(?! part)(?: off| out)?|reserve|pencil in|save the date for|save the date"
    r"|cancel|delete|remove|call off|move|reschedule|shift|postpone|push(?: back)?|delay|change|bring forward"
)
_LEAD = re.compile(
    rf"(?:[\s,;:.!-]+|(?:{_ASK}|{_MAKE}|a new|an?|the|my|our|new|in|for|me)(?![\w']))"
)
_NOUN = re.compile(r"(?:an? )?(?:event|appointment|entry|reminder|slot|time|calendar event) (?:for|to|called|named|titled|about) ")
_CALLED = re.compile(r"\b(?:called|named|titled|entitled)(?: |$)")
_TAIL = re.compile(
    r"(?:[\s,;:.!?(-]+|(?<![\w-])(?:please|thanks|thank you|pls|(?:to|in|on|into) (?:my|the|our) calendar|starting(?: on| from| at)?|beginning"
    r"(?: on| from| at)?|on|at|from|for|in|by|is|will be|takes place|scheduled|happening|of|with|and|it))$"
)
_PLACE_NOUN = (
    r"(?:conference |meeting )?room|office|building|lobby|caf[eé]|hall|suite|floor|park|library|restaurant|bar|kitchen|hotel"
    r"|airport|station|school|clinic|hospital|gym|church|studio|headquarters|hq|home|work"
)
_PLACE = re.compile(
    rf"(?:(?:^|(?<=\s))(?:(?P<via>via|over|on) (?=zoom|teams|google meet|skype|slack|webex|facetime|discord)|(?P<where>at|in) "
    rf"(?=(?:the |our |my )?(?:\w+ ){{0,2}}(?:{_PLACE_NOUN})\b)|(?P<named>at|in) (?=(?:the )?[A-Z])))"
)
_PLACE_END = re.compile(r"(?=,| with | about | regarding | to discuss | for | and )")
_DESCRIBES = re.compile(r"\s*(?:,\s*)?(?:with|about|regarding|re:?|to discuss|to talk about|agenda)\b", re.IGNORECASE)
_NOISE = re.compile(r"(?:[\s,;:.!?()-]|\b(?:and|please|thanks|thank you|on|at|for|from|in|the|it|a|an)\b)*")
_DOUBT = re.compile(
    rf"(?<![\w:.-])\d+(?:[:.]\d+)?(?![\w:])|\b(?:{WEEKDAY}s?|(?!may\b|mar\b|march\b|dec\b|jan\b){MONTH})(?!\w)|\b{PART}s?\b"
    r"|\b(?:today|tonight|tomorrow|yesterday|days|(?:the|that|same|per|a|one|mid|work) day|weeks?|weekends?|months?|years|(?<!new )year|hours?|hourly|minutes?|quarter"
    r"|before|after|until|till|by|except|unless|if|or|either|maybe|perhaps|probably|possibly|sometime|some time|around|roughly"
    r"|not|never|don't|doesn't|no longer|instead|rather|every|each|other than|next|last|previous|following|ago|later|earlier|soon"
    r"|twice|thrice|biweekly|between|during|within|midnight|noon|eod|cob|end of|start of|beginning of|o'clock|ish"
    r"|anytime|any time|whenever|as soon as|same time|same day|back to back|then|once)\b"
)


_INSIDE = frozenset({"mention", "amount", "priority"})
_PART_NAME = re.compile(rf"(?<!in the )(?<!this )\b{PART}s?\b")
_SETTLED = re.compile(r"\d ?[ap]\.?m|tonight|noon|midnight|\b(?:1[3-9]|2[0-3]|0\d)[:.h]")


@dataclass(frozen=True, slots=True)
class Rest:
    """The words of a clause that are no phrase. `doubt`: words that may say something nobody has read."""

    title: str | None = None
    place: str | None = None
    description: str | None = None
    category: str | None = None
    doubt: str | None = None


def rest(original: str, start: int, end: int, found: Sequence[Mark]) -> Rest:
    """Return what is left between `start` and `end` of `original` around the marks of a clause."""
    quote = next((mark for mark in found if mark.kind == "quote"), None)
    pieces = _pieces(original, start, end, found)
    place, pieces = _place(pieces)
    chunks = [chunk for piece in pieces if (chunk := _stripped(piece))]
    doubt = _doubt(pieces, found, original)
    title = quote.words.strip("'\"‘’“”„«»") if quote else chunks[0] if chunks else None
    others = chunks if quote else chunks[1:]
    category = _before_called(others[0]) if quote and others else None
    notes = next((chunk for chunk in (others[1:] if category else others) if _DESCRIBES.match(chunk)), None)
    return Rest(title, place, None if quote else notes, category, doubt)


def _pieces(original: str, start: int, end: int, found: Sequence[Mark]) -> list[str]:
    """Cut the clause at the phrases that are no part of a title; mentions and amounts stay in it."""
    pieces: list[str] = []
    for mark in found:
        led_in = mark.kind == "amount" and re.search(r"\b(?:for|of|worth) $", original[start : mark.start])
        if mark.kind in _INSIDE and not led_in:
            continue
        pieces.append(original[start : mark.start])
        start = mark.end
    return [*pieces, original[start:end]]


def _stripped(piece: str) -> str:
    """Take the words that ask, and those that lead to the next phrase, off both ends."""
    while True:
        small = same_length(piece)
        lead = _LEAD.match(small) or _NOUN.match(small)
        tail = _TAIL.search(small)
        if lead and lead.end() < len(piece):
            piece = piece[lead.end() :]
        elif lead:
            return ""
        elif called := re.match(r"(?:\w+ )?(?:called|named|titled|entitled) ", small):
            piece = piece[called.end() :]
        elif tail:
            piece = piece[: tail.start()]
        else:
            return piece.strip()


def _place(pieces: list[str]) -> tuple[str | None, list[str]]:
    for index, piece in enumerate(pieces):
        match = _PLACE.search(piece) or _PLACE.search(same_length(piece))
        if match and (index or match.start()):
            ending = _PLACE_END.search(piece, match.end())
            stop = ending.start() if ending else len(piece)
            place = _trimmed(piece[match.end() : stop])
            left = [*pieces[:index], piece[: match.start()], piece[stop:], *pieces[index + 1 :]]
            return place or None, left
    return None, pieces


def _trimmed(place: str) -> str:
    while tail := _TAIL.search(same_length(place)):
        place = place[: tail.start()]
    return place.strip()


def _before_called(chunk: str) -> str | None:
    words = _CALLED.split(same_length(chunk))[0]
    words = re.split(r" with\b| for\b", words)[0]
    return chunk[: len(words)].strip() or None


def _doubt(pieces: Sequence[str], found: Sequence[Mark], original: str) -> str | None:
    inside = [
        same_length(original[mark.start : mark.end])
        for mark in found
        if mark.kind in _INSIDE
    ]
    settled = any(mark.kind == "time" and _SETTLED.search(same_length(mark.words)) for mark in found)
    for piece in pieces:
        text = same_length(piece)
        # `Movie night at 8pm`: the name of a thing says nothing new about a time that is settled.
        text = _PART_NAME.sub(HIDDEN, text) if settled else text
        for words in [*inside, "1:1"]:
            text = text.replace(words, HIDDEN)
        if match := _DOUBT.search(text):
            return match[0]
    return None
