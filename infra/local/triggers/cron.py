"""EventBridge Scheduler expressions.

Source: "Schedule types in EventBridge Scheduler": `cron(min hour dom month dow year)`, `rate(n unit)`,
`at(yyyy-mm-ddThh:mm:ss)`, each in a time zone. Days of the week count from 1 = Sunday there.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from infra.local.errors import RunnerError

_EXPRESSION = re.compile(r"(cron|rate|at)\((.*)\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


def next_fire(expression: str, zone: str, after: datetime, anchor: datetime) -> datetime | None:
    """Return the first time strictly after `after`, or None when there is none.

    `anchor` is when the schedule was made: rates count from it. Both are aware.

    Raises:
        RunnerError: the expression or the zone is not valid.
    """
    match = _EXPRESSION.fullmatch(expression.strip())
    if not match:
        raise RunnerError(f"schedule {expression!r} is not cron(…), rate(…) or at(…)")
    try:
        tz = ZoneInfo(zone)
        kind, body = match.groups()
        if kind == "at":
            moment = datetime.fromisoformat(body).replace(tzinfo=tz)
            return moment if moment > after else None
        return _next_rate(body, after, anchor) if kind == "rate" else _next_cron(body, tz, after)
    except (ValueError, KeyError, ZoneInfoNotFoundError) as error:
        raise RunnerError(f"schedule {expression!r} in {zone!r} is not valid: {error}") from error


def _next_rate(body: str, after: datetime, anchor: datetime) -> datetime:
    number, unit = body.split()
    step = int(number) * _SECONDS[unit.removesuffix("s")]
    if step <= 0:
        raise ValueError("a rate is positive")
    passed = (after - anchor).total_seconds()
    return anchor + timedelta(seconds=(max(0, int(passed // step)) + 1) * step)


def _next_cron(body: str, tz: ZoneInfo, after: datetime) -> datetime | None:
    from croniter import croniter
    from croniter.croniter import CroniterBadDateError

    minute, hour, day, month, weekday, year = body.split()
    weekday = re.sub(r"(?<![#\dL/])(\d)", lambda found: str(int(found[1]) - 1), weekday)
    weekday = re.sub(r"(\d)L", r"L\1", weekday)
    fields = [field.replace("?", "*") for field in (minute, hour, day, month, weekday)]
    start = after.astimezone(tz)
    try:
        return (
            croniter(" ".join([*fields, "0", year.replace("?", "*")]), start)
            .get_next(datetime)
            .astimezone(UTC)
        )
    except CroniterBadDateError:
        return None
