"""Which words behind a comma are a place that no `at` leads to: an address, a house by its name, a hall."""

from __future__ import annotations

import re

_CAPITAL = r"[A-ZÄÖÜ][\w.'’&-]*"
_ROADS = (
    "street st road rd avenue ave lane ln drive square sq place boulevard blvd way terrace crescent"
    " gardens row"
)
_HOUSES = (
    "school elementary university college campus academy kindergarten daycare library church cathedral chapel"
    " temple mosque synagogue café cafe restaurant bistro bakery brewery pub bar hotel inn museum gallery"
    " cinema theatre theater opera arena stadium park zoo pool beach station airport clinic hospital studio"
    " gym club mall centre center tower office headquarters hq building house apartment flat place"
)
_DOING = (
    "after before from to at in near then bring call pay book clean visit see leave open no not new need find"
    " buy sell rent check next last every any some for with about by via of and or"
)
_ROAD = rf"(?i:{'|'.join(_ROADS.split())}|hill|quay)\.?"
_HOUSE = rf"(?:{'|'.join(_HOUSES.split())}|(?:town|city) hall)"
_NO_VERB = rf"(?!(?:{'|'.join(_DOING.split())})\b)"
_FORMS = (
    rf"\d{{1,4}}[a-z]? (?:{_CAPITAL} ){{1,3}}{_ROAD}",
    r"[A-ZÄÖÜ]\w*(?:straße|strasse|str\.|platz|weg|allee|gasse|damm|ufer|ring) \d{1,4}[a-z]?",
    rf"(?:{_CAPITAL} ){{1,2}}(?:Straße|Strasse|Str\.|Allee|Platz|Damm|Weg|Ring|Ufer) \d{{1,4}}[a-z]?",
    rf"(?:the )?(?:{_CAPITAL} ){{1,4}}(?i:{_HOUSE})",
    rf"{_NO_VERB}(?:the |our |my )?(?:{_NO_VERB}[\w'’-]+ )?{_HOUSE}",
    rf"(?:Caf[eé]|Restaurant|Hotel|Bistro|Bar|Pizzeria|Trattoria|Osteria|Ristorante|Studio|Villa|Pub|Kino)"
    rf"(?: {_CAPITAL}){{1,3}}",
    r"(?i:court|pitch|lane|hall|studio|platform|gate|suite|building|hangar|track|dock|room)"
    r" [A-Z]?\d{1,3}[a-z]?",
)
_ONE = rf"(?:{'|'.join(_FORMS)})"
_ALONE = re.compile(rf"[\s,–-]+({_ONE}(?:, {_ONE})*)[\s,.!?]*")
_WHOSE = re.compile(r"\s*, *([A-ZÄÖÜ][\w-]+['’]s)[\s.!?]*")
_EATING = re.compile(
    r"\b(?:breakfast|brunch|lunch|dinner|supper|drinks|coffee|party|barbecue|bbq|game night)\b", re.I
)


def alone(piece: str, title: str) -> str | None:
    """Return the place that `piece` consists of, and nothing else; one eats at `Luigi's`."""
    found = _ALONE.fullmatch(piece) or (_WHOSE.fullmatch(piece) if _EATING.search(title) else None)
    return found[1] if found else None
