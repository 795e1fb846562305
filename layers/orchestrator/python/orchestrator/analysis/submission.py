"""What was submitted, checked and turned into requests."""

from __future__ import annotations

import base64
import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.analysis.models import Analysis, Batch, Mode
from orchestrator.analysis.ports import Reference
from orchestrator.analysis.requests import ProcessRequest
from orchestrator.errors import InvalidInput
from orchestrator.idempotency import request_key
from orchestrator.jobs.service import new_id

MIN_LENGTH = 10
MAX_BYTES = 300_000
"""Of a text with the white space around it, in UTF-8: an item of the table holds 400 KB."""


@dataclass(frozen=True, slots=True)
class Submission:
    """One or several texts that somebody wants to have analysed.

    `batch` tells whether they came as `texts`. `key` is the caller's idempotency key, `also` another one that
    stands for the same from now on. `webhook_secrets` are plain, the current one first.
    """

    texts: tuple[str, ...]
    mode: Mode = "sequential"
    batch: bool = False
    webhook_url: str | None = None
    webhook_secrets: tuple[str, ...] = ()
    key: str | None = None
    also: str | None = None
    correlation_id: str = ""

    @classmethod
    def of(
        cls, request: ProcessRequest, *, key: str | None, also: str | None = None, correlation_id: str
    ) -> Submission:
        """Return what a body asks for."""
        return cls(
            texts=tuple(request.texts or (request.text or "",)),
            mode=request.orchestration_mode,
            batch=request.texts is not None,
            webhook_url=request.webhook_url,
            webhook_secrets=tuple(request.webhook_secret or ()),
            key=key,
            also=also,
            correlation_id=correlation_id,
        )

    @property
    def fingerprint(self) -> str:
        """What tells it from another submission. Of the secrets nothing is kept, not even in a hash."""
        said = {"texts": self.texts, "mode": self.mode, "batch": self.batch, "webhook_url": self.webhook_url}
        return request_key("analysis.process", said)

    def new_id(self) -> str:
        """Return a new id for it: of its one request, or of the batch."""
        return new_id("batch" if self.batch else "req")


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a submission: the id to ask for, and what was accepted just now, if it was."""

    identifier: str
    accepted: Sequence[Analysis] = ()
    batch: Batch | None = None
    replayed: bool = False


def check(submission: Submission, max_length: int) -> None:
    """Check each text: its length without what surrounds it, and that it can be written as UTF-8.

    Raises:
        InvalidInput: a text is too short, too long or broken; names its place.
    """
    for number, text in enumerate(submission.texts):
        _check(text, f"texts[{number}]" if submission.batch else "text", max_length)


def _check(text: str, field: str, max_length: int) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise InvalidInput(
            f"{field}: half of a surrogate pair at character {error.start}, which is no character",
            hint="Send the text as UTF-8; a character beyond U+FFFF is escaped as two \\u sequences.",
            field=field,
        ) from error
    length = len(trimmed(text))
    if length < MIN_LENGTH:
        raise InvalidInput(
            f"{field}: {length} characters, white space around them not counted; at least {MIN_LENGTH}",
            hint="Send a longer text.",
            field=field,
        )
    if length > max_length:
        raise InvalidInput(
            f"{field}: {length} characters; at most {max_length} are analysed (MAX_TEXT_LENGTH)",
            hint="Send less, or send it in parts as `texts`.",
            field=field,
        )
    if size > MAX_BYTES:
        raise InvalidInput(
            f"{field}: {size} bytes with the white space around it; at most {MAX_BYTES}",
            hint="Leave out the white space.",
            field=field,
        )


def trimmed(text: str) -> str:
    """Return `text` without white space and control characters at its ends, which say nothing."""
    start, end = 0, len(text)
    while start < end and _is_blank(text[start]):
        start += 1
    while end > start and _is_blank(text[end - 1]):
        end -= 1
    return text[start:end]


def _is_blank(character: str) -> bool:
    # Cc and Cf: controls and invisible marks, such as a byte order mark; Z: every kind of space.
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf", "Zs", "Zl", "Zp"}


def child_ids(batch_id: str, count: int) -> tuple[str, ...]:
    """Return the ids of a batch's requests: always the same, so that an interrupted batch is never doubled.

    They can be guessed by nobody who does not know the batch's own id, which is as unguessable.
    """
    return tuple(f"req_{_derived(batch_id, number)}" for number in range(count))


def _derived(batch_id: str, number: int) -> str:
    digest = hashlib.sha256(f"{batch_id}#{number}".encode()).digest()
    return base64.b32encode(digest[:15]).decode().lower()


def reference_to(analysis: Analysis) -> Reference:
    """Return what queues and state machines are told of a request."""
    return Reference(analysis.tenant, analysis.request_id, analysis.mode, analysis.correlation_id)
