"""A text cut into the events it speaks of: each piece with a time of its own and something to call it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.calendar.grammar.leftovers import rest
from orchestrator.calendar.grammar.marks import Mark
from orchestrator.calendar.grammar.vocabulary import DEPARTS
from orchestrator.calendar.labels import needs_a_time
from orchestrator.calendar.phrases.words import MONTH, same_length

WHEN = frozenset({"date", "time", "recurrence"})
_CUT = re.compile(
    r" ?[;\n][;\n ]*|(?<=\w\w)[.!] +(?:then +|also +)?|,? +(?:and|then|plus|also) +(?:then +|also +)?|, +"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One event's stretch of the text."""

    start: int
    end: int
    marks: tuple[Mark, ...]


_BULLET = re.compile(rf"(?:^|(?<=\n))[ \t]*(?:[-*•·–]|\d\d?[.)](?! ?{MONTH}\b)) +", re.IGNORECASE)
_LABEL = re.compile(r"(?:^|(?<=\n))[ \t]*(?:when|date|time|what|subject|title) ?:", re.IGNORECASE)
_DEPARTS = re.compile(rf"{DEPARTS} ")
_COMPANY = re.compile(r"\bwith (?:[\w'.]+,? ){0,3}[\w'.]+$")
_PERSON = re.compile(r"(?:(?:the|my|our|her|his) )?[\w'-]+ ?$")


_POLITE = (
    r"(?:ok(?:ay)?|oh|so|and|well|great|perfect|sorry)?,? ?(?:thanks(?: a lot| so much| again)?|thank you"
    r"(?: so much| very much)?|thx|great|perfect|cool|super|lovely|awesome|excellent|wonderful|fine|alright"
    r"|all right|got it|good (?:morning|afternoon|evening)|hm+|one more(?: thing)?|(?:just )?(?:a |one )?"
    r"(?:quick |small |short |another )?question|just (?:checking|wondering)|while (?:you're|we're) at it"
    r"|by the way"
    r"|sorry,? (?:i )?(?:almost |nearly )?forgot|next(?= ?:)|(?:nice|morning|evening)(?=[.!]))"
)
_ORDERED = r"(?:please |can you |could you |also |just )*(?:cancel|delete|move|reschedule|postpone)\b"
_OPENING = re.compile(
    rf"\s*(?:(?:{_POLITE}(?: (?:thanks|then))? ?[,.!:]+ *)+(?:and (?!\d))?"
    rf"|(?:yes|no|now|yeah|yep),? (?={_ORDERED})"
    r"|(?:i'm|i am|we're|something|he's|she's)(?= )[^,.!?;:\d]{1,40}[,.!] *(?=" + _ORDERED + r"))"
    r"|\s*(?=(?:please |can you |could you )*(?:let me know|tell me|i wonder)"
    r" (?:what|(?:if|when) (?:i|we|there)\b|how (?:my|does|is|busy)))"
    r"(?:please |can you |could you )*(?:let me know|tell me|i wonder) (?:if )?",
    re.IGNORECASE,
)
"""What is said before the sentence that asks for something: `Thanks!`, `Quick question:`, `Great, …`."""


def without_bullets(original: str) -> str:
    """Return a text with spaces for its polite opening, and what marks lines of a list or form."""
    plain = _BULLET.sub(lambda match: " " * len(match[0]), original)
    if opening := _OPENING.match(same_length(plain)):
        plain = " " * opening.end() + plain[opening.end() :]
    return _LABEL.sub(lambda match: " " * len(match[0]), plain)


def clauses(text: str, original: str, found: Sequence[Mark]) -> list[Clause]:
    """Return the clauses of `text`; a piece that is no event of its own belongs to the one before it."""
    done: list[Clause] = []
    start = 0
    for end, after in [*_cuts(text, original, found), (len(text), len(text))]:
        piece = _clause(start, end, found)
        if _goes_on(text, piece, after, found) or _in_company(text, piece, after, found):
            continue
        if _complete(piece, original):
            done.append(piece)
            start = after
    if not done:
        return [_clause(0, len(text), found)]
    if start < len(text):
        done[-1] = _clause(done[-1].start, len(text), found)
    return done


def _cuts(text: str, original: str, found: Sequence[Mark]) -> Iterator[tuple[int, int]]:
    lines = "".join("\n" if char == "\n" else small for char, small in zip(original, text, strict=True))
    for match in _CUT.finditer(lines):
        if not any(mark.start < match.end() and match.start() < mark.end for mark in found):
            yield match.span()


def _clause(start: int, end: int, found: Sequence[Mark]) -> Clause:
    return Clause(start, end, tuple(mark for mark in found if mark.start >= start and mark.end <= end))


def _goes_on(text: str, piece: Clause, after: int, found: Sequence[Mark]) -> bool:
    """Tell whether a comma only parts a day from its time: `Dec 9, 7:15am`, `on Dec 9, starts 7:15am`."""
    if leading := _DEPARTS.match(text, after):
        after = leading.end()
    kinds = {mark.kind for mark in piece.marks}
    joined = any(mark.end == piece.end for mark in piece.marks)
    return joined and any(mark.start == after and mark.kind in WHEN - kinds for mark in found)


def _in_company(text: str, piece: Clause, after: int, found: Sequence[Mark]) -> bool:
    """Tell whether `and` parts two people and no events: `at 7 dinner with mom and dad on Friday`."""
    if text[piece.end : after].strip(" ,") != "and" or not _COMPANY.search(text[piece.start : piece.end]):
        return False
    follows = next((mark for mark in found if mark.start >= after), None)
    if follows is None or follows.kind in {mark.kind for mark in piece.marks}:
        return False
    between = re.sub(r"(?:\b(?:on|at|from)|@) ?$", "", text[after : follows.start])
    return bool(_PERSON.fullmatch(between)) and not needs_a_time(between)


def _complete(clause: Clause, original: str) -> bool:
    if not any(mark.kind in WHEN for mark in clause.marks):
        return False
    return bool(rest(original, clause.start, clause.end, clause.marks).title)
