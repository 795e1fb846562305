"""What is left of a sentence once its phrases are known: what the event is called, and where it is."""

from __future__ import annotations

import re

from infra.local.sandbox import calendar_places as places

_ASKING = (
    r"please|pls|plz|hiya|(?:hey|hi|hello)(?: there)?|(?:stick|pop|chuck)(?= [^,;\n]*\bin\b)|kindly"
    r"|lol|omg|oops|oh|ugh|fyi|btw|hmm|um|dear \w+(?=,)|(?:i )?(?:almost |nearly )?forgot(?=,)"
    r"|do(?= an? )|(?:can|could|would|will) (?:you|u|we|i)|let's|just"
    r"|actually"
    r"|(?:i )?need(?: to)?|got|i want to|i(?:'ve| have)? got to|i gotta|having(?= )|going to|we're|we are"
    r"|i am"
    r"|i'd (?:like|love) to(?: have)?|(?:would you )?mind (?:adding|booking|putting|scheduling)"
    r"|i have to|we need to|i have|i'm|we have|i've got|there is|also|then|and|so|ok|okay|plus"
    r"|schedule|book(?! (?:club|fair|report|swap|sale|tour|reading))|set up|set aside|set"
    r"|plan(?! review)|arrange|organi[sz]e"
    r"|add|create"
    r"|put(?! [^,;\n]*\b(?:out|away|up|down|together)\b)"
    r"|make(?= (?:an? |the )?(?:appointment|reservation|booking|event|entry|meeting|note)\b)"
    r"|remind me(?: to| about| of)?|reminder to|don't (?:let me )?forget(?: to)?|remember to|block(?: off"
    r"| out)?|hold(?: off)?|reserve"
    r"|pencil in|save the date(?: for)?"
)
_AT = r"@[\w.'-]+(?:(?:,| and| &) @[\w.'-]+)*"
_SPOKEN = (
    r"(?:hi|hey|hello|good (?:morning|afternoon|evening)) @?[a-z]+(?=,)"
    r"|good (?:morning|afternoon|evening)(?=[,!])|shall we"
    rf"|(?:cc )?{_AT}(?=,? (?:can|could|would|will|shall|let's|please|pls)\b| ?:)|let's (?:do|have)(?= )"
    r"|(?:can|could|shall) (?:we|i) (?:do|have)(?= )|(?:ping|nudge|poke) me(?: to| about)?|afterwards"
    r"|(?:put|note|write) down(?: that)?(?! to\b)|(?:quick |friendly |just a )*(?:reminder|heads[- ]up"
    r"|note) that|(?:writing to confirm|confirming)(?= (?:the|our|my)\b)"
    r"|thank(?:s| you) for [^,.!?;]{1,40}(?=[.!])"
    r"|(?:i|we) would like to(?: have)?(?! invite\b)"
    r"|(?:i|we)(?: have|'ve)? (?:just )?(?:booked|scheduled|arranged|reserved)(?= (?:an?|the|my|our)\b)"
    r"|(?:(?:we|i)(?: would|'d) like to invite|you(?:'re| are) invited)"
    r"(?: you)? (?:to|for)|your|dear (?:mr|mrs|ms|dr|prof)\.? [a-z]+(?=,)"
)
"""What is said to somebody before the event is named."""
_LEAD = re.compile(
    rf"(?:[\s,;:.!?()•*-]+|'s(?= )|(?:{_SPOKEN}|{_ASKING}|a new|an?(?![/-])"
    rf"|(?:my|the|our) calendar|the|my|our|new(?! year)|in|for|of|me|to|on(?![- ]call)|at|as)(?![\w'])"
    r"|(?:event|appointment|entry|reminder|slot|time) (?:for|to|called|named|titled|about) "
    r"|(?:event|appointment|entry|reminder|task|to-?do|note|subject|re|fwd?) ?:)"
)
_TAIL = re.compile(
    r"(?<![\w-])(?:please|pls|plz|(?:many )?thanks(?: a lot| so much| in advance)?|thank you(?: so much"
    r"| very much)?|thx|ty|cheers"
    r"|(?:to|in|on|into|from) (?:my|the|our) (?:calendar|diary)|starting(?: on| from"
    r"| at)?|on"
    r"|for me|will (?:be|run|start|begin|take place)|takes place"
    r"|(?:has been|was|is) (?:scheduled|booked|confirmed)"
    r"|departs|departing|starts|begins|at|from|for|(?<!check )(?<!check-)in|by|is|of|with|and|it|to"
    r"|until|till"
    r"|(?<!train )(?<!fly )(?<!flight )(?<!flying )(?<!drive )(?<!bus )back"
    r"|between)$"
)
_REQUEST = re.compile(
    r"(?<=\w[.!?]) (?=(?:please |can you |could you )?(?:schedule|book|set up|add|put|create|arrange"
    r"|plan) )",
    re.IGNORECASE,
)
"""Where a sentence ends and the one begins that asks for something."""
_CALLED = re.compile(r"\b(?:called|named|titled|entitled)(?: |$)")
_ONLINE = r"(?:zoom|teams|google meet|skype|slack|webex|facetime)"
_ROOM = (
    r"(?:room|office|building|lobby|caf[eé]|hall|suite|pub|beach|lake|pool|mall|club|stadium|cinema"
    r"|theat(?:re|er)|shop|store|garage|bank|museum|zoo|place|house|flat|park|library|restaurant|bar"
    r"|hotel|airport|station"
    r"|school"
    r"|clinic|hospital|gym|church|home|work)"
)
_PLACE = re.compile(
    rf"(?:^|(?<=\s))(?:(?i:via|over|on) (?=(?i:{_ONLINE}))|(?i:at|in) (?=(?:the |our "
    rf"|my )?(?:\w+ ){{0,2}}{_ROOM}\b)"
    rf"|(?i:at|in) (?=(?:the )?[A-Z])|(?<!look )at (?=\w+'s(?!\w)"
    r"|(?:my|our|his|her|their) (?:\w+ )?\w+(?:'s|s')(?!\w))|(?<!look )(?<!looking )at (?=(?:the"
    rf"|our|his|her"
    rf"|their) [\w'-]+(?: [\w'-]+)? ?$)|@ (?=[a-zA-Z]))"
)
_OWN_PLACE = re.compile(
    r"\s*(?:at|in|(?i:where|location|venue) ?:) (?!(?:my|the|our) (?:calendar|diary|schedule)\b)(?=[^\W\d])"
)
_EVENT = re.compile(
    r"\b(?:meeting|call|appointment|breakfast|brunch|lunch|dinner|coffee|drinks|class|lesson|yoga|gym|workout"
    r"|party|concert|movie|game|match|session|exam|flight|train|haircut|dentist|doctor)s?\b",
    re.IGNORECASE,
)
_GENERIC = re.compile(
    r"(?i)all|(?:some )?time|reminder|event|entry|alarm|alert|slot|note"
    r"|(?:\d|two|three|four|five|some|several|a few|these|the following) (?:things|items|entries)"
)
_WORK = re.compile(
    r"\b(?:[Ww]atch|[Rr]ead|[Ss]tream)(?:ing)? [A-Z][\w'’]*"
    r"(?: (?:(?:at|in|on|of|the|and|a|to) )*[A-Z][\w'’]*)*"
)
"""What is watched or read, by its name: `Breakfast at Tiffany's` is no place."""
_ALONE = re.compile(
    rf"[\s,]*((?:the |our )?(?:{_ONLINE}|(?:conference |meeting |board)?room [\w.]{{1,8}}"
    r"|(?:[\w-]+ ){0,2}(?:room|kitchen|office|lobby|hall)))[\s,.!]*",
    re.IGNORECASE,
)
_NEEDS_SOMEBODY = re.compile(
    r"pick up|drop off|call|phone|ring|visit|pay|buy|bring|email|text|collect|fetch|feed|wash|clean"
)
_SOMEBODY = re.compile(
    r"(?:[A-Z][\w'’-]*|(?:the|my|our|some) [a-z][\w'’-]*|mom|mum|dad|grandma|grandpa"
    r"|rent|kids)(?: [\w'’-]+){0,4}"
)
_TELLS = re.compile(r"(?:with|about|regarding|re:|to (?:discuss|talk about))\b")
_FOR_WHOM = re.compile(
    r"for (?:(?:the |my |our )?[A-Z][\w.'’-]*(?: (?:and|&) [A-Z][\w'’-]*)?|(?:my |our |the )?"
    r"(?:mom|mum|dad|kids|boys|girls|team|two|baby))"
)
_THERE = re.compile(r"\b(?:call|phone|ring|facetime|skype) (?!in\b|at\b)[^,;]*\bin (?:the )?$", re.I)
"""`Call my brother in Sydney`: where somebody else is."""
_NO_NAME = re.compile(
    r"(?:at|from|in|on|with|for|to|until|till?|about|and|or|then|by|via|w/|re|not|if|please|pls|thanks|thx|is|are"
    r"|was|will|works?|starts?|ends?|all|every|each|only|again|instead|next|this|before|after|early|late)\b"
)
_PLACE_END = re.compile(
    r"(?=,| with | about | regarding | to (?:discuss|talk|go over|review|prepare|plan|celebrate|see|look)\b"
    r"| for | and |(?<!\bSt)(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bStr)[.!?]\s+[A-Z])"
)


