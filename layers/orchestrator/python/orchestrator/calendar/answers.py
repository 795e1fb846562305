"""The documented answer, from what became of each event of a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from orchestrator.calendar.booking import Done
from orchestrator.calendar.models import (
    BOOKED,
    CalendarResponse,
    Clarification,
    ConflictReport,
    Event,
    Explanation,
    Operation,
    Status,
    SupabaseResults,
)
from orchestrator.calendar.saying import said
from orchestrator.errors import OrchestratorError

PREVIEW = "Nothing was written; this is what would be done."
UNCLEAR = "Nothing was booked yet."
UNCHANGED = "Nothing was changed yet."
EMPTY = "The calendar shows nothing there."
NAMELESS = "No event called '{}' was found."
MOST_TOLD = 10
"""Found events that are told in words; `events` has the others, too."""
_VERBS: dict[Operation, str] = {
    "query": "Found",
    "cancel": "Cancelled",
    "reschedule": "Moved",
    "create": "Booked",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer. `failure` is why nothing of the request could be done; `replayed`: it was given before.

    `final`: the request must not be done again. That is so for a success, and for a part of it that moved or
    cancelled something: by then it is elsewhere or gone, and would be moved twice or not be found.
    """

    response: CalendarResponse
    failure: OrchestratorError | None = None
    replayed: bool = False
    final: bool = False


@dataclass(frozen=True, slots=True)
class Notes:
    """What an answer says beside what became of the events."""

    operation: Operation = "create"
    degraded: bool = False
    dry_run: bool = False
    explanations: Sequence[Explanation] = ()
    conflicts: Sequence[ConflictReport] = ()
    warnings: Sequence[str] = ()


def unclear(questions: Sequence[Clarification], notes: Notes) -> Answer:
    """Return the answer to a text that leaves something open."""
    asked = " ".join(question.question for question in questions[:3])
    text = f"{UNCLEAR if notes.operation == 'create' else UNCHANGED} {asked}"
    return Answer(_response(text, "needs_clarification", [], notes, clarifications=questions))


def settled(done: Sequence[Done], notes: Notes) -> Answer:
    """Return the answer once every event has had its turn; `done` is in the text's order."""
    notes = replace(notes, warnings=list(dict.fromkeys([*notes.warnings, *_warnings(done)])))
    results = [result for one in done for result in one.results]
    good = sum(result.success for result in results)
    tally = SupabaseResults(
        total_events=len(results), successful=good, failed=len(results) - good, results=results
    )
    failed = [one for one in done if one.failure]
    if not failed:
        return Answer(_response(_told(done, notes), "success", done, notes, tally), final=True)
    failure = failed[0].failure
    why = " ".join(_failed(one) for one in failed)
    error = failure.message if failure else why
    if any(one.events for one in done):
        changed = any(
            one.events and one.operation in {"reschedule", "cancel"} and not one.repeatable for one in done
        )
        response = _response(f"{_listed(done)} {why}", "partial", done, notes, tally, error=error)
        return Answer(response, final=changed)
    return Answer(_response(why, "error", [], notes, tally, error=error), failure)


def _warnings(done: Sequence[Done]) -> Iterator[str]:
    for one in done:
        yield from one.warnings


def _told(done: Sequence[Done], notes: Notes) -> str:
    if notes.dry_run:
        return f"{PREVIEW} {_listed(done)}"
    return BOOKED if all(one.operation == "create" for one in done) else _listed(done)


def _listed(done: Sequence[Done]) -> str:
    """Return what was done, as one sentence for each kind of it."""
    sentences: list[str] = []
    for operation, verb in _VERBS.items():
        parts = [times(event) for one in done if one.operation == operation for event in one.events]
        if operation == "query":
            sentences += [NAMELESS.format(one.nameless) for one in done if one.nameless]
        if operation == "query" and len(parts) > MOST_TOLD:
            parts = [*parts[:MOST_TOLD], f"and {len(parts) - MOST_TOLD} more"]
        if parts:
            sentences.append(f"{verb}: {'; '.join(parts)}.")
        elif operation == "query" and any(one.operation == "query" and not one.nameless for one in done):
            sentences.append(EMPTY)
    return " ".join(sentences)


def _told_apart(one: Done) -> Iterator[Event]:
    gone = {"cancelled": one.operation == "cancel"}
    return (event.model_copy(update=gone) for event in one.events)


def _failed(one: Done) -> str:
    title = one.results[0].event_title if one.results else "It"
    why = one.failure.message.rstrip(".") if one.failure else ""
    where = " in every calendar" if one.events else ""
    return f"Not {_VERBS[one.operation].lower()}{where}: '{title}' ({why})."


def times(event: Event) -> str:
    """Return an event and when it is, in words."""
    when = said(event.start_time, event.end_time, event.timezone, all_day=event.all_day)
    return f"{event.title}: {when}"


def _response(
    text: str,
    status: Status,
    done: Sequence[Done],
    notes: Notes,
    tally: SupabaseResults | None = None,
    *,
    error: str | None = None,
    clarifications: Sequence[Clarification] = (),
) -> CalendarResponse:
    return CalendarResponse(
        response_text=text,
        events=[event for one in done for event in _told_apart(one)],
        supabase_results=tally or SupabaseResults(),
        status=status,
        error=error,
        operation=notes.operation,
        degraded=notes.degraded,
        dry_run=notes.dry_run,
        clarifications=list(clarifications),
        explanations=list(notes.explanations),
        conflicts=list(notes.conflicts),
        warnings=list(notes.warnings),
    )
