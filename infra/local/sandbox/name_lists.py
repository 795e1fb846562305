"""Names the stand-in knows, lower-case, and words that tell what kind of name stands beside them."""

from __future__ import annotations

from infra.local.sandbox.wordlists import phrases, words

KNOWN = {
    name: kind for kind in ("location", "organization", "product", "event") for name in phrases("names", kind)
}
LONGEST_KNOWN = max(map(len, KNOWN))
FIRST_NAMES = frozenset(" ".join(name) for name in phrases("names", "first name"))

_BESIDE = "beside_names"
ALSO_WORDS = words(_BESIDE, "also a word")
"""First names that are ordinary words too: alone at a sentence's start they tell nothing."""
TITLES = words(_BESIDE, "title")
"""A capitalised name behind one of these is a person's; the title itself is no part of it."""
PARTICLES = words(_BESIDE, "particle")
LEGAL_FORMS = words(_BESIDE, "legal form")
HEADS = words(_BESIDE, "head")
"""A name of two words or more that holds one of these is an organisation's."""
KINDS_OF_FIRM = words(_BESIDE, "kind of firm")
"""Nouns that stand before a firm's name."""
OF = words(_BESIDE, "of")
PLACE_WORDS = words(_BESIDE, "place")
MONTHS = words(_BESIDE, "month")
DAYS = words(_BESIDE, "day")
CURRENCIES = words(_BESIDE, "currency")
REFERENCES = words(_BESIDE, "reference")
"""A code behind one of these is no product's."""
COMMON = words(_BESIDE, "common") | DAYS | MONTHS
"""Words that sentences and headings capitalise, and that are nobody's name."""