def place(pieces: list[str]) -> tuple[str | None, list[str]]:
    """Return where it is, and `pieces` without those words."""
    for index, piece in enumerate(pieces):
        if index and (alone := _alone(piece, pieces[:index])):
            return alone, [*pieces[:index], *pieces[index + 1 :]]
        match = _led_to(index, piece)
        if not match:
            continue
        ending = _PLACE_END.search(piece, match.end())
        stop = ending.start() if ending else len(piece)
        found = _trimmed(piece[match.end() : stop])
        if found:
            return found, [*pieces[:index], piece[: match.start()], piece[stop:], *pieces[index + 1 :]]
    return None, pieces


def _alone(piece: str, before: list[str]) -> str | None:
    """Return the place a piece consists of, with something before it that is there."""
    if piece.startswith(",") and (alone := _ALONE.fullmatch(piece)):
        return alone[1]
    return places.alone(piece, " ".join(before)) if any(_stripped(one) for one in before) else None


def _led_to(index: int, piece: str) -> re.Match[str] | None:
    """Return what leads to a place in a piece, unless it is in a name, or where somebody else is."""
    match = _PLACE.search(piece)
    if index and not match:
        match = _OWN_PLACE.match(piece) or re.search(r"(?<= )in (?=the )", piece)
    if not match or not (index or match.start()):
        return None
    if not index and _THERE.search(piece[: match.end()]):
        return None
    work = _WORK.search(piece)
    return None if work and work.start() < match.start() < work.end() else match


