"""Sentences that book nothing, though a day and an hour stand in them, and names that are no names.

Questions, wishes, what is over, what does not take place: told from the words alone, whoever has found
them, for a model copies `should I go to the gym` as readily as a rule does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from orchestrator.calendar.corrections import ask_about_corrections
from orchestrator.calendar.outcomes import Unclear
from orchestrator.calendar.phrases.words import TOMORROW, WEEKDAY, same_length
from orchestrator.calendar.spans import EventSpans

_QUOTED = re.compile(r"(?<!\w)(['\"]+)(?=\S)[^\"\n]*?(?<=\S)\1(?!\w)")
_ENDS = re.compile(r"(?<!\bdr)(?<!\bst)(?<!\bmr)(?<!\bms)(?<!\bmrs)[.!?;\n]+(?=\s|$)")
_FILLERS = re.compile(
    r"(?:[\s,:*-]+|(?:please|pls|so|well|and|but|also|oh|ok(?:ay)?|sorry|unfortunately|sadly|sorry but"
    r"|thanks|listen|actually|today|btw|fyi|(?:hey|hi|hello|dear)(?: there|(?: @?\w+)(?=,))?"
    r"|@[\w.]+(?= ?[,:]| (?:can|could|would|are|do|should)\b)"
    r"|cc)(?![\w']))+"
)
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
    r"|still|maybe|your|my|suits|fits|sounds"
    r")(?![\w'])[^\w']*)+"
)
"""Words that name nothing, however many of them stand together."""
_QUESTIONS = (
    r"(?:where|who|when|why|which|how|what)(?:'s| is| are| do| does| did| was| were| will| would| should"
    r"| can| could| am)\b",
    r"(?:does|did|is|are|was|were|am|isn't|aren't|doesn't|didn't|wasn't|has|hasn't)\b(?! ?:)",
    r"do (?:you|they|i|we|people|any\w*)\b",
    r"do (?:the|my|our) [\w']+ (?:have|need|want|go|come|get|know|like)\b",
    r"should (?:i|we|he|she|they|the)\b",
    r"(?:can|could) (?:the|my|our|it|that|this|he|she|they)\b",
    r"would (?!you\b|u\b|we\b|i\b)",
    r"(?:anything|something|anyone|anybody|anywhere)\b.*\?",
    r"(?:busy|free|available)\b[^,.;]*\?",
)
_WISHES = (
    r"keep [^,;]*\bfree\b",
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
    r"no (?!time to\b|man's\b|show\b|matter\b)[a-z]",
)
"""What says that there is none: at an hour. `No school on Nov 30` is a note for the day."""
_NEVER = (
    r"(?:(?!to\b|remind\b)[\w'@]+ ){0,4}?(?:(?:have|need|has|had|got|going) to )?(?:skip|skipping|skipped)\b"
    r"(?!-| ?-?level)",
    rf"{_WHO}(?:will|'ll|going to|gonna|have to|has to|might) miss\b|[\w']+(?:'ll|'m going to) miss\b",
    r"(?:i|we)(?:'ll| will)?(?: have| need| had)?(?: to)? (?:cancel|postpone|decline|call off|reschedule)"
    r" (?:our|the|my|this|that|it|\w+'s)\b",
)
_OFF = re.compile(
    rf"\b(?:is|are|was) (?:off|not on|called off)\b(?= ?(?:$|[,.;!?]|this\b|on\b|at\b|today\b|tonight\b"
    rf"|{TOMORROW}\b|{WEEKDAY}(?!\w)))"
)
_FAILS = re.compile(
    r"\b(?:won't|will not|isn't|is not|doesn't|does not|not going to) (?:happen|happening|take place|work"
    r"|possible|fit|suit)\b"
)
_FREE = re.compile(r"(?:[\w']+ ){0,2}?(?:is|am|are|i'm|we're|he's|she's) (?:free|available)\b")
_CLOCK = re.compile(r"\d[:.]\d\d|\d ?[ap]\.?m\b|noon|tonight|midnight")
_JOINS = re.compile(
    r"@?[\w']+(?: [A-Z]\w+)? (?:joins|is joining|will join|follows|comes later|joins later)(?: us| in)?"
)
_SHARED = re.compile(
    r"(?:^|[,.;:] *|- )(?:both|each|all(?: (?:two|three|four|five|of them))?"
    rf"(?= (?:at|in|on|for|urgent|today|{TOMORROW}|this|next|{WEEKDAY}|\d)\b))\b(?P<rest>[^,.;!?]*)"
)
_AFTERWARDS = re.compile(
    r"(?:[,;.]|\band) *then (?!home\b|to bed\b|bed\b|done\b|sleep\b|back\b|free\b)"
    r"(?P<what>[a-z][\w' ]{2,40}?) ?[.!]?$"
)


def ask_about_remarks(index: int, events: Sequence[EventSpans], content: str) -> None:
    """Ask where event `index` of `content` is none, or where something is said of it that nobody has read.

    Raises:
        Unclear: what it may be instead, and how to say it.
    """
    spans = events[index]
    if spans.operation == "query":
        return
    text = _QUOTED.sub(lambda match: "\x00" * len(match[0]), same_length(content))
    if not index:
        ask_about_corrections(text, events)
    if spans.operation != "create":
        return
    if index and _JOINS.fullmatch((spans.title or "").strip()):
        raise Unclear(
            "title", spans.title, f"Is '{spans.title}' an event of its own, or part of the one before?"
        )
    if not index:
        _shared_by_all(events, text)
        _last_of_all(events, text)
    if _is_quoted(spans, text):
        return
    _named(spans)
    _asks_nothing(spans, _clause(spans, text, content), told_of_others=len(events) > 1)


def _is_quoted(spans: EventSpans, text: str) -> bool:
    """Tell whether the title stood in quotation marks: then it is one, whatever it says."""
    return bool(spans.title) and same_length(spans.title or "") not in text


def _named(spans: EventSpans) -> None:
    words = same_length(spans.title or "").strip(" ,.;:-")
    there = spans.place and words in {"be", "get"}  # "I need to be at school at 8"
    if words and not there and _STRAY.fullmatch(words):
        raise Unclear("title", spans.title, f"What is to be booked? '{spans.title}' names nothing.")


def _clause(spans: EventSpans, text: str, content: str) -> str:
    """Return the sentence an event is named in, from the part between commas that names it."""
    at = max(text.find(same_length(spans.title or spans.time or spans.date or "")), 0)
    ends = list(_ENDS.finditer(text))
    begin = max((match.end() for match in ends if match.end() <= at), default=0)
    end = next((match.end() for match in ends if match.start() >= at), len(text))
    begin = max(begin, text.rfind(",", begin, at) + 1)
    filler = _FILLERS.match(text, begin, end)
    begin = filler.end() if filler else begin
    # "IS planning" is that of a department.
    acronym = re.match(r"[A-Z]{2,}\b", content[begin:end]) and not content[begin:end].isupper()
    return "" if acronym else text[begin:end]


def _asks_nothing(spans: EventSpans, clause: str, *, told_of_others: bool) -> None:
    words = clause.strip(" ,.;!")
    timed = bool(spans.time or _CLOCK.search(same_length(spans.date or "")))
    if _begins(clause, _QUESTIONS):
        raise Unclear(
            "content", words, f"Is '{words}' a question? Say what is to be booked, or what to look up."
        )
    if _begins(clause, _WISHES) or _FREE.match(clause):
        raise Unclear("content", words, f"Is anything to be booked for '{words}'? Say what, and when.")
    past = told_of_others and re.search(r"\byesterday\b|\bago\b", same_length(spans.date or ""))
    if past or _begins(clause, _PAST) or any(re.search(one, clause) for one in _PASSED):
        raise Unclear("content", words, f"Is '{words}' over? Leave it out, or say what is to be booked.")
    absent = _begins(clause, _NEVER) or _FAILS.search(clause)
    if absent or (timed and (_begins(clause, _NOT) or _OFF.search(clause))):
        question = (
            f"'{words}' does not take place? Say 'Cancel …' to remove an event, or what is to be booked."
        )
        raise Unclear("content", words, question)


def _begins(clause: str, patterns: Sequence[str]) -> bool:
    return any(re.match(pattern, clause) for pattern in patterns)


def _shared_by_all(events: Sequence[EventSpans], text: str) -> None:
    """Ask whose `both tomorrow` and `each 30 minutes` are, unless every event has the words behind it."""
    if len(events) < 2 or not (match := _SHARED.search(text)):
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
    match = _AFTERWARDS.search(text.rstrip())
    if not match or any(match["what"] in _said(spans) for spans in events):
        return
    if not any(
        re.search(rf"\b{re.escape(word)}\b", _said(one)) for one in events for word in match["what"].split()
    ):
        raise Unclear("time", match["what"], f"When is '{match['what']}'?")


def _said(spans: EventSpans) -> str:
    return same_length(" ".join(str(value) for value in spans.model_dump().values() if value))
