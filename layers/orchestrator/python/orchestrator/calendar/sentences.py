"""The sentences of a text, and the one in which an event is named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.calendar.labels import needs_a_time
from orchestrator.calendar.phrases.words import same_length
from orchestrator.calendar.quoting import without_quotes
from orchestrator.calendar.spans import EventSpans

_ENDS = re.compile(r"(?<!\bdr)(?<!\bst)(?<!\bmr)(?<!\bms)(?<!\bmrs)[.!?;\n]{1,9}(?=\s|$)")
FILLERS = re.compile(
    r"(?:[\s,:*-]+|(?:please|pls|so|well|and|but|also|oh|ok(?:ay)?|sorry|unfortunately|sadly|sorry but"
    r"|thanks|thank you|listen|actually|today|btw|by the way|fyi|hm+|great|cool|perfect|right|anyway"
    r"|(?:just |a |one )?(?:quick )?question|just (?:checking|wondering)|one more thing"
    r"|(?:hey|hi|hello|dear)(?: there|(?: @?\w+)(?=,))?"
    r"|@[\w.]+(?= ?[,:]| (?:can|could|would|are|do|should)\b)"
    r"|cc)(?![\w']))+"
)
"""What may stand before a sentence and says nothing."""


@dataclass(frozen=True, slots=True)
class Said:
    """A text as it was written, and in small letters without what it quotes, each as long as the other."""

    content: str
    text: str

    @classmethod
    def of(cls, content: str) -> Said:
        """Read `content` once for all of its events."""
        return cls(content, without_quotes(same_length(content)))

    def sentence(self, at: int) -> slice:
        """Return the sentence around `at`."""
        ends = list(_ENDS.finditer(self.text))
        begin = max((match.end() for match in ends if match.end() <= at), default=0)
        return slice(begin, next((match.end() for match in ends if match.start() >= at), len(self.text)))

    def clauses(self, spans: EventSpans) -> Iterator[str]:
        """Yield what an event is named in: from the comma before its name, and a whole question, too."""
        at = self.place_of(spans)
        sentence = self.sentence(at)
        comma = max(sentence.start, self.text.rfind(",", sentence.start, at) + 1)
        yield self._begun(comma, sentence.stop, spans)
        if comma > sentence.start and self.text[sentence].rstrip().endswith("?"):
            yield self._begun(sentence.start, sentence.stop, spans)

    def place_of(self, spans: EventSpans) -> int:
        """Return where an event is named: of several places that nearest to its day or hour."""
        when = [
            at for words in (spans.date, spans.time, spans.recurrence) for at in self._places(words or "")[:1]
        ]
        names = self._places(spans.title or "")
        if not names:
            return min(when, default=0)
        return min(names, key=lambda place: abs(place - when[0])) if when else names[0]

    def _places(self, words: str) -> list[int]:
        found, wanted, text = list[int](), same_length(words), f" {self.text} "
        at = text.find(wanted, 1) if words.strip() else -1
        while at > 0:
            # No pattern: each text's would be compiled anew, and push those out that every text needs.
            if not (_is_word(text[at - 1]) or _is_word(text[at + len(wanted) : at + len(wanted) + 1])):
                found.append(at - 1)
            at = text.find(wanted, at + 1)
        return found

    def _begun(self, begin: int, end: int, spans: EventSpans) -> str:
        filler = FILLERS.match(self.text, begin, end)
        begin = filler.end() if filler else begin
        words = self.content[begin:end]
        # "IS planning" is that of a department.
        acronym = re.match(r"[A-Z]{2,}\b", words) and not words.isupper()
        return "" if acronym or _is_a_name(words, spans.title or "") else self.text[begin:end]


def _is_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def _is_a_name(words: str, title: str) -> bool:
    """Tell whether a sentence begins with a name in capitals: `No Country for Old Men on Friday`."""
    first = re.match(r"[A-Z][\w']*,? (?=([A-Z][\w'-]*))", title)
    capitals = len(re.findall(r"(?<!\w)[A-Z]", title))
    if not first or needs_a_time(first[1]):
        return False  # "No Yoga with Bob Stone"
    return capitals > 2 and words.startswith(title) and not words.rstrip().endswith("?")
