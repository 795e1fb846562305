"""Time zones: which one words name, and which instant a wall clock shows in it.

Rules: an event is in the zone its text names, else in the caller's (IANA name, else the offset of the
timestamp). An abbreviation that several countries use is settled by the caller's own zone, else by the
locale, else it is a question. So is `EST` for a day on which New York keeps `EDT`. A wall time that the
spring change skips moves on by what was skipped, one that the autumn change repeats is the first of the two
(RFC 5545, 3.3.5); both are told as a warning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

# Each abbreviation with the regions that use it; the country of a locale tells them apart.
_SHARED: dict[str, dict[str, str]] = {
    "ist": {"IN": "Asia/Kolkata", "IE": "Europe/Dublin", "IL": "Asia/Jerusalem"},
    "cst": {"US": "America/Chicago", "CN": "Asia/Shanghai", "CU": "America/Havana"},
    "bst": {"GB": "Europe/London", "BD": "Asia/Dhaka"},
    "ast": {"CA": "America/Halifax", "SA": "Asia/Riyadh"},
    "sst": {"AS": "Pacific/Pago_Pago", "SG": "Asia/Singapore"},
}
_SEASONAL = {
    **dict.fromkeys(("est", "edt"), "America/New_York"),
    "cdt": "America/Chicago",
    **dict.fromkeys(("mst", "mdt"), "America/Denver"),
    **dict.fromkeys(("pst", "pdt"), "America/Los_Angeles"),
    **dict.fromkeys(("akst", "akdt"), "America/Anchorage"),
    **dict.fromkeys(("cet", "cest"), "Europe/Berlin"),
    **dict.fromkeys(("eet", "eest"), "Europe/Athens"),
    **dict.fromkeys(("wet", "west"), "Europe/Lisbon"),
    **dict.fromkeys(("aest", "aedt"), "Australia/Sydney"),
    **dict.fromkeys(("nzst", "nzdt"), "Pacific/Auckland"),
}
_PLAIN = {
    "et": "America/New_York",
    "ct": "America/Chicago",
    "mt": "America/Denver",
    "pt": "America/Los_Angeles",
    "jst": "Asia/Tokyo",
    "kst": "Asia/Seoul",
    "sgt": "Asia/Singapore",
    "hkt": "Asia/Hong_Kong",
    "msk": "Europe/Moscow",
    "awst": "Australia/Perth",
    "hst": "Pacific/Honolulu",
    "eastern": "America/New_York",
    "central": "America/Chicago",
    "mountain": "America/Denver",
    "pacific": "America/Los_Angeles",
    "central european": "Europe/Berlin",
    "uk": "Europe/London",
    "british": "Europe/London",
    "japan": "Asia/Tokyo",
    "japanese": "Asia/Tokyo",
    "indian": "Asia/Kolkata",
    "chinese": "Asia/Shanghai",
    "german": "Europe/Berlin",
    "french": "Europe/Paris",
    "swiss": "Europe/Zurich",
    "california": "America/Los_Angeles",
    "texas": "America/Chicago",
    "arizona": "America/Phoenix",
    "hawaii": "Pacific/Honolulu",
    "india": "Asia/Kolkata",
    "san francisco": "America/Los_Angeles",
    "seattle": "America/Los_Angeles",
    "boston": "America/New_York",
    "miami": "America/New_York",
    "mumbai": "Asia/Kolkata",
    "delhi": "Asia/Kolkata",
    "beijing": "Asia/Shanghai",
    "munich": "Europe/Berlin",
    "barcelona": "Europe/Madrid",
}
_CONTINENTS = {"Africa", "America", "Asia", "Australia", "Europe", "Pacific", "Atlantic"}
_LONG = "eastern|central european|central|mountain|pacific|uk|japan|india"
_BARE = "eastern|central|mountain|pacific"
_SHORT = "|".join(
    sorted(
        (*_SHARED, *_SEASONAL, *(word for word in _PLAIN if len(word) <= 4 and word != "uk")),
        key=len,
        reverse=True,
    )
)
OFFSET = r"[+-](?:0?\d|1[0-4])(?::?[0-5]\d)?"
ZONE = (
    rf"(?:(?:utc|gmt)(?: ?{OFFSET})?|zulu time|[a-z]{{3,12}}/[a-z_]+(?:/[a-z_]+)?"
    rf"|(?:{_LONG})(?: standard| daylight)? time"
    rf"|(?:{_BARE})(?=[,.;)\x00]| [\x00]|$| (?:today|tomorrow|on|next|this|for)\b)"
    rf"|{_SHORT}|[a-z]+(?: [a-z]+)? time)"
)


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone and the name it goes by: an IANA name, `UTC`, or an offset like `+02:00`."""

    name: str
    tz: tzinfo


UTC_ZONE = Zone("UTC", UTC)


