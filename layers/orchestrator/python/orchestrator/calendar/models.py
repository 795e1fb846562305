"""The request and the answer of `POST /api/v1/orchestrate/`, as documented, and what is added to them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    PlainSerializer,
    field_validator,
)

from orchestrator.calendar.phrases.zones import iana

Category = Literal[
    "internal_meeting",
    "external_meeting",
    "personal",
    "health",
    "travel",
    "finance",
    "deadline",
    "reminder",
    "focus",
    "other",
]
Priority = Literal["low", "medium", "high", "urgent"]
Operation = Literal["create", "reschedule", "cancel", "query"]
Status = Literal["success", "partial", "error", "needs_clarification"]

Instant = Annotated[AwareDatetime, PlainSerializer(datetime.isoformat, return_type=str, when_used="json")]
"""A moment that goes out with its offset, `+00:00` for UTC, as the document shows it, and never as `Z`."""

BOOKED = "Event is updated in respected calendars successfully!"
"""What the document answers when everything was booked, to the byte."""
MAX_CONTENT = 4000


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds the character U+0000, which no text in a table can")
    return text


Text = Annotated[str, AfterValidator(_storable)]
_YEARS = range(1900, 9000)
_LONGEST_ZONE = 64
"""Characters, twice those of the longest: the zones that were asked for are remembered."""


class Mention(BaseModel):
    """A person who takes part, whether the text names them or not."""

    user_id: Text = Field(min_length=1, max_length=128)
    user_name: Text = Field("", max_length=256)
    user_email: Text = Field("", max_length=320)


class CalendarRequest(BaseModel):
    """What to book, in words; unknown fields are ignored."""

    model_config = ConfigDict(extra="ignore")

    content: Text = Field(min_length=1, max_length=MAX_CONTENT, description="What to do, in plain words.")
    user_id: Text = Field(min_length=1, max_length=128, description="Any string, UUID or not.")
    user_name: Text = Field("", max_length=256)
    user_email: Text = Field("", max_length=320, description="A malformed address is a warning, no error.")
    user_mentions: list[Mention] = Field(default_factory=list[Mention], max_length=100)
    timestamp: AwareDatetime = Field(description="Now, where the user is: ISO 8601 with its offset.")
    location: Text | None = Field(None, max_length=1000, description="Where, if the text does not say it.")
    timezone: str | None = Field(None, description="IANA name; without it the offset of `timestamp` counts.")
    locale: str | None = Field(None, pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$", examples=["en-GB"])
    dry_run: bool = Field(False, description="Answer as usual, write nothing.")
    on_conflict: Literal["book", "reject"] = "book"
    fanout: Literal["owner", "participants"] = "owner"

    @field_validator("content")
    @classmethod
    def _says_something(cls, content: str) -> str:
        if not content.strip():
            raise ValueError("says nothing")
        return content

    @field_validator("timestamp")
    @classmethod
    def _is_of_our_time(cls, moment: datetime) -> datetime:
        if moment.year not in _YEARS:
            raise ValueError(f"is not of the years {_YEARS.start} to {_YEARS.stop - 1}")
        return moment

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str | None) -> str | None:
        if not name:
            return None
        if len(name) > _LONGEST_ZONE or (zone := iana(name)) is None:
            raise ValueError("is no IANA time zone, such as Europe/Berlin")
        return zone.name


class Event(BaseModel):
    """A booked event. The documented fields come first; the rest explains and extends them."""

    title: str
    description: str
    start_time: Instant
    end_time: Instant
    location: str | None
    category: Category
    user_id: str
    created_at: Instant
    updated_at: Instant
    priority: Priority
    participants: list[str]
    amount: float | None
    currency: str | None = None
    timezone: str = Field(description="The zone the event keeps when its offset changes.")
    all_day: bool = False
    cancelled: bool = Field(default=False, description="The text took it out of the calendar.")
    recurrence: str | None = Field(None, description="RFC 5545 RRULE value.")
    next_instances: list[Instant] = Field(default_factory=list[datetime])
    participants_detail: list[Mention] = Field(default_factory=list[Mention])
    unresolved_mentions: list[str] = Field(default_factory=list)
    assumed: list[str] = Field(default_factory=list, description="Fields the text did not settle.")
    warnings: list[str] = Field(default_factory=list)
    external_id: str | None = None


class Explanation(BaseModel):
    """The words a field came from; `words` is null when none did, and `rule` says what was done."""

    event: int
    field: str
    words: str | None
    rule: str | None = None


class Reading(BaseModel):
    """One thing that unclear words can mean, the likeliest first."""

    says: str
    start_time: Instant | None = None
    end_time: Instant | None = None
    recurrence: str | None = None


class Clarification(BaseModel):
    """A question that has to be answered before the event can be booked."""

    event: int
    field: str
    words: str | None
    question: str
    readings: list[Reading] = Field(default_factory=list[Reading])


class Slot(BaseModel):
    """A stretch of free time."""

    start_time: Instant
    end_time: Instant


class ConflictReport(BaseModel):
    """An event that meets others of the user's, and when it would not."""

    event: int
    with_events: list[str]
    alternatives: list[Slot]


class InsertResult(BaseModel):
    """What became of one event: what Supabase answered, or why it was not asked.

    `user_id` names whose row it is where every participant gets one.
    """

    success: bool
    status_code: int
    event_title: str
    data: Any = None
    error: Any = None
    user_id: Annotated[str | None, Field(exclude_if=lambda owner: owner is None)] = None


class SupabaseResults(BaseModel):
    """What became of each event, in the text's order."""

    total_events: int = 0
    successful: int = 0
    failed: int = 0
    results: list[InsertResult] = Field(default_factory=list[InsertResult])


class CalendarResponse(BaseModel):
    """The documented answer; the fields after `error` are ours."""

    response_text: str
    events: list[Event]
    supabase_results: SupabaseResults
    status: Status
    error: str | None
    operation: Operation = "create"
    degraded: bool = False
    dry_run: bool = False
    clarifications: list[Clarification] = Field(default_factory=list[Clarification])
    explanations: list[Explanation] = Field(default_factory=list[Explanation])
    conflicts: list[ConflictReport] = Field(default_factory=list[ConflictReport])
    warnings: list[str] = Field(default_factory=list)
