"""Which words of a sentence tell that it cancels, moves or asks, and which that it wants nothing."""

from __future__ import annotations

import re

from infra.local.sandbox.calendar_words import MEETS, WEEKDAY

_POLITE = (
    r"\s*(?:(?:please|pls|plz|(?:hey|hi|hello)(?: there)?|(?:can|could|would|will) (?:you|u|we|i)"
    r"|i'd (?:like|love) to(?: have)?|(?:would you )?mind (?:adding|booking|putting|scheduling)"
    r"|(?:i|we) (?:need|have) to|i must|unfortunately|sorry|i'm afraid"
    r"|just|actually|also|then|and|ok|okay|so)\b[\s,!.]*)*"
)
_DROP = (
    r"(?:free up|drop|scrap|scratch|skip|nix|axe|clear(?: out)?|wipe|empty|bin|ditch|get rid of"
    r"|forget(?: about)?)"
)
_TAKES_PLACE = (
    r"(?:dentist|doctor|physio|haircut|yoga|pilates|gym|breakfast|brunch|lunch|dinner|coffee|drinks|cinema|movie"
    r"|concert|party|practice|training|piano|ballet|football|soccer|tennis|swimming|match|game|lesson|workout"
    r"|kickoff|meeting|call|class|appointment)s?"
)
_DAY = rf"(?:(?:this |next )?{WEEKDAY}|today|tomorrow|tonight|(?:this|next) (?:week|weekend|month))"
_FREED = (
    r"(?:free up|clear(?: out)?|wipe|empty|delete|remove|drop|scrap|skip) (?:(?:everything|all|it all)"
    rf"(?: (?:on|for|from))? |(?:all of )?my |the (?:whole|rest) of )?(?:on |for )?(?={_DAY}"
    r"(?= ?(?:$|[.!]|(?:at|from|after|before|morning|afternoon|evening|please)\b)))"
)
"""A day that is to be free of whatever there is."""
_DROPPED_BY_NAME = (
    r"(?:delete|remove|scrap|ditch|axe|nix|skip) (?:(?!from\b|of\b|for\b|after\b|before\b)[\w'&]+ ){0,2}"
    rf"{_TAKES_PLACE}(?= ?(?:$|[.,!]|(?:with|on|at|from|for|please|{_DAY})\b|\d))"
)
DROPPED = re.compile(rf"(?i)^.*?\b(?:cancel|call off|delete|remove|{_DROP})\b")
OPERATIONS = {
    "cancel": re.compile(
        _POLITE + r"(?:cancel|call off|(?:delete|remove|scrap) (?:the|my|our|every|all)|remove .*calendar"
        rf"|(?:delete|remove|drop|scrap) (?:\w+ )?{MEETS}"
        r"|(?:clear|free up) (?:my|our|the) (?:calendar|schedule|agenda|day))\b"
        rf"|{_POLITE}{_DROP} (?=(?:the|my|our|this|today's|tomorrow's|{WEEKDAY}'s)"
        rf" (?:(?:[^,.;]{{1,60}} )?{MEETS}\b|\d\d?(?:[:.]\d\d)? ?(?:[ap]\.?m\b|o'clock)))"
        rf"|{_POLITE}(?:{_FREED}|{_DROPPED_BY_NAME})"
    ),
    "reschedule": re.compile(
        _POLITE + r"(?:move|reschedule|shift(?! (?:from|today|tonight|tomorrow|on|at|\d))|postpone|prepone"
        r"|push|put off|delay|bring|change|bump|swap|switch|update|correct)\b"
    ),
    "query": re.compile(
        _POLITE + r"(?:what(?! a\b)|what'?s|when|when'?s|which|(?:show|list|find|tell) (?:me|what)"
        rf"|(?:show|list|find) (?:all|every|the|my)(?= (?:[\w']+ ){{0,2}}(?:{MEETS}|calendar|schedule|agenda"
        rf"|diary|plans?|week|month|next|free|{WEEKDAY}|today|tomorrow)\b)"
        r"|(?:do|did|have|are) (?:i|we)\b|am i|(?:is|are) (?:there|my|our|the)\b|is [\w ]+ (?:free|available"
        r"|busy|taken)"
        r"|how (?:many|busy|full|long|often|do|does|did|is|are)|how'?s (?:my|the)|who(?:'?s)?"
        r"|where(?:'?s| is| are) (?:my|our|the)|(?:where|why) (?:do|does|did|am|should|will)"
        r"|got anything|(?:next|first) (?:free|open|available)|find (?:me )?an? (?:free|open)"
        r"|any (?:meetings?|calls?|appointments?|events?|free|conflicts?)|free (?=.*\?)"
        r"|any(?:thing)?(?: \w+)? (?:on|for|at|in|planned|scheduled|happening|going on|today|tonight|tomorrow"
        r"|this|next))\b"
        rf"|{_POLITE}(?:(?:check|read me|give me|walk me through|look at|look up|see) (?:my|our|the)"
        rf" (?:(?:calendar|schedule|agenda|diary|appointments|meetings)(?= ?(?:$|[.?!]|on\b|for\b|{_DAY}))"
        rf"|{WEEKDAY}[.?! ]*$)"
        r"|(?:(?:my |our |the )?(?:agenda|schedule|calendar)|(?:my|our) (?:appointments|meetings|events|plans"
        rf"|day)|free (?:slots?|times?)) (?:(?:on|for) )?(?:{WEEKDAY}|today|tomorrow"
        r"|(?:this|next) (?:week|month|weekend))[.?! ]*$)"
        rf"|{_POLITE}(?:remind me (?:what'?s|what (?:is|do|am|i))|(?:(?:is|are|was|were)(?! it (?:ok|poss))"
        r"|does|do (?:the|my|our|they|any|you)|did|has|should|would(?! you| u\b)|will(?! you| u\b)|busy"
        r"|anything|something|any|(?:where|when) (?:is|are|was))\b[^?]*\?\s*$)"
    ),
}
_WORLD = re.compile(
    _POLITE + r"(?:what|who|how|which|where|why|tell)\b(?:.*\b(?:weather|forecast|temperature)\b"
    r"|(?!.*\b(?:calendar|schedule|agenda|diary|events?|meetings?|appointments?|calls?|plans?|planned"
    r"|scheduled|booked|next|first|last|times?|date|days?|when|free|busy|full|available|have|has|got|on|in"
    r"|at|doing|happening|going|coming|up|left|look|looks|looking|plate|my|our|i|am|we|us|today|tonight"
    rf"|tomorrow|weekend|week|month|{WEEKDAY}|after|before|with)\b))"
)
SECOND = re.compile(
    r"\b(?:and|then) (?:book|schedule|add|create|set up|move|reschedule|cancel|delete)\b.*", re.I
)
"""What asks for something else behind a change."""
MOVING = re.compile(_POLITE + r"(?:reschedule|postpone|prepone|put off|delay)\b")
NOTHING = re.compile(
    r"\s*(?:don't (?!forget|let me forget)|do not |never |ignore |nothing |not (?!urgent)|see (?:you"
    r"|ya) |(?:hello|hi|hey|thanks|thank you)[\w ,!.]{0,20}$)"
)


