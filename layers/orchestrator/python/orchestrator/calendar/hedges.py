"""Sentences that speak of moving or cancelling without ordering it: `don't`, `should I`, `if it rains`.

Told from the words before the verb, whoever has found it: a model takes `remind me to cancel yoga` for an
order as readily as a rule does.
"""

from __future__ import annotations

from orchestrator.calendar.outcomes import Unclear
from orchestrator.calendar.phrases.readings import compiled
from orchestrator.calendar.phrases.words import same_length
from orchestrator.calendar.sentences import FILLERS, Said
from orchestrator.calendar.spans import EventSpans

_VERB = (
    r"\b(?:cancel|call(?:ing|ed)? off|delet|remov|mov(?:e|ing)|reschedul|postpon|prepon|push|shift|delay"
    r"|put(?:ting)? off|scrap|skip|drop|chang|bring|bump|clear|swap|switch)\w*"
)
_IF = r"(?:if|unless|in case|provided)\b(?! (?:possible|you (?:can|could)|(?:it|that)(?:'s| is)))"
_HEDGED = (
    # "I don't feel well, please cancel yoga" is an order.
    r"\b(?:don't|dont|do not|never|no need to)\b(?![^,.;]{0,30}\b(?:so|please|then)\b)[^,.;]{0,30}$",
    r"\b(?:\w+n't|cannot)(?: [\w']+ly| yet| ever| to)? $",
    r"\bnot (?:(?:to|yet|going|planning|wanting|want|really|have|need|ever|sure|if|whether|i|we|should) )*$",
    r"\b(?:remind|nudge|ping) (?:me|us)\b|\b(?:forget|remember|reminder) to\b|\bto-?do ?:|\btask ?:",
    r"\b(?:might|maybe|perhaps|possibly|probably|almost|nearly|already|whether)\b[^,.;]{0,40}$",
    r"\b(?:thinking (?:of|about)|consider(?:ing)?|wonder(?:ing)?|wish|hop(?:e|ing))\b[^,.;]{0,40}$",
    r"\b(?:could|should|would|might) have\b[^,.;]{0,20}$|\bshould (?:i|we|he|she|they)\b[^.;]{0,40}$",
    r"\b(?:ask|tell) (?!me\b)[\w@']+ (?:to|if|whether|that)\b[^,.;]{0,40}$",
    rf"(?:^|[,:] ?){_IF}",
)
_ASKS = (
    r"(?:should|shall|did|why|whether|if(?= (?:i|we) (?:should|can))"
    r"|(?:does|has|have|had|was|were) (?:i|we|he|she|they|you|the|my|our|it|any\w*|some\w*)"
    r"|do (?:i|we|they|you(?! think you))"
    r"|(?:is|are|am)(?! you able| (?:it|there) (?:a |any )?(?:ok|okay|poss|fine|alright|way|chance)) [\w']+"
    r"|(?:what|when|who|how|where|which)(?! about)\b[^,]*\?|what if"
    r"|would (?!you\b|u\b|it be)|will (?!you\b|u\b)|(?:can|could) (?:the|my|our|it|he|she|they))\b"
)
_ON_CONDITION = rf"(?:^|[ ,]){_IF}|\bor (?:not|should)\b"


def ask_whether_ordered(spans: EventSpans, said: Said) -> None:
    """Ask where the text does not order the change `spans` names, but forbids, asks or supposes it.

    Raises:
        Unclear: it does not.
    """
    at = said.place_of(spans)
    sentence = said.sentence(at)
    text = said.text[sentence]
    # The verb is the last one before the name, or the first: "Yoga on Friday, should I cancel it?"
    verbs = list(compiled(_VERB).finditer(text))
    verb = next((one for one in reversed(verbs) if one.start() <= at - sentence.start), None)
    if not (verb := verb or next(iter(verbs), None)):
        return
    before, behind = text[: verb.start()], text[verb.end() :].replace(same_length(spans.title or "\0"), "")
    begins = {0, before.rfind(",") + 1}
    if (
        any(compiled(pattern).search(before) for pattern in _HEDGED)
        or any(compiled(_ASKS).match(text[_behind_fillers(text, begin) :]) for begin in begins)
        or compiled(_ON_CONDITION).search(behind)
    ):
        words, act = text.strip(" ,.;!\n"), "moved" if spans.operation == "reschedule" else "cancelled"
        order = "move … to …" if act == "moved" else "cancel …"
        raise Unclear("content", words, f"Is anything to be {act} now ('{words}')? Then say '{order}' alone.")


def _behind_fillers(text: str, begin: int) -> int:
    filler = FILLERS.match(text, begin)
    return filler.end() if filler else begin
