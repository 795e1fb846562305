"""Sentences that book nothing, though a day and an hour stand in them, and names that are no names.

Questions, wishes, what is over, what does not take place: told from the words alone, whoever has found
them, for a model copies `should I go to the gym` as readily as a rule does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from orchestrator.calendar.corrections import ask_about_corrections
from orchestrator.calendar.hedges import ask_whether_ordered
from orchestrator.calendar.outcomes import Unclear
from orchestrator.calendar.phrases.readings import compiled
from orchestrator.calendar.phrases.words import TOMORROW, WEEKDAY, same_length
from orchestrator.calendar.sentences import Said
from orchestrator.calendar.spans import EventSpans

_WHO = r"(?:(?!to\b|remind\b|tell\b|ask\b|for\b|why\b|if\b)[\w'@-]+ ){0,4}?"
_SELF = r"(?:i|we|he|she|they|you|it)"
_STRAY = re.compile(
    r"(?:(?:"
    r"no|nope|nah|yes|yeah|yep|ok|okay|sorry|wait|oops|hmm|er|erm|uh|um|oh|ah|well|make|say|mean|meant"
    r"|better|best|rather|correction|edit|typo|was|were|is|are|be|been|being|am|do|does|did|done|has"
    r"|have|had|both|each|either|neither|it|that|this|these|those|them|they|there|i|you|he|she|we|me|us"
    r"|scratch|strike|what|what's|whats|who|how|why|when|where|which|would|could|should|shall|will|can"
    r"|might|must|let|let's|perfect|great|good|fine|cool|nice|sure|right|wrong|see|ya|now|too|instead"
    r"|about|something|anything|nothing|someone|anyone|everything|works|keep|put|to|at|on|for|with|of"
    r"|from|and|or|but|not|isn't|aren't|won't|can't|cannot|doesn't|don't|free|available|possible|prefer"
    r"|still|maybe|your|my|suits|fits|sounds|happy|enjoy|one|other|the|check|time|agenda|schedule"
    r"|calendar|look up|looking forward|ready|love|hate|like|that's"
    r")(?![\w'])[^\w']*)+"
    r"|(?:have|enjoy) (?:an?|your|the|this)(?: (?:very )?(?:nice|great|good|lovely|happy))?"
    r"|(?:great|good|nice|well) (?:job|work|done)|good night|free (?:slots?|times?)|.* prefers?"
)
"""Words that name nothing, however many of them stand together."""
_QUESTIONS = (
    r"(?:where|who|when|why|which|how|what)(?:'s| is| are| do| does| did| was| were| will| would| should"
    r"| can| could| am)\b",
    r"(?:does|did|isn't|aren't|doesn't|didn't|wasn't|hasn't)\b(?! ?:)",
    # Not `Am 30.07. Zahnarzt`, nor `Was wichtig ist`.
    r"(?:is|are|was|were|has|am(?= i\b))\b(?! ?:)(?=.*\?\s*$| (?:i|we|you|he|she|it|they|the|my|our|your"
    rf"|his|her|their|there|this|that|any\w*|some\w*|every\w*|today|tonight|{TOMORROW}|{WEEKDAY}|[a-z]{{2,}}ing)\b)",
    r"do (?:you|they|i|we|people|any\w*)\b",
    r"do (?:the|my|our) [\w']+ (?:have|need|want|go|come|get|know|like)\b",
    r"should (?:i|we|he|she|they|the)\b",
    r"(?:shall|might) (?:i|we)\b|(?:maybe|perhaps)\b(?! ?:)|what if\b|(?:any|a) chance\b"
    r"|who (?:wants|needs|has|likes)\b",
    r"(?:can|could) (?:i|we) (?:still |also )?(?:fit|squeeze|take|go|leave|come|make it)\b.*\?"
    r"|(?:can|could) you help\b",
    r"find (?:me |us )?(?:an? |some )?(?:free |open )?(?:time|slot)\b",
    r".*, ?(?:right|correct|isn't it|don't i|aren't i)\?\s*$",
    r"(?:let me know|i wonder|wondering|tell me) (?:what|if|whether)\b",
    r"(?:check|look at|see|read me|give me|show me|walk me through) (?:my|our|the)"
    rf" (?:(?:calendar|schedule|agenda|diary|appointments|meetings) (?:on|for|today|tomorrow|{WEEKDAY})\b"
    rf"|{WEEKDAY}[.?! ]*$)",
    r"(?:can|could) (?:the|my|our|it|that|this|he|she|they)\b",
    r"would (?!you\b|u\b|we\b|i\b)",
    r"(?:anything|something|anyone|anybody|anywhere)\b.*\?",
    r"(?:busy|free|available)\b[^,.;]*\?",
)
_A_DAY = rf"{WEEKDAY}s?(?![\w'])(?! (?!at\b|on\b|everyone|all\b)[a-z])"
_WISHES = (
    r"keep [^,;]*\bfree\b",
    r"(?:i|we) used to\b|remember when\b|(?:i'd|we'd|i would|we would) rather not\b|instead of\b[^.;]*,",
    rf"(?:i'm |we're |i am |we are |really |so )*looking forward to\b|thank god\b|happy (?={_A_DAY})",
    r"have an? (?:very )?(?:nice|great|good|lovely|wonderful|fun|relaxing|fantastic|happy)"
    rf" (?:one|time|day|weekend|evening|{_A_DAY})|enjoy (?:your|the|this) (?={_A_DAY}|weekend\b|day\b)",
    r"good night(?=[,.!]| all\b| everyone\b|\s*$)|that'?s (?:it|all)\b"
    rf"|(?:great|good|nice|well) (?:job|work|done)(?= (?:today|yesterday|on|this|last)\b|[,.!]|\s*$)"
    rf"|(?:i|we) (?:really )?(?:love|hate|like|dislike|enjoy) (?={_A_DAY})",
    rf"(?:{_SELF}(?:'ll| will|'m| am|'re| are| might)* )?(?:be |running )late\b(?!-)",
    r"correction ?:",
    rf"(?:{_SELF} )?wish(?=(?:es)? (?:{_SELF}|that|the|my|there)\b)",
    rf"(?:{_SELF} )?(?:really )?hopes? (?=to\b|that\b|{_SELF}\b)",
    r"(?:(?:i|we) would|i'd|we'd) love to(?= (?:see|go|come|be|join|visit|meet)\b)",
    r"(?:(?:i'm|we're|i am|we are|been|still) )*(?:hoping to|waiting to|trying to|thinking (?:of|about)"
    r"|wondering|considering|tempted to)\b",
    rf"(?:{_SELF} )?(?:tried to|wanted to|prefer|would prefer|'d prefer)\b",
)
_PAST = (
    rf"{_SELF} (?:just |already |also |only |totally |completely |had )*"
    r"(?:(?:was|were)(?! invited\b)|had|met|spoke|sent|paid|sold|lost|won|broke|drove|flew|slept|felt|found"
    r"|gave|brought|thought|spent|went|saw|told|said|left|came|wrote|ran|took|ate|forgot(?!,)"
    r"|(?!booked|scheduled|planned|arranged|reserved|agreed|organi[sz]ed|registered|invited|enrolled|decided"
    r"|confirmed|promised|indeed)\w{3,}ed)\b(?! up\b)",
    r"(?:missed (?!calls?\b)|forgot to\b)",
)
_PASSED = (
    r"\b(?:was|were) (?!scheduled|booked|confirmed|arranged|planned|invited|moved|reserved|accepted|extended)"
    r"\w{3,}ed\b",
    r"\b(?:went|was|were) (?:really |very )?(?:well|ok|fine|great|good|bad|badly|awful|fun|nice)\b",
)
_FORGET = r"(?: (?:want to|let (?:me|us)))? (?:forget|miss|wait|be late)\b"
_NOT = (
    rf"{_WHO}(?:won't|will not|can't|cannot|can not|couldn't|could not|don't|do not|doesn't|does not|didn't"
    rf"|isn't|is not|aren't|are not|am not|i'm not|we're not|they're not|unable to|never)\b(?!{_FORGET})",
    r"no (?!time to\b|man's\b|show\b|matter\b|(?:te |me |se )?olvid)[a-z]",
    r"(?:there'?s|there is|there are|there'll be) no\b(?!-)|not (?!urgent|before|after|later|until)[a-z]",
    rf"{_WHO}ain't\b",
)
"""What says that there is none: at an hour. `No school on Nov 30` is a note for the day."""
_NEVER = (
    r"(?:(?!to\b|remind\b)[\w'@]+ ){0,4}?(?:(?:have|need|has|had|got|going) to )?(?:skip|skipping|skipped)\b"
    r"(?!-| ?-?level)",
    rf"{_WHO}(?:will|'ll|going to|gonna|have to|has to|might) miss\b|[\w']+(?:'ll|'m going to) miss\b",
    r"(?:just )?forget (?:about )?(?:the|my|our|this|that)\b",
    r"(?:i|we)(?:'ll| will)?(?: have| need| had)?(?: to)? (?:cancel|postpone|decline|call off|reschedule)"
    r" (?:our|the|my|this|that|it|\w+'s)\b",
)
_OFF = (
    rf"\b(?:is|are|was) (?:off|not on|called off)\b(?= ?(?:$|[,.;!?]|this\b|on\b|at\b|today\b|tonight\b"
    rf"|{TOMORROW}\b|{WEEKDAY}(?!\w)))"
)
_FAILS = (
    r"\b(?:won't|will not|isn't|is not|doesn't|does not|not going to) (?:happen|happening|take place|work"
    r"|possible|fit|suit)\b|\bnot (?:gonna|going to) (?:happen|take place|work)\b"
    r"|\b(?:fell|falls|fallen) through\b"
)
_FREE = r"(?:[\w']+ ){0,2}?(?:is|am|are|i'm|we're|he's|she's) (?:free|available)\b"
_CLOCK = re.compile(r"\d[:.]\d\d|\d ?[ap]\.?m\b|noon|tonight|midnight")
_JOINS = r"@?[\w']+(?: [A-Z]\w+)? (?:joins|is joining|will join|follows|comes later|joins later)(?: us| in)?"
_SHARED = (
    r"(?:^|[,.;:] *|- )(?:both|each|all(?: (?:two|three|four|five|of them))?"
    rf"(?= (?:at|in|on|for|urgent|today|{TOMORROW}|this|next|{WEEKDAY}|\d)\b))\b(?P<rest>[^,.;!?]*)"
)
_AFTERWARDS = (
    r"(?:[,;.]|\band) *then (?!home\b|to bed\b|bed\b|done\b|sleep\b|back\b|free\b)"
    r"(?P<what>[a-z][\w' ]{2,40}?) ?[.!]?$"
)


def ask_about_remarks(index: int, events: Sequence[EventSpans], said: Said) -> None:
    """Ask where event `index` of what is `said` is none, or where something of it is said and unread.

    Raises:
        Unclear: what it may be instead, and how to say it.
    """
    spans = events[index]
    if spans.operation == "query":
        return
    text = said.text
    if not index:
        ask_about_corrections(text, events)
    if spans.operation != "create":
        ask_whether_ordered(spans, said)
        return
    if index and compiled(_JOINS).fullmatch((spans.title or "").strip()):
        raise Unclear(
            "title", spans.title, f"Is '{spans.title}' an event of its own, or part of the one before?"
        )
    if not index:
        _shared_by_all(events, text)
        _last_of_all(events, text)
    if spans.title and same_length(spans.title) not in text:
        return  # what stands in quotation marks is a name, whatever it says
    _named(spans)
    for clause in said.clauses(spans):
        _asks_nothing(spans, clause, told_of_others=len(events) > 1)


def _named(spans: EventSpans) -> None:
    words = same_length(spans.title or "").strip(" ,.;:-")
    there = spans.place and words in {"be", "get"}  # "I need to be at school at 8"
    if words and not there and _STRAY.fullmatch(words):
        raise Unclear("title", spans.title, f"What is to be booked? '{spans.title}' names nothing.")


def _asks_nothing(spans: EventSpans, clause: str, *, told_of_others: bool) -> None:
    words = clause.strip(" ,.;!")
    timed = bool(spans.time or _CLOCK.search(same_length(spans.date or "")))
    if _begins(clause, _QUESTIONS):
        raise Unclear(
            "content", words, f"Is '{words}' a question? Say what is to be booked, or what to look up."
        )
    if _begins(clause, _WISHES) or compiled(_FREE).match(clause):
        raise Unclear("content", words, f"Is anything to be booked for '{words}'? Say what, and when.")
    past = told_of_others and re.search(r"\byesterday\b|\bago\b", same_length(spans.date or ""))
    if past or _begins(clause, _PAST) or any(compiled(one).search(clause) for one in _PASSED):
        raise Unclear("content", words, f"Is '{words}' over? Leave it out, or say what is to be booked.")
    absent = _begins(clause, _NEVER) or compiled(_FAILS).search(clause)
    if absent or (timed and (_begins(clause, _NOT) or compiled(_OFF).search(clause))):
        question = (
            f"'{words}' does not take place? Say 'Cancel …' to remove an event, or what is to be booked."
        )
        raise Unclear("content", words, question)


def _begins(clause: str, patterns: Sequence[str]) -> bool:
    return any(compiled(pattern).match(clause) for pattern in patterns)


def _shared_by_all(events: Sequence[EventSpans], text: str) -> None:
    """Ask whose `both tomorrow` and `each 30 minutes` are, unless every event has the words behind it."""
    if len(events) < 2 or not (match := compiled(_SHARED).search(text)):
        return
    told = [
        {
            same_length(str(value))
            for value in spans.model_dump(exclude={"operation", "title"}).values()
            if value
        }
        for spans in events
    ]
    behind = {words for one in told for words in one if words in match["rest"]}
    if not behind or any(not behind <= one for one in told):
        words = match[0].strip(" ,.;:-")
        raise Unclear("content", words, f"Which events is '{words}' said of? Say it of each of them.")


def _last_of_all(events: Sequence[EventSpans], text: str) -> None:
    """Ask when the last thing is where no event has it: `then drinks`."""
    match = compiled(_AFTERWARDS).search(text.rstrip()) if "then " in text else None
    if not match or any(match["what"] in _said(spans) for spans in events):
        return
    if not any(
        re.search(rf"\b{re.escape(word)}\b", _said(one)) for one in events for word in match["what"].split()
    ):
        raise Unclear("time", match["what"], f"When is '{match['what']}'?")


def _said(spans: EventSpans) -> str:
    return same_length(" ".join(str(value) for value in spans.model_dump().values() if value))
