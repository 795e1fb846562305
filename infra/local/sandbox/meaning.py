"""Vectors that make meaning findable without a model: words, their stems, and a table of related words.

"car" finds "automobile" and "buy milk" finds "groceries" because they share a row of `_RELATED`; a word
outside the table is only found by itself, its inflections, and its spelling.
"""

from __future__ import annotations

import math
import re
from array import array
from functools import lru_cache
from hashlib import blake2b

_RELATED = """
hello greeting greet hi hey welcome
car automobile vehicle auto truck van drive driver
bike bicycle cycle cycling ride
train railway rail station metro subway
plane flight airplane aircraft fly airport airline
trip travel journey vacation holiday tour visit
hotel accommodation lodging hostel room
meeting appointment call conference sync session standup calendar schedule
event celebration party gathering festival
birthday anniversary celebrate
deadline due date expire overdue
remind reminder remember alarm alert notify notification
task todo chore errand job assignment work
grocery groceries supermarket shopping milk bread egg butter cheese vegetable fruit food
buy purchase order acquire shop shopping groceries
sell sale vend
money cash payment pay invoice bill salary budget finance cost price
bank account loan mortgage credit
doctor physician clinic hospital nurse medical health dentist
medicine drug pill prescription pharmacy medication
sick ill illness disease flu fever unwell
eat food meal lunch dinner breakfast restaurant cook recipe
drink beverage coffee tea water juice
house home apartment flat residence
child kid son daughter baby children
dog puppy cat kitten pet animal
happy glad joy joyful pleased delighted cheerful
sad unhappy sorrow depressed gloomy
angry furious mad annoyed upset
big large huge enormous giant
small little tiny mini
fast quick rapid speedy swift
begin start commence launch
end finish stop complete conclude
fix repair mend patch resolve
broken bug error defect fault failure crash issue problem
computer laptop pc machine server host
phone telephone mobile smartphone call
email mail message letter inbox
picture photo image photograph
movie film cinema video
book novel read reading literature
song music melody tune album
school university college class lesson course study student learn
teacher professor tutor instructor
boss manager supervisor lead
colleague coworker teammate staff employee
customer client buyer
contract agreement deal
password credential secret login passphrase
code program software programming developer
database table storage store
garden plant flower tree yard
rain storm weather snow sunny forecast
sport football soccer tennis basketball game match
run jog running marathon exercise workout gym fitness
clothes shirt trousers dress shoes jacket
key lock door
city town village
sea ocean beach coast
"""

_STOP_WORDS = """
a an and are as at be by do for from had has have he her his i in is it its me my of on or our she so that
the their them they this to was we were what when where which who will with you your
"""
_STOP = frozenset(_STOP_WORDS.split())
_WORD = re.compile(r"\w+")
_SUFFIXES = (("ies", "y"), ("ing", ""), ("ers", "er"), ("ed", ""), ("es", ""), ("ly", ""), ("s", ""))
_STEM_WEIGHT, _CONCEPT_WEIGHT, _SPELLING_WEIGHT = 1.0, 1.3, 0.5
_SPREAD = 4  # buckets per feature: a collision of two features then spoils a quarter of them only


def embed(text: str, dimensions: int) -> array[float]:
    """Return the unit vector of `text`, as float32."""
    words = _WORD.findall(text.casefold())
    vector = [0.0] * dimensions
    for word in [word for word in words if word not in _STOP] or words or ["(nothing)"]:
        for bucket, weight in _places(word, dimensions):
            vector[bucket] += weight
    length = math.sqrt(sum(value * value for value in vector))
    if length < 1e-9:  # features that cancel each other out
        vector[0] = length = 1.0
    return array("f", [value / length for value in vector])


@lru_cache(maxsize=8192)
def _places(word: str, dimensions: int) -> tuple[tuple[int, float], ...]:
    stem = _stem(word)
    features = [(f"stem {stem}", _STEM_WEIGHT)]
    features += [(f"concept {row}", _CONCEPT_WEIGHT) for row in _CONCEPTS.get(stem, ())]
    grams = {f"<{word}>"[start : start + 3] for start in range(len(word))}
    features += [(f"gram {gram}", _SPELLING_WEIGHT / math.sqrt(len(grams))) for gram in sorted(grams)]
    return tuple(
        (part % dimensions, weight if part & (1 << 31) else -weight)
        for feature, weight in features
        for part in _digest(feature)
    )


def _digest(feature: str) -> tuple[int, ...]:
    digest = blake2b(feature.encode("utf-8", "surrogatepass"), digest_size=4 * _SPREAD).digest()
    return tuple(int.from_bytes(digest[start : start + 4], "big") for start in range(0, len(digest), 4))


def _stem(word: str) -> str:
    for suffix, ending in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            return word[: -len(suffix)] + ending
    return word


def _concepts() -> dict[str, tuple[int, ...]]:
    concepts: dict[str, tuple[int, ...]] = {}
    for row, words in enumerate(_RELATED.split("\n")):
        for stem in {_stem(word) for word in words.split()}:
            concepts[stem] = (*concepts.get(stem, ()), row)
    return concepts


_CONCEPTS = _concepts()
