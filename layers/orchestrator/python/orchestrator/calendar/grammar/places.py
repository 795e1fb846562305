"""Places that nothing leads to, where they are plain: `…, 12 Harley Street`, `…, Luigi's`."""

from __future__ import annotations

import re

_NAME = r"[A-ZÄÖÜ][\w.'’&-]*"
_STREET = (
    r"(?i:street|st|road|rd|avenue|ave|lane|ln|drive|square|sq|place|boulevard|blvd|way|terrace|crescent"
    r"|gardens|row|hill|quay)\.?"
)
_ADDRESS = (
    rf"\d{{1,4}}[a-z]? (?:{_NAME} ){{1,3}}{_STREET}"
    r"|[A-ZÄÖÜ]\w*(?:straße|strasse|str\.|platz|weg|allee|gasse|damm|ufer|ring) \d{1,4}[a-z]?"
    rf"|(?:{_NAME} ){{1,2}}(?:Straße|Strasse|Str\.|Allee|Platz|Damm|Weg|Ring|Ufer) \d{{1,4}}[a-z]?"
)
_NOUN = (
    r"(?:school|elementary|university|college|campus|academy|kindergarten|daycare|library|church|cathedral"
    r"|chapel|temple|mosque|synagogue|caf[eé]|restaurant|bistro|bakery|brewery|pub|bar|hotel|inn|museum"
    r"|gallery|cinema|theat(?:re|er)|opera|arena|stadium|park|zoo|pool|beach|station|airport|clinic|hospital"
    r"|studio|gym|club|mall|cent(?:re|er)|tower|office|headquarters|hq|building|house|apartment|flat|place"
    r"|town hall|city hall)"
)
_BEFORE_NOUN = (
    r"(?!(?:after|before|from|to|at|in|near|then|bring|call|pay|book|clean|visit|see|leave|open|no|not|new"
    r"|need|find|buy|sell|rent|check|next|last|every|any|some|for|with|about|by|via|of|and|or)\b)"
)
_HOUSE = (
    r"(?:Caf[eé]|Restaurant|Hotel|Bistro|Bar|Pizzeria|Trattoria|Osteria|Ristorante|Studio|Villa|Pub|Kino)"
)
_NUMBERED = (
    r"(?i:court|pitch|lane|hall|studio|platform|gate|suite|building|hangar|track|dock|room)"
    r" [A-Z]?\d{1,3}[a-z]?"
)
_PLAIN = (
    rf"(?:{_ADDRESS}|(?:the )?(?:{_NAME} ){{1,4}}(?i:{_NOUN})"
    rf"|{_BEFORE_NOUN}(?:the |our |my )?(?:{_BEFORE_NOUN}[\w'’-]+ )?{_NOUN}|{_HOUSE}(?: {_NAME}){{1,3}}"
    rf"|{_NUMBERED})"
)
_ALONE = re.compile(rf"[\s,–-]+(?P<place>{_PLAIN}(?:, {_PLAIN})*)[\s,.!?]*")
_WHOSE = re.compile(r"\s*, *(?P<place>[A-ZÄÖÜ][\w-]+['’]s)[\s.!?]*")
_MEAL = re.compile(
    r"\b(?:breakfast|brunch|lunch|dinner|supper|drinks|coffee|party|barbecue|bbq|game night)\b"
)


def alone(piece: str, before: str) -> str | None:
    """Return the place that a piece behind a phrase consists of; `before` it the event is named."""
    match = _ALONE.fullmatch(piece)
    if match is None and _MEAL.search(before.lower()):
        match = _WHOSE.fullmatch(piece)
    return match["place"] if match else None
