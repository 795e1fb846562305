"""The words the grammar knows beside those of times: what asks, what leads to a place, what is a doubt."""

from __future__ import annotations

import re

from orchestrator.calendar.phrases.words import MONTH, PART, SLIP, WEEKDAY

COURTESY = (
    r"please|pls|plz|hiya|(?:hey|hi|hello)(?: there)?|(?:stick|pop|chuck)(?= [^,;\n]*\bin\b)|kindly"
    r"|lol|omg|oops|oh|ugh|fyi|btw|hmm|um|dear \w+(?=,)|(?:i )?(?:almost |nearly )?forgot(?=,)"
    r"|do(?= an? )|(?:can|could|would|will) (?:you|u|we|i)|shall we|just"
    r"|actually|let's do|let's have"
    r"|let's"
    r"|(?:i )?need(?: to)?|got|i want to|i'd (?:like|love) to(?: have)?|(?:would you )?mind (?:adding"
    r"|booking|putting|scheduling)|i(?:'ve| have)? got to|i gotta|i have to|we need to"
    r"|i have|we have|i've got|i'm|i am|we're"
    r"|we are|having(?= )|going to"
    r"|there is|there's|go ahead and|also|then|and|so|ok|okay"
)
_MAKE = (
    r"schedule|book(?! (?:club|fair|signing|launch|report|review|swap|sale|tour|reading))|set up|set aside"
    r"|set|setup"
    r"|plan(?! (?:review|b)\b)|arrange"
    r"|organi[sz]e|add|create|put(?! [^,;\n]*\b(?:out|away|up|down|together)\b)"
    r"|make(?= (?:an? |the )?(?:appointment|reservation|booking|event|entry|meeting|note)\b)|enter|note"
    r"|remind me(?: to| about| of)?|reminder to"
    r"|don't (?:let me )?forget(?: to| about)?|remember to|block(?! part)(?: off| out)?|hold(?: off)?"
    r"|reserve|pencil in"
    r"|save the date(?: for)?"
)
_AT = r"@[\w.'-]+(?:(?:,| and| &) @[\w.'-]+)*"
SPOKEN = (
    r"(?:hi|hey|hello|good (?:morning|afternoon|evening)) @?[a-z]+(?=,)"
    r"|good (?:morning|afternoon|evening)(?=[,!])"
    rf"|(?:cc )?{_AT}(?=,? (?:can|could|would|will|shall|let's|please|pls)\b| ?:)"
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
_STARTING = r"(?:starting|beginning)(?: on| from| at)?"
LEAD = re.compile(
    rf"(?:[\s,;:.!•*-]+|'s(?= |$)|(?:{SPOKEN}|{COURTESY}|{_MAKE}|a new"
    r"|an?(?![/-])|(?:my|the|our) calendar|the|my|our"
    r"|new(?! year)|in|for|of|me|to|as|on(?= (?:vacation|holidays?|(?:annual |sick )?leave|pto)\b))(?![\w']))"
    r"|(?:an? )?(?:event|appointment|entry|reminder|slot|time|calendar event) "
    r"(?:for|to|called|named|titled|about) "
    r"|(?:event|appointment|entry|reminder|task|to-?do|note|subject|re|fwd?) ?:"
)
"""What stands before a title and is no part of it."""
GENERIC = re.compile(
    r"all|(?:some )?time|reminder|event|entry|alarm|alert|slot|note"
    r"|(?:\d|two|three|four|five|some|several|a few|these|the following) (?:things|items|entries)"
)
REQUEST = re.compile(
    r"(?<=\w[.!?]) (?=(?:please |can you |could you )?(?:schedule|book|set up|add|put|create|arrange"
    r"|plan) )",
    re.IGNORECASE,
)
"""Where a sentence ends and the one begins that asks for something."""
PUNCTUATION = " \t\n,;:.!?(-/|–"
TAIL = re.compile(
    r"(?<![\w-])(?:please|(?:many )?thanks(?: a lot| so much| in advance)?|thank you(?: so much"
    r"| very much)?|pls|plz|thx|ty|cheers|(?:to|in|on|into|from) (?:my|the"
    r"|our) (?:calendar|diary)"
    rf"|{_STARTING}|for me|departs|departing|starts|begins|on|at|from|for|(?<!check )(?<!check-)in|by|is"
    r"|will (?:be|run|start|begin|take place)|takes place|(?:has been|was|is) (?:scheduled|booked|confirmed)"
    r"|scheduled|happening|of|with|and|it|to)$"
)
"""What stands behind a title or a place and only leads to the next phrase."""
ARRIVES = r"(?:arriv(?:es?|ing)|lands|landing|ends|ending|finish(?:es|ing))"
DEPARTS = r"(?:departs|departing|leaves|leaving|starts?|starting|begins?|beginning|doors(?: open)?)"
"""What leads to the hour at which something that was named before ends, or starts."""
CALLED = re.compile(r"\b(?:called|named|titled|entitled)(?: |$)")
CALLED_THERE = re.compile(r"\b(?:call|phone|ring|facetime|skype) (?!in\b|at\b)[^,;]*\bin (?:the )?$")
"""`Call my brother in Sydney`: where somebody else is."""

_PLACE_NOUN = (
    r"(?:conference |meeting )?room|office|building|lobby|caf[eé]|hall|suite|floor|park|library"
    r"|restaurant|bar"
    r"|pub|beach|lake|pool|mall|club|stadium|cinema|theat(?:re|er)|shop|store|garage|bank|museum|zoo"
    r"|place|house|flat"
    r"|kitchen|hotel|airport|station|school|clinic|hospital|gym|church|studio|headquarters|hq|home|work"
)
_ONLINE = r"zoom|teams|google meet|skype|slack|webex|facetime|discord"
PLACE = re.compile(
    rf"(?:^|(?<=\s))(?:(?:via|over|on) (?={_ONLINE})"
    rf"|(?:at|in) (?=(?:the |our |my )?(?:\w+ ){{0,2}}(?:{_PLACE_NOUN})\b)|(?:at|in) (?=(?:the )?[A-Z])"
    rf"|(?<!look )at (?=\w+'s(?!\w)|(?:my|our|his|her|their) (?:\w+ )?\w+(?:'s|s')(?!\w))"
    rf"|(?<!look )(?<!looking )at (?=(?:the|our|his|her|their) [\w'-]+(?: [\w'-]+)? ?$)|@ (?=\w))"
)
OWN_PLACE = re.compile(
    r"[\s,]*(?:(?:at|in)\s+|@ ?|(?:where|location|venue) ?: )"
    r"(?!(?:my|the|our) (?:calendar|diary|schedule)\b)(?=[^\W\d])",
    re.IGNORECASE,
)
"""A place that stands behind a phrase of its own, where `at` and `in` can lead to nothing else."""
WORK = re.compile(
    r"\b(?:[Ww]atch|[Rr]ead|[Ss]tream)(?:ing)? [A-Z][\w'’]*"
    r"(?: (?:(?:at|in|on|of|the|and|a|to) )*[A-Z][\w'’]*)*"
)
"""What is watched or read, by its name: `Breakfast at Tiffany's` is no place."""
ALONE_PLACE = re.compile(
    rf"[\s,]*((?:the |our )?(?:{_ONLINE}|(?:conference |meeting |board)?room [\w.]{{1,8}}"
    rf"|(?:[\w-]+ ){{0,2}}(?:room|kitchen|office|lobby|hall)))[\s,.!]*",
    re.IGNORECASE,
)
"""A piece between commas that only says where: `Friday 2pm, Room 4B`."""
PLACE_END = re.compile(
    r"(?=,| with | about | regarding | to (?:discuss|talk|go over|review|prepare|plan|celebrate|see|look)\b"
    r"| for | and |(?<!\bSt)(?<!\bDr)(?<!\bMr)(?<!\bMs)(?<!\bMrs)(?<!\bStr)[.!?]\s+[A-Z])"
)
OBJECT = re.compile(
    r" ((?:[A-Z][\w'’-]*|(?:the|my|our|some) [a-z][\w'’-]*|mom|mum|dad|grandma|grandpa|rent|kids)"
    r"(?: [\w'’-]+){0,4})[\s.!]*"
)
"""Whom or what a verb needs, behind the time that stands between them: `pick up at 4 Leo from school`."""
DAY_FOLLOWS = re.compile(
    r"(?:at|from|in|on|with|for|to|until|till?|about|and|or|then|by|via|w/|re|not|if|please|pls|thanks|thx|is|are"
    r"|was|will|works?|starts?|ends?|all|every|each|only|again|instead|next|this|before|after|early|late)\b"
)
"""What stands behind a day and is no part of a name with that day in it."""
DESCRIBES = re.compile(
    r"\s*(?:,\s*)?(?:with|about|regarding|re:?|to (?:discuss|talk about)|agenda)\b", re.IGNORECASE
)
FOR_WHOM = re.compile(
    r"\s*(for (?:(?:the |my |our )?[A-Z][\w.'’-]*(?: (?:and|&) [A-Z][\w'’-]*)?|(?:my |our |the )?"
    r"(?:mom|mum|dad|kids|boys|girls|team|two|baby))|to (?:discuss|talk about) [^,;.!?]+)[\s.!?]*"
)
"""For whom or what something is, behind its time: `swimming at 10 for Mia`, `to discuss the fence`."""

_STRETCHES = (
    r"today|tonight|tomorrow|yesterday|days|(?:the|that|same|per|a|one|mid|work) day|weeks?|weekends?"
    r"|months?|years"
    r"|(?<!new )year|hours?|hourly|minutes?|quarter|midnight|noon|eod|cob|o'clock"
)
_RELATIONS = (
    r"before|b4|after|until|till|by|during|within|around|roughly|next|last|previous|following|ago"
    r"|later|(?<=-)late|(?<=- )late|til|(?:their|your|his|her|local) time"
    r"|between(?! (?:me\b|us\b|you\b|\x00))"
    r"|earlier|soon|as soon as|end of|start of|beginning of|same time|same day|back to back|then|half|ish"
)
MEETS = (
    r"(?:meetings?|calls?|syncs?|stand-?ups?|appointments?|events?|1:1|retro|review|interview|demo|lunch"
    r"|dinner"
    r"|check-?in|catch-?up|session|class|reservation|booking|reminder)"
)
"""What stands in a calendar, so that to drop it is to cancel it."""
SEASON = (
    r"(?:the )?(?:advent|lent|ramadan|spring|summer|autumn|fall|winter|term[- ]time|school holidays|holidays)"
    r"(?: term| holidays?| break| season)?(?= ?(?:$|[,.;\x00]| (?:at|on|from|with|for)\b))"
)
"""A part of the year: behind `in` it says when, not where."""
_CONDITIONS = "|".join(
    (
        *("first thing", "last thing", "moved", "rescheduled", "postponed", "cancell?ed", "can't make"),
        *("cannot make", "(?:cancel|delete|move|reschedule|postpone) (?:it|that|them)"),
        *("except", "but", "apart from", "other than", "excluding", "without", "minus", "skip", "skipping"),
        *("unless", "if", "or", "either", "maybe", "might", "perhaps", "probably", "possibly", "arvo"),
        *("sometime", "some time", "anytime", "any time", "whenever", "instead", "rather", "no longer"),
        *("not", "nothing", "never", "don't", "doesn't", "see (?:you|ya)", "both", "respectively"),
        *("every", "each", "once", "twice", "thrice", "again", "another", "biweekly"),
        *("alternate", "alternating", f"in {SEASON}"),
        r"(?:m|tu?|w|th?|f|sa?|su?)(?:/(?:m|tu?|w|th?|f|sa?|su?))+|mwf|tth|m-f",
        *(r"(?:extend|shorten|lengthen|prolong) (?:the|my|our|\w+'s)", "longer", "shorter"),
        r"(?:decline|accept)(?: \w+){0,2} (?:invitation|invite)",
        r"add [^,;]{1,40} to (?:the|our|my|\w+'s) (?!calendar|schedule|diary|agenda|list)"
        rf"(?:[^,;]{{1,30}} )?{MEETS}",
        r"(?:tell|inform|notify|let) [^,;]{1,60} is(?= (?:at|on|now|today|tomorrow|\d)| ?$)",
        r"(?:change|update|correct|edit) (?:the |its )?(?:location|place|venue|room|title|name|description)"
        r" (?:of|for|to)",
    )
)
_NUMBERS = (
    r"ten|fifteen|twenty|thirty|forty|fifty|sixty|ninety|(?:two|three|four|five|several|multiple|some|few)"
    r" (?:meetings|events|calls|sessions|appointments|times)|on (?:my|our|his|her|their|the)(?! calendar)"
)
DOUBT = re.compile(
    # May and March are names and verbs as often as months; a date with them has been read before this.
    rf"(?<![\w:.-])\d+(?:[:.]\d+)?(?![\w:])|\b(?:{WEEKDAY}s?|(?!may\b|mar\b|march\b|dec\b"
    rf"|jan\b){MONTH})(?!\w)"
    rf"|\b\d\d?(?:[:.]\d\d)? ?[ap]m\b|\b{SLIP}\b|\b{PART}s?\b"
    rf"|\b(?:{_STRETCHES}|{_NUMBERS}|{_RELATIONS}|{_CONDITIONS})\b"
)
"""Words that may change when, whether or how often something is."""
PART_NAME = re.compile(rf"\bafter[- ](?:school|work|class)\b|(?<!in the )(?<!this )\b{PART}s?\b")
NUMBER_NAME = re.compile(
    r"(?<=[a-z] )(?<!\bat )(?<!\bto )(?<!\bby )(?<!from )(?<!till )(?<!until )(?<!\bor )(?<!\band )"
    r"(?<!\bfor )"
    r"(?<!\bin )(?<!\bon )\d+(?![:.]?\d)(?! ?(?:-|to|or|and|am|pm|hours?|min|days?|weeks?|months?|years?"
    r"|times|sessions)\b)"
    r"|(?<=\bfor )\d+(?= (?:people|persons|guests|kids))|\d{3,4}(?= to [a-z])|\d+(?= \w+ (?:street|st"
    r"|road|rd|avenue|ave|lane|drive)\b)|(?<=\btable for )\d+|(?<=\bparty of )\d+"
)
"""A number that can only be part of a name: `flight LH 401`."""
NAME = re.compile(
    r"(?<!\w)\+?\(?\d{1,4}\)?(?:[ -]\(?\d{2,4}\)?){2,5}(?!\w)|(?<!\w)\d+-[a-z](?!\w)"
    r"|\b(?:release|version|build|sprint|ticket|issue|section|chapter|pr|v|phase"
    r"|part) ?#?\d+(?:\.\d+)*(?![\w:])"
    r"|\bgood (?:morning|afternoon|evening)(?=[,!])|\btrick or treat\w*"
    r"|\bsee (?:you|ya) (?:then|there|soon)(?=[.! ]*$)"
    r"|#\d+(?!\w)|\b(?:happy|office|opening|rush) hours?\b"
    r"|(?<!\w)0\d{1,4}[ /-]?\d{5,}(?!\w)|https?://\S+"
    r"|\b(?:pages?|chapters?|slides?|rows?|items?) \d+(?: ?- ?\d+)?(?![\w:])|\btable for \d+(?![\w:])"
    r"|\b(?:seats?|coach|platform) \d+(?: ?- ?\d+)?(?![\w:])"
)
"""What holds figures and never a time: a telephone number, `10-K`, `release 2.4`, an address."""
FOREIGN_ZONE = re.compile(r" ?\(?[A-Z]{1,4}T\b")
"""What stands right behind a time like a zone; nobody knows all of them."""
SETTLED = re.compile(r"\d ?[ap]\.?m|tonight|noon|midnight|\b(?:1[3-9]|2[0-3]|0\d)[:.h]")
"""A time that leaves nothing open, so that parts of the day and numbers elsewhere are names."""
