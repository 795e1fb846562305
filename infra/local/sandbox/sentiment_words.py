"""How words feel, and the words that change what their neighbours feel like."""

from __future__ import annotations

from functools import lru_cache

from infra.local.sandbox.wordlists import words

_LIST = "feelings"
_STRENGTH = {word: float(step) for step in ("3", "2", "1", "-1", "-2", "-3") for word in words(_LIST, step)}
_NO_FEELING = words(_LIST, "no feeling")
_ONLY_ENGLISH = words(_LIST, "english only")
_ONLY_GERMAN = words(_LIST, "german only")
_ENDINGS = ("s", "e", "n", "d", "r", "st", "es", "ed", "er", "en", "em", "ly", "ing", "est", "ste")

NEGATIONS = words(_LIST, "negation")
STRONGER = words(_LIST, "stronger")
WEAKER = words(_LIST, "weaker")
TURNS = words(_LIST, "turn")
"""Words after which comes what the speaker means: "but"."""
CONCEDES = words(_LIST, "concession")
"""Words after which comes what the speaker only admits: "although"."""
PHRASES = {
    **dict.fromkeys(
        (
            ("as", "well"),
            ("best", "regards"),
            ("best", "wishes"),
            ("dank", "der"),
            ("dank", "des"),
            ("freundliche", "grüße"),
            ("freundlichen", "grüßen"),
            ("hard", "drive"),
            ("thanks", "to"),
            ("well", "as"),
        ),
        0.0,
    ),
    **dict.fromkeys((("doesn't", "work"), ("didn't", "work"), ("not", "work"), ("won't", "work")), -2.0),
    **dict.fromkeys((("geht", "nicht"), ("let", "down"), ("thumbs", "down"), ("death", "toll")), -2.0),
    **dict.fromkeys((("stopped", "working"), ("stops", "working"), ("fell", "apart")), -2.5),
    **dict.fromkeys((("nie", "wieder"), ("never", "again"), ("ripped", "off"), ("rip", "off")), -3.0),
    **dict.fromkeys((("thumbs", "up"), ("looking", "forward")), 2.0),
    **dict.fromkeys((("top", "notch"), ("ich", "liebe"), ("i", "love")), 3.0),
    **dict.fromkeys((("money", "back"), ("not", "arrived"), ("never", "arrived"), ("not", "find")), -1.5),
}
"""Two words that feel otherwise together than each by itself."""
EMOJI = {
    **dict.fromkeys("😍🥰🤩❤💖💯🎉🏆🌟", 3.0),
    **dict.fromkeys("😀😃😄😁😊🙂😎👍👏🙌✨⭐😂🥳✅", 2.0),
    **dict.fromkeys("😐😕🙁☹😒😬⚠", -1.0),
    **dict.fromkeys("😞😟😢👎😠😤💔❌😫", -2.0),
    **dict.fromkeys("😡🤬😭🤮💩", -3.0),
}


@lru_cache(maxsize=16384)
def strength(word: str, german: bool) -> float:
    """Return how a lower-case word feels, 0 when it does not; an unknown ending is taken off."""
    if word in _NO_FEELING:
        return 0.0
    stems = (word[: -len(end)] for end in _ENDINGS if word.endswith(end) and len(word) - len(end) >= 3)
    known = next((one for one in (word, *stems) if one in _STRENGTH), "")
    foreign = _ONLY_ENGLISH if german else _ONLY_GERMAN
    return 0.0 if known in foreign else _STRENGTH.get(known, 0.0)
