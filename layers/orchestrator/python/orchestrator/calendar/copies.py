"""One event in several calendars, as `fanout=participants` books it: its rows are found and changed together.

The asker's own row is changed last, and only if no other failed: sent again, the same text then finds the
event where it was and does the rest. All rows get one and the same time, so that none is moved twice by that.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence

from orchestrator.calendar.booking import at_once
from orchestrator.calendar.events import OURS
from orchestrator.calendar.ports import Copy, EventStore, StoredEvent, Written
from orchestrator.errors import Conflict, NotConfigured, NotFound, Unavailable, VendorError

_log = logging.getLogger(__name__)
HELD = Written(
    424,
    failure=Conflict("It stays as it is as long as another's row could not be changed."),
    # Not the whole text: what else it says may be done by now.
    warnings=("Your own row stays as it is until those of the others are changed: send this change again.",),
)
"""What becomes of the asker's row when another's failed."""


async def others(store: EventStore, row: StoredEvent, deadline: float) -> tuple[Copy, ...]:
    """Return the event's rows beside `row`; the store is not asked where there can be none.

    Raises:
        VendorError: the store refused or did not answer.
        NotConfigured: there is no store.
    """
    # What others write into that column may be no event's name: rows of two users may both be their first.
    name = row.external_id or ""
    if not name.startswith(OURS) or len(row.participants) < 2:
        return ()
    found = await store.copies(name, deadline=deadline)
    return tuple(copy for copy in found if copy.id != row.id)


async def left(store: EventStore, row: StoredEvent, deadline: float) -> tuple[str, ...]:
    """Return a warning about the rows that stay as they are when `row` alone is changed."""
    try:
        count = len(await others(store, row, deadline))
    except (VendorError, NotConfigured, Unavailable) as error:
        _log.warning("copies are not looked for: %s", error.message)
        return (f"Whether '{row.title}' is in other calendars as well is not known: only yours is changed.",)
    if not count:
        return ()
    where = f"{count} other calendar{'s'[: count != 1]}"
    return (
        f"'{row.title}' is in {where} as well and stays there as it was:"
        ' with "fanout": "participants" it is changed in all of them.',
    )


async def each(
    own: Copy, rest: Sequence[Copy], change: Callable[[Copy], Awaitable[Written]]
) -> list[tuple[str, Written]]:
    """Change every row, those of others at most five at a time and each alone; return what became of them."""
    written = await at_once(change(copy) for copy in rest)
    # A row that is gone needs no second try.
    failed = any(row.failure and not isinstance(row.failure, NotFound) for row in written)
    mine = HELD if failed else await change(own)
    return list(zip((copy.owner for copy in (*rest, own)), (*written, mine), strict=True))
