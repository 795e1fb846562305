"""Words by which a sentence takes back what it has just said: `at 3, no, make that 4`; `Sorry, 4pm`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from orchestrator.calendar.outcomes import Unclear
from orchestrator.calendar.phrases.readings import compiled
from orchestrator.calendar.phrases.words import HOUR_WORD, MONTH, TOMORROW, WEEKDAY, same_length
from orchestrator.calendar.spans import EventSpans

_COUNT = rf"(?:\d+(?:\.\d+)?|an?|half an|{HOUR_WORD}|fifteen|twenty|thirty|forty(?:-five)?|ninety)"
_KINDS = {
    "duration": rf"{_COUNT}[- ]?(?:h|hrs?|hours?|min|mins|minutes?|days?|weeks?)\b",
    "date": (
        rf"(?:(?:this|next|the) )?(?:{WEEKDAY}(?!\w)|{TOMORROW}\b|today\b|tonight\b|\d\d?(?:st|nd|rd|th)\b"
        rf"|{MONTH} \d|\d\d?\.? {MONTH}(?!\w))"
    ),
    "time": (
        r"(?:half past |quarter (?:past|to) )?(?:\d\d?(?:[:.h]\d\d)?(?![\d%€$£/])(?: ?[ap]\.?m\b)?"
        r"|noon\b|midday\b|midnight\b"
        rf"|(?:{HOUR_WORD})\b(?= ?(?:$|[,.;!?]|o'clock|thirty|fifteen)))"
    ),
}
_KIND = "|".join(f"(?P<{name}>{pattern})" for name, pattern in _KINDS.items())
_BREAK = r"(?:(?<![,.;:!?()*])[,.;:!?()*]{1,6} *| - *)"
_HESITATING = r"(?:(?:oh|ah|hm+|uh+|um+|er+m?|ok(?:ay)?|well|and|but|or|no)[, ]+){0,3}"
_TAKES_BACK = (
    r"no(?:pe)?(?!\.)|sorry|oops|wait|hold on|er+m?|uh+|hm+|correction|corrected|edit|typo|(?:scratch|strike"
    r"|forget|change) (?:that|it)(?: to)?|i mean(?:t)?|actually|rather|was"
)
_SETTLES = r"make (?:it|that)|let's (?:say|make (?:it|that))|say|better(?: yet| still)?"
_LEADING = (
    r"[ ,:;.!-]{0,6}(?:that'?s [^,.;]{1,30}[,.;] *)?"
    r"(?:(?:i mean(?:t)?|make (?:it|that)|let's (?:say|make it)|say|better|it'?s|only|at|on|to|from|for|by)"
    r"[ ,:]+){0,4}"
)
_CORRECTION = (
    rf"{_BREAK}{_HESITATING}(?P<words>(?:(?P<hard>{_TAKES_BACK})|(?:{_SETTLES}))(?!\w){_LEADING}"
    rf"(?:{_KIND}|(?P<company>with \w+)))"
)


_CUES = frozenset(
    [
        *(
            "no",
            "nope",
            "sorry",
            "oops",
            "wait",
            "hold",
            "correction",
            "corrected",
            "edit",
            "typo",
            "scratch",
        ),
        *("strike", "forget", "change", "mean", "meant", "actually", "rather", "was", "make", "let's", "say"),
        *("better", "er", "um", "uh", "hm"),
    ]
)
"""One of these is in whatever takes something back; two letters stand for all that begins with them."""


def ask_about_corrections(text: str, events: Sequence[EventSpans]) -> None:
    """Ask which of two is meant where `text`, which is `same_length`, takes one of them back.

    Nothing is asked where `events` have the words that count, and those taken back nowhere.

    Raises:
        Unclear: it does.
    """
    words = {
        word if len(word) < 2 or word[:2] not in _CUES else word[:2] for word in re.findall(r"[a-z']+", text)
    }
    for match in compiled(_CORRECTION).finditer(text) if words & _CUES else ():
        before = text[: match.start()]
        kind = next((name for name in _KINDS if match[name]), None)
        if kind is None and not match["hard"]:
            continue
        if kind == "time" and _is_a_length(match[kind], events):
            continue
        pattern = _KINDS[kind] if kind else r"with \w+"
        old = [said[0] for said in re.finditer(rf"(?<!\w)(?:{pattern})", before)]
        # "Make it 45 minutes" tells a length, unless another one stands before it.
        if not old and (kind or not re.search(r"\w", before)):
            continue
        if not _only(match[kind or "company"], old, kind, events):
            words = match["words"]
            question = (
                f"Does '{words}' replace what was said before it? Send the text with what counts alone."
            )
            raise Unclear(kind or "content", words, question)


def _is_a_length(number: str, events: Sequence[EventSpans]) -> bool:
    """Tell whether a bare number is how long an event lasts, in any language: `er 2 Stunden`."""
    return any(same_length(spans.duration or "").startswith(f"{number} ") for spans in events)


def _only(new: str, old: Sequence[str], kind: str | None, events: Sequence[EventSpans]) -> bool:
    """Tell whether the words that count were taken, and none that were taken back."""
    fields = (kind,) if kind else ("title", "description")
    taken = [same_length(str(getattr(spans, name) or "")) for spans in events for name in fields]

    def said(words: str) -> bool:
        return any(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", one) for one in taken)

    return said(new) and not any(said(words) for words in old if words != new)
