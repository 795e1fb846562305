"""Listing a tenant's requests by page number or by cursor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.analysis.models import FINAL, Analysis, Status
from orchestrator.analysis.outcome import Standing
from orchestrator.analysis.ports import AnalysisStore, Query
from orchestrator.analysis.reading import Results
from orchestrator.errors import InvalidInput

DEPTH = 1000
"""Entries that can be reached by page number: each page reads those before it, where a cursor does not."""
_TOGETHER = 25


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to list. `page` counts from 1; a cursor takes its place. Times are Unix seconds, both included."""

    size: int
    page: int | None = None
    cursor: str | None = None
    status: Status | None = None
    since: float | None = None
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One page, and the cursor to the next one."""

    shown: Sequence[Standing]
    cursor: str | None


class Listing:
    """Lists requests, newest first."""

    def __init__(self, store: AnalysisStore, results: Results) -> None:
        """Keep the store, and what tells how a request stands."""
        self._store = store
        self._results = results

    async def list(self, tenant: str, wanted: Wanted) -> Listed:
        """Return one page of the tenant's requests.

        How a request stands that is not settled is told by its agents, which are no part of the list: with a
        `status`, a page may therefore hold fewer entries than it could.

        Raises:
            InvalidInput: the page lies too deep, the range is empty, or the cursor is none of ours.
        """
        skipped = _skipped(wanted)
        if wanted.since is not None and wanted.until is not None and wanted.until < wanted.since:
            raise InvalidInput("`until` lies before `since`.", hint="Swap them.", field="query.until")
        settled = wanted.status if wanted.status in FINAL or wanted.status is None else "pending"
        dead_at = self._results.dead_at() if wanted.status in FINAL else None
        page = await self._store.page(
            Query(tenant, skipped + wanted.size, settled, wanted.since, wanted.until, wanted.cursor, dead_at)
        )
        shown = await self._as_they_stand(tenant, page.found[skipped:])
        if wanted.status:
            shown = [one for one in shown if one.status == wanted.status]
        return Listed(shown, page.cursor)

    async def _as_they_stand(self, tenant: str, listed: Sequence[Analysis]) -> list[Standing]:
        """Look up what is not settled: 25 a call, and at most four calls for the largest page."""
        open_ids = [one.request_id for one in listed if one.status not in FINAL]
        known: dict[str, Standing] = {}
        for start in range(0, len(open_ids), _TOGETHER):
            found = await self._results.many(tenant, tuple(open_ids[start : start + _TOGETHER]))
            known |= {one.analysis.request_id: one for one in found}
        # What was deleted meanwhile is left out.
        return [
            known.get(one.request_id) or self._results.standing((one, {}))
            for one in listed
            if one.status in FINAL or one.request_id in known
        ]


def _skipped(wanted: Wanted) -> int:
    if wanted.page is None or wanted.cursor:
        if wanted.page not in (None, 1):
            raise InvalidInput(
                "query.page: not together with a cursor", hint="Leave one of them out.", field="query.page"
            )
        return 0
    skipped = (wanted.page - 1) * wanted.size
    if skipped + wanted.size > DEPTH:
        raise InvalidInput(
            f"query.page: pages reach the newest {DEPTH} requests",
            hint="Go on with `cursor`: each page's `next_cursor` leads to the one that follows.",
            field="query.page",
        )
    return skipped
