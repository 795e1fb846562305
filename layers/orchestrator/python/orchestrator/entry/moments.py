"""Moments in a query, read the same way by every route."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator

_BARE_OFFSET = re.compile(r"(:[0-9]{2}(?:\.[0-9]+)?) ([0-9]{2}:?[0-9]{2})$")


def _with_plus(value: object) -> object:
    # An offset written as it is, `+01:00`, arrives as a space: in a query a plus stands for one.
    return _BARE_OFFSET.sub(r"\1+\2", value) if isinstance(value, str) else value


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


Moment = Annotated[datetime, BeforeValidator(_with_plus), AfterValidator(_aware)]
"""A time as RFC 3339 writes it; without an offset it is UTC."""
