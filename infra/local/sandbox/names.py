"""Names of persons, organisations, places, products and events, told by capitals, lists and neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from infra.local.sandbox import name_lists as lists
from infra.local.sandbox.figures import Found
from infra.local.sandbox.sentences import Piece, is_german

_SENTENCE_START = re.compile(r"(?:^|[.!?:…\n])[\s\"'“„»«(*•–-]*$")
_MODEL = re.compile(r"(?=.*[A-Z])(?=.*\d)[\w-]{3,}$")  # WH-1000XM5
_MODEL_WORDS = frozenset({"Air", "Lite", "Max", "Mini", "Plus", "Pro", "SE", "Ultra", "XL"})
_LONGEST_NAME = 6  # words


def names(text: str, words: Sequence[Piece]) -> Iterator[Found]:
    """Yield the names among the `words` of `text`, in its order."""
    reader = _Reader(text, [_bare(word) if word.text[-1] == "s" else word for word in words])
    for first, end in reader.runs():
        yield from reader.read(first, end)


def _bare(word: Piece) -> Piece:
    """Return the word without a possessive ending."""
    return Piece(word.start, word.end - 2, word.text[:-2]) if word.text[-2:] in ("'s", "’s") else word


class _Reader:
    """Reads runs of words; a word is meant by its number."""

    def __init__(self, text: str, words: Sequence[Piece]) -> None:
        self._text = text
        self._words = words
        self._lower = [word.text.lower() for word in words]
        self._german = is_german(text)

    def runs(self) -> Iterator[tuple[int, int]]:
        """Yield the number of the first word, and the one behind the last, where words may be a name."""
        first = -1
        for at, (word, lower) in enumerate(zip(self._words, self._lower, strict=True)):
            if first >= 0 and not self._joins(at):
                yield first, at
                first = -1
            if first < 0 and word.text != lower:
                first = at
        if first >= 0:
            yield first, len(self._words)

    def _joins(self, at: int) -> bool:
        """Return whether the word goes on with the name before it."""
        before, word = self._words[at - 1], self._words[at]
        gap = self._text[before.end : word.start]
        if gap == ". ":
            return len(before.text) == 1 or self._lower[at - 1] in lists.TITLES
        if gap not in (" ", " & "):
            return False
        if word.text != self._lower[at] or (word.text[0].isdigit() and len(word.text) < 6):
            return True
        # Small words inside of a name: "University of Oxford", "Ursula von der Leyen".
        last = self._lower[at - 1]
        of = word.text in lists.OF and last in lists.HEADS
        von = word.text in lists.PARTICLES and (last in lists.FIRST_NAMES or before.text in lists.PARTICLES)
        return (of or von) and any(following.text[0].isupper() for following in self._words[at + 1 : at + 3])

    def read(self, first: int, end: int) -> Iterator[Found]:
        """Yield the names in the run of words from `first` to before `end`."""
        while first < end and self._is_filler(first) and not self._known(first, end)[1]:
            first += 1
        if organization := self._organization(first, end):
            yield organization
            first = next((at for at in range(first, end) if self._words[at].start >= organization.end), end)
        while first < end:
            length, kind = self._name(first, end)
            if kind:
                yield self._found(first, first + length, kind)
            first += length

    def _found(self, first: int, end: int, kind: str) -> Found:
        return Found(self._words[first].start, self._words[end - 1].end, kind)

    def _is_filler(self, at: int) -> bool:
        return self._lower[at] in lists.COMMON or self._lower[at] in lists.TITLES

    def _organization(self, first: int, end: int) -> Found | None:
        """Return the organisation the run names by its legal form (GmbH) or its kind (University)."""
        lower = self._lower
        form = next((at for at in range(first + 1, end) if lower[at] in lists.LEGAL_FORMS), None)
        if form is not None:
            noun = next(
                (at for at in range(form - 1, first - 1, -1) if lower[at] in lists.KINDS_OF_FIRM), first - 1
            )
            return self._found(noun + 1, form + 1, "organization") if noun + 1 < form else None
        if 2 <= end - first <= _LONGEST_NAME and any(one in lists.HEADS for one in lower[first:end]):
            return self._found(first, end, "organization")
        return None

    def _name(self, at: int, end: int) -> tuple[int, str]:
        """Return how many words from `at` on belong together, and what they name (empty: nothing)."""
        length, kind = self._known(at, end)
        if kind:
            return length + (self._model_words(at + length, end) if kind == "product" else 0), kind
        if self._is_filler(at):
            return 1, ""
        before = self._lower[at - 1] if at else ""
        if _MODEL.match(self._words[at].text) and before not in lists.REFERENCES:
            return 1, "product"
        length = self._unknown(at, end)
        if self._is_person(at, length, before):
            return length, "person"
        place = before in lists.PLACE_WORDS and not self._german and length <= 2
        return length, "location" if place and self._words[at].text.istitle() else ""

    def _is_person(self, at: int, length: int, before: str) -> bool:
        if before in lists.TITLES:
            return self._words[at].text.istitle()
        if self._lower[at] in lists.FIRST_NAMES:
            alone_at_start = length == 1 and self._starts_sentence(at)
            return not (alone_at_start and self._lower[at] in lists.ALSO_WORDS)
        # Two or three capitalised words that no list knows; in German every noun is capitalised.
        words = self._words[at : at + length]
        return not self._german and length in (2, 3) and all(_is_plain_name(word.text) for word in words)

    def _starts_sentence(self, at: int) -> bool:
        start = self._words[at].start
        return bool(_SENTENCE_START.search(self._text[max(0, start - 8) : start] or "\n"))

    def _known(self, at: int, end: int) -> tuple[int, str]:
        """Return the longest listed name from `at` on. Short ones count only in capitals: US, not us."""
        for length in range(min(lists.LONGEST_KNOWN, end - at), 0, -1):
            kind = lists.KNOWN.get(tuple(self._lower[at : at + length]), "")
            word = self._words[at].text
            if kind and (length > 1 or len(word) > 3 or word.isupper() or kind == "product"):
                return length, kind
        return 0, ""

    def _model_words(self, at: int, end: int) -> int:
        """Return how many words from `at` on tell which model of a product is meant: `17 Pro Max`."""
        count = 0
        for word in self._words[at : min(end, at + 3)]:
            if word.text not in _MODEL_WORDS and not word.text[0].isdigit() and not _MODEL.match(word.text):
                break
            count += 1
        return count

    def _unknown(self, at: int, end: int) -> int:
        """Return how many words from `at` on no list knows, itself counted."""
        end = min(end, at + _LONGEST_NAME)
        stop = next((n for n in range(at + 1, end) if self._is_filler(n) or self._known(n, end)[1]), end)
        return stop - at


def _is_plain_name(word: str) -> bool:
    return word.istitle() and word.replace("-", "").isalpha()
