"""Who takes part: the writer first, then everybody who was listed, whether the text names them or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from orchestrator.calendar.models import CalendarRequest, Mention

# An address has an @ inside a word; a mention begins with it.
# The 's of `@Tom's brother` is none of Tom's name, the `Dr.` of `@Dr. Rao` is one of hers.
_AT = re.compile(
    r"(?<![\w.@])@(?:\"(?P<quoted>[^\"]+)\""
    r"|(?P<name>(?:(?:Dr|Mrs?|Ms|Prof)\. ?(?=[A-Z]))?\w+(?:[.-]\w+|['’](?!s\b)\w+)*))"
)
_TITLE = re.compile(r"(?:dr|mrs?|ms|prof)\. ?")


@dataclass(frozen=True, slots=True)
class People:
    """The participants with what is known of them, and the mentions nobody listed."""

    known: tuple[Mention, ...]
    unresolved: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """The participants' names, the writer's first; who has none is called by address or id."""
        return [person.user_name.strip() or person.user_email or person.user_id for person in self.known]


def find(text: str) -> Iterator[tuple[int, int]]:
    """Yield where mentions stand in `text`."""
    for match in _AT.finditer(text):
        yield match.span()


def participants(request: CalendarRequest, mentions: Iterable[str]) -> People:
    """Return who takes part in an event whose words mention `mentions`."""
    writer = Mention(user_id=request.user_id, user_name=request.user_name, user_email=request.user_email)
    people = (writer, *request.user_mentions)
    # Of somebody who is listed twice an entry with a name counts.
    named = {person.user_id: person for person in sorted(people, key=lambda person: bool(person.user_name))}
    known = [named[user_id] for user_id in dict.fromkeys(person.user_id for person in people)]
    unknown = {
        name: None for text in mentions if not _listed(name := text.strip().lstrip("@").strip('"'), known)
    }
    return People(tuple(known), tuple(unknown))


def longest_name(text: str, at: int, people: Sequence[Mention]) -> int:
    """Return where the mention that begins at `at` ends, taking in a listed name of several words."""
    rest = text[at + 1 :].casefold()
    full = (
        len(p.user_name) for p in people if " " in p.user_name and rest.startswith(p.user_name.casefold())
    )
    match = _AT.match(text, at)
    return max([at + 1 + length for length in full] + [match.end() if match else at + 1])


def _listed(name: str, people: Sequence[Mention]) -> bool:
    wanted = _TITLE.sub("", name.casefold())
    return any(
        wanted
        in {
            p.user_id.casefold(),
            p.user_email.casefold(),
            _handle(p),
            *_called(p, titled=wanted != name.casefold()),
        }
        for p in people
    )


def _called(person: Mention, *, titled: bool) -> set[str]:
    """Return what `person` may be called by: the full name, run together, too, or the first of it."""
    name = _TITLE.sub("", person.user_name.casefold())
    first, _, _ = name.partition(" ")
    last = {name.rpartition(" ")[2]} if titled else set[str]()
    return {name, name.replace(" ", ""), first, *last}


def _handle(person: Mention) -> str:
    return person.user_email.partition("@")[0].casefold()
