"""What a table of events was found to lack, so that it is left out from then on."""

from __future__ import annotations

import re
import time

from orchestrator.integrations import supabase_errors as errors
from orchestrator.integrations.postgrest import Reply
from orchestrator.integrations.supabase_rows import EXTRAS, TENANT

REMEMBERED = 300.0
"""Seconds for which a missing column is remembered, so that one added later is used without a redeploy."""
UNIQUE = "on_conflict"
"""What the lack of the unique index is called among the names of columns."""
_OPTIONAL = frozenset({*EXTRAS, TENANT})
# Of "column events.tenant does not exist" and "Column 'tenant' of relation 'events' does not exist".
_TABLE = re.compile(r"\w+\"?\.|\bof\b.*", re.DOTALL)


class Lacks:
    """Names of columns, and `UNIQUE`."""

    def __init__(self) -> None:
        """Know of nothing."""
        self._found: frozenset[str] = frozenset()
        self._since = 0.0

    def recent(self) -> frozenset[str]:
        """Return what was found, unless that is long ago."""
        # Wall-clock time: a frozen Lambda's monotonic clock stands still.
        if self._found and time.time() - self._since > REMEMBERED:
            self._found = frozenset()
        return self._found

    def learn(self, reply: Reply) -> frozenset[str]:
        """Return what `reply` says that the table lacks, and remember it."""
        named = _named(reply)
        if named:
            self._found |= named
            self._since = time.time()
        return named


def _named(reply: Reply) -> frozenset[str]:
    if reply.code == errors.NO_CONSTRAINT:
        return frozenset({UNIQUE})
    if reply.code not in errors.NO_COLUMN:
        return frozenset()
    # A table may be called like a column.
    said = _TABLE.sub("", str((reply.error or {})["message"]))
    return _OPTIONAL.intersection(re.findall(r"\w+", said))