def title(pieces: list[str]) -> str | None:
    """Return the first words of `pieces` that are more than a request or a link to a phrase."""
    pieces = [_REQUEST.split(piece)[-1] for piece in pieces]
    chunks = [found for piece in pieces if (found := _stripped(piece))]
    telling = (found for found in chunks if not _GENERIC.fullmatch(found))
    found = next(telling, chunks[0] if chunks else "")
    found = re.sub(r"^about (?:the )?", "", found, flags=re.IGNORECASE)
    return None if re.fullmatch(r"[\d\s:.-]*", found) else found


def around_a_day(before: str, day: str, behind: str) -> str | None:
    """Return a name that has a weekday in it: `Casual Friday drinks`, `Girls' Friday night`."""
    first, match = _stripped(before), re.match(r" [a-z][\w'’ -]*", behind)
    last = _stripped(match[0]) if match else ""
    whose = re.fullmatch(r"\S+(?:['’]s|s['’])", first)
    named = whose or (last and not _EVENT.search(first) and re.fullmatch(r"\S+|.* first", first))
    if _NEEDS_SOMEBODY.fullmatch(first.lower()):
        return None
    if not first or not named or not before.endswith(f"{first} ") or _NO_NAME.match(last.lower()):
        return None
    return f"{first} {day} {last}".strip() if behind.startswith(f" {last}") or not last else None


def description(pieces: list[str]) -> str | None:
    """Return what stands behind the title and tells with whom, or about what."""
    told = [piece.strip(" ,;:.!?") for piece in pieces[1:]]
    found = next((one for one in told if _TELLS.match(one.lower()) or _FOR_WHOM.fullmatch(one)), None)
    if not found and _NEEDS_SOMEBODY.fullmatch(_stripped(pieces[0]).lower()):
        whom = (one for one, piece in zip(told, pieces[1:], strict=True) if piece.startswith(" "))
        found = next((_trimmed(one) for one in whom if _SOMEBODY.fullmatch(one)), None)
    return found


def category(piece: str) -> str | None:
    """Return what is `called` by the words behind it: `a meeting called '…'`."""
    head = _CALLED.split(piece.lower())[0] if _CALLED.search(piece.lower()) else ""
    words = re.split(r" with\b| for\b", _stripped(piece[: len(head)]) or "")[0]
    return words.strip() or None


def happens(words: str) -> bool:
    """Return whether `words` name something that takes place, and nobody."""
    return bool(_EVENT.search(words))


def reminder(piece: str) -> str | None:
    """Return the words that ask to be reminded, if the text does."""
    match = re.search(r"\b(?:(?:remind|ping|nudge) me|reminder|don't forget|remember to)\b", piece.lower())
    return piece[match.start() : match.end()] if match else None


def _trimmed(words: str) -> str:
    words = _bare(words)
    # What only leads on is short: the whole of a long piece need not be searched for each word of it.
    while not words.endswith(" IT") and (tail := _TAIL.search(words.lower(), max(0, len(words) - 60))):
        words = _bare(words[: tail.start()])
    return words.strip()


def _bare(words: str) -> str:
    """Take the signs off the end of `words`, but not the full stop of an initial: `Anna K. on Friday`."""
    bare = words.rstrip(" ,;:.!?(@-/|–")
    initial = re.search(r"(?<=[a-z] )[A-Z]$", bare) and words[len(bare) :].startswith(". ")
    return f"{bare}." if initial else bare


def _stripped(piece: str) -> str:
    while True:
        piece = _trimmed(piece)
        lead = _LEAD.match(piece.lower())
        if lead and lead.end() < len(piece):
            piece = piece[lead.end() :]
        elif lead:
            return ""
        elif called := re.match(r"(?:\w+ )?(?:called|named|titled) ", piece.lower()):
            piece = piece[called.end() :]
        else:
            return piece.strip()