@cache
def iana(name: str) -> Zone | None:
    """Return the zone of an IANA name, whatever its letters' case; `None` when there is none."""
    if not name:
        return None
    if name.casefold() in {"utc", "gmt", "etc/utc", "z"}:
        return UTC_ZONE
    try:
        return Zone(name, ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = next((key for key in available_timezones() if key.casefold() == name.casefold()), None)
        return Zone(known, ZoneInfo(known)) if known else None


def fixed(offset: timedelta) -> Zone:
    """Return the zone that is always `offset` ahead of UTC."""
    if not offset:
        return UTC_ZONE
    sign, minutes = ("-", -offset) if offset < timedelta() else ("+", offset)
    hours, rest = divmod(int(minutes.total_seconds()) // 60, 60)
    return Zone(f"{sign}{hours:02}:{rest:02}", timezone(offset))


def of_instant(instant: datetime) -> Zone:
    """Return the fixed zone of the offset that `instant` carries."""
    return fixed(instant.utcoffset() or timedelta())


def named(words: str, day: date, caller: Zone, locale: str | None) -> list[Zone]:
    """Return the zones that `words` can mean on `day`, best first; none when they name none."""
    words = re.sub(r" (?:standard |daylight )?time$", "", words.strip(" ()").lower())
    if words in {"my", "our"}:
        return [caller]
    if words in _SHARED:
        return _shared(words, caller, locale)
    if words in _SEASONAL:
        return _seasonal(words, day, caller)
    zone = _offset(words) or _place(words)
    return [zone] if zone else []


def _shared(words: str, caller: Zone, locale: str | None) -> list[Zone]:
    regions = _SHARED[words]
    if _keeps(caller, words):
        return [caller]
    country = (locale or "").replace("_", "-").rpartition("-")[2].upper()
    names = [regions[country]] if country in regions else list(regions.values())
    return [zone for name in names if (zone := iana(name))]


def _seasonal(words: str, day: date, caller: Zone) -> list[Zone]:
    """Read `EST` and its like: the region whose clock shows it on `day`, else region or strict offset.

    On the day of a change the abbreviation itself tells which of two equal wall times is meant.
    """
    region = caller if _keeps(caller, words) else iana(_SEASONAL[words])
    strict = _offset_called(region, words, day.year) if region else None
    if region is None or strict is None:
        return [region] if region else []
    before, after = (
        datetime.combine(day, clock, tzinfo=region.tz).utcoffset() for clock in (time(), time(23))
    )
    if before != after:
        return [fixed(strict)]
    return [region] if region is caller or before == strict else [region, fixed(strict)]


def out_of_season(words: str, moment: datetime, zone: Zone) -> str | None:
    """Return a warning where `words` name the other half of the year of a zone: `CEST` in November."""
    strict = _offset_called(zone, words.lower(), moment.year) if words.lower() in _SEASONAL else None
    if strict in {None, moment.utcoffset()}:
        return None
    return f"{zone.name} does not keep {words.upper()} on {moment:%Y-%m-%d}; its own clock counts."


def _keeps(zone: Zone, abbreviation: str) -> bool:
    return _offset_called(zone, abbreviation, 2026) is not None


def _offset_called(zone: Zone, abbreviation: str, year: int) -> timedelta | None:
    for month in (1, 7):
        moment = datetime(year, month, 15, 12, tzinfo=zone.tz)
        if (moment.tzname() or "").casefold() == abbreviation:
            return moment.utcoffset()
    return None


def _offset(words: str) -> Zone | None:
    match = re.fullmatch(r"(?:utc|gmt|z|zulu)? ?(?:([+-])(\d{1,2}):?(\d{2})?)?", words)
    if not match:
        return None
    sign, hours, minutes = match.groups()
    shift = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    return fixed(-shift if sign == "-" else shift)


def _place(words: str) -> Zone | None:
    if words in _PLAIN:
        return iana(_PLAIN[words])
    return iana(words if "/" in words else _cities().get(words, ""))


@cache
def _cities() -> dict[str, str]:
    names = sorted(name for name in available_timezones() if name.split("/")[0] in _CONTINENTS)
    return {name.rpartition("/")[2].replace("_", " ").lower(): name for name in names}


def like(start: datetime, first: datetime, last: datetime, zone: Zone, *, all_day: bool) -> datetime:
    """Return when what lasts from `first` to `last` ends if it begins at `start`.

    Hours last as they pass; whole days as the calendar counts them, however many hours they have.
    """
    if not all_day:
        return (start.astimezone(UTC) + (last.astimezone(UTC) - first.astimezone(UTC))).astimezone(zone.tz)
    days = last.astimezone(zone.tz).date() - first.astimezone(zone.tz).date()
    return at(start.astimezone(zone.tz).date() + days, time(), zone)[0]


def at(day: date, clock: time, zone: Zone) -> tuple[datetime, str | None]:
    """Return the instant at which `zone` shows `clock` on `day`, and a warning where the clocks change."""
    wall = datetime.combine(day, clock, tzinfo=zone.tz)
    real = wall.astimezone(UTC).astimezone(zone.tz)
    if real.replace(tzinfo=None) != wall.replace(tzinfo=None):
        return (
            real,
            f"{clock:%H:%M} does not exist on {day} in {zone.name}: the clocks skip it, {real:%H:%M} counts",
        )
    if wall.replace(fold=1).utcoffset() != wall.utcoffset():
        return wall, f"{clock:%H:%M} comes twice on {day} in {zone.name}: the first of the two is meant."
    return wall, None
