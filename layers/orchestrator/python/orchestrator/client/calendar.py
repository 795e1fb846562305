"""Sentences, and the events they come to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal, TypedDict, Unpack, cast

from orchestrator.client.answers import Booked, Mention
from orchestrator.client.transport import Connection


class Sentence(TypedDict, total=False):
    """What else a sentence may be sent with; `timestamp` is now, and without a zone this machine's."""

    user_name: str
    user_email: str
    user_mentions: Sequence[Mention]
    timestamp: datetime
    location: str
    timezone: str
    locale: str
    dry_run: bool
    on_conflict: Literal["book", "reject"]
    fanout: Literal["owner", "participants"]
    idempotency_key: str


class CalendarCalls(Connection):
    """The call of `/api/v1/orchestrate/`."""

    def calendar(self, content: str, user_id: str, **options: Unpack[Sentence]) -> Booked:
        """Have the events of `content` booked, moved, cancelled or shown in the calendar of `user_id`.

        A question comes back as `needs_clarification`, half of a success as `partial`.

        Raises:
            RequestRefused: nothing could be done; its `body` has the fields of an answer.
            Unreachable: nothing answered.
        """
        fields: dict[str, Any] = dict(options)
        key = fields.pop("idempotency_key", None)
        now = cast("datetime", fields.pop("timestamp", None) or datetime.now().astimezone())
        at = now if now.tzinfo else now.astimezone()
        body = {"content": content, "user_id": user_id, "timestamp": at.isoformat(), **fields}
        headers = {"idempotency-key": key} if key else {}
        return cast("Booked", self._call("POST", "/api/v1/orchestrate/", json=body, headers=headers)[1])
