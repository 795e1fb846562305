"""A summary without a model: the sentences whose words the text repeats most, in the text's order.

The choice is SumBasic's (Nenkova and Vanderwende, "The Impact of Frequency on Summarization", 2005): what a
chosen sentence has said counts less for the next one.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

from infra.local.sandbox.sentences import sentences, words
from infra.local.sandbox.wordlists import words as listed

MOST_POINTS = 5
_LEAST_WORDS, _MOST_WORDS = 20, 100
_POINT_WORDS = 16
_WORD_LETTERS = 12
"""Characters a word may have on average: a text without blanks or full stops is one long word."""
_RANKED = 12
_FIRST, _SECOND = 1.5, 1.2  # texts say first what they are about
_OPENING = re.compile(
    r"(?i)(?:[-*•–]\s+|(?:but|and|so|however|moreover|also|meanwhile|in addition|still|yet|though|then|aber"
    r"|und|unfortunately)\b,?\s+)+"
)
_SALUTATION = re.compile(
    r"(?i)(?:hi|hello|hey|dear|hallo|liebe[rs]?|sehr geehrte|best|kind|regards|thanks|cheers|danke"
    r"|viele grüße|mit freundlichen)\b"
)
_TELLING = re.compile(r"^[-*•–]\s|[.!…。！][\"'”’»“)\]]*$")  # no question, no heading
_STOP = listed("small_words", "stop")


class _Sentence(NamedTuple):
    text: str
    length: int  # words
    content: frozenset[str]  # the words that tell something


def summarize(text: str) -> tuple[str, list[str]]:
    """Return a summary of `text` and at least one key point, made of its sentences or their beginnings."""
    read = [_read(piece.text) for piece in sentences(text)]
    if not read:
        return (said := _cut(" ".join(text.split()), _MOST_WORDS)), [said]
    order = _ranked(read)
    budget = min(max(sum(one.length for one in read) // 4, _LEAST_WORDS), _MOST_WORDS)
    chosen = _within(read, order, budget)
    summary = " ".join(read[index].text for index in sorted(chosen))
    rest = [index for index in order if index not in chosen] or sorted(chosen)
    return _cut(summary, _MOST_WORDS), [_shortened(read[index].text) for index in rest[:MOST_POINTS]]


def _read(sentence: str) -> _Sentence:
    found = words(sentence)
    content = frozenset[str]()
    if _TELLING.search(sentence) and not _SALUTATION.match(sentence) and "@" not in sentence:
        content = frozenset(_stem(word) for word in found if word not in _STOP)
    return _Sentence(" ".join(sentence.split()), len(found), content)


def _ranked(read: list[_Sentence]) -> list[int]:
    """Return the numbers of the most telling sentences, the best first; all when none tells anything."""
    weight = Counter(word for sentence in read for word in sentence.content)
    left = {index for index, sentence in enumerate(read) if len(sentence.content) > 2}
    ranked: list[int] = []
    while left and len(ranked) < _RANKED:
        best = max(left, key=lambda index: (_score(read[index].content, weight, index), -index))
        left.remove(best)
        ranked.append(best)
        for word in read[best].content:
            weight[word] //= 2
    return ranked or list(range(len(read)))


def _score(content: frozenset[str], weight: dict[str, int], index: int) -> float:
    place = _FIRST if index == 0 else _SECOND if index == 1 else 1.0
    return place * sum(map(weight.__getitem__, content)) / (4 + len(content))


def _stem(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith(("s", "n", "e")) else word


def _within(read: list[_Sentence], order: list[int], budget: int) -> set[int]:
    """Return the best sentences that fit the budget together; the first one in any case."""
    chosen, left = {order[0]}, budget - read[order[0]].length
    for index in order[1:]:
        if read[index].length <= left:
            chosen.add(index)
            left -= read[index].length
    return chosen


def _shortened(sentence: str) -> str:
    """Return `sentence` without its opening word, ended at a clause when it is long."""
    opening = _OPENING.match(sentence)
    plain = sentence[opening.end() :] if opening else sentence
    plain = plain[:1].upper() + plain[1:]
    pieces = plain.split(" ")
    if len(pieces) <= _POINT_WORDS:
        return _cut(plain, _POINT_WORDS)
    for end in range(_POINT_WORDS, _POINT_WORDS // 2, -1):
        if pieces[end - 1].endswith((",", ";", ":", "–", "—")):
            return " ".join(pieces[:end]).rstrip(",;:–— ") + "."
    return _cut(plain, _POINT_WORDS)


def _cut(text: str, most_words: int) -> str:
    """Return `text` if it has no more than `most_words`, as long as words are; else its beginning and `…`."""
    kept = " ".join(text.split(" ")[:most_words])[: most_words * _WORD_LETTERS]
    return text if kept == text else kept.rstrip(",;:–— ") + "…"