_SAID_FIRST = (
    r"(?:ok(?:ay)?|oh|so|and|well|great|perfect|sorry)?,? ?(?:thanks(?: a lot| so much| again)?|thank you"
    r"(?: so much| very much)?|thx|great|perfect|cool|super|lovely|awesome|excellent|wonderful|fine|alright"
    r"|all right|got it|good (?:morning|afternoon|evening)|hm+|one more(?: thing)?|(?:just )?(?:a |one )?"
    r"(?:quick |small |short |another )?question|just (?:checking|wondering)|while (?:you're|we're) at it"
    r"|by the way"
    r"|sorry,? (?:i )?(?:almost |nearly )?forgot|next(?= ?:)|(?:nice|morning|evening)(?=[.!]))"
)
_ORDERED = r"(?:please |can you |could you |also |just )*(?:cancel|delete|move|reschedule|postpone)\b"
OPENING = re.compile(
    rf"\s*(?:(?:{_SAID_FIRST}(?: (?:thanks|then))? ?[,.!:]+ *)+(?:and (?!\d))?"
    rf"|(?:yes|no|now|yeah|yep),? (?={_ORDERED})"
    r"|(?:i'm|i am|we're|something|he's|she's)(?= )[^,.!?;:\d]{1,40}[,.!] *(?=" + _ORDERED + r"))"
    r"|\s*(?=(?:please |can you |could you )*(?:let me know|tell me|i wonder)"
    r" (?:what|(?:if|when) (?:i|we|there)\b|how (?:my|does|is|busy)))"
    r"(?:please |can you |could you )*(?:let me know|tell me|i wonder) (?:if )?",
    re.IGNORECASE,
)
"""What is said before the sentence that asks for something: `Thanks!`, `Quick question:`, `Great, …`."""


def operation(small: str) -> str:
    """Return what a stretch of text in small letters asks for, told from the word it begins with."""
    return next((name for name, pattern in OPERATIONS.items() if pattern.match(small)), "create")


def of_the_world(text: str) -> bool:
    """Tell whether a question is about something else than the calendar: what is the capital of France?"""
    return bool(_WORLD.match(text))
