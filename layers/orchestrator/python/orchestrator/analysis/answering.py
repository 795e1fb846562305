"""What a submission is answered with."""

from __future__ import annotations

import asyncio
import logging

from orchestrator.analysis.lists import BatchAcceptedView, BatchView
from orchestrator.analysis.reading import BATCH, Results
from orchestrator.analysis.submission import Submitted
from orchestrator.analysis.views import AcceptedView, ResultView
from orchestrator.errors import Unavailable

logger = logging.getLogger(__name__)

Finished = ResultView | BatchView
Accepted = AcceptedView | BatchAcceptedView

_HEAD_START = 0.1
"""Seconds for which a request that was just accepted is left alone."""


async def answer(results: Results, submitted: Submitted, tenant: str, seconds: float) -> Finished | Accepted:
    """Return the finished request, waiting up to `seconds` for it, or what tells where to look for it.

    A batch is not waited for. What was accepted just now is not read again, and its id is told in any case.

    Raises:
        NotFound: it was deleted meanwhile.
        Unavailable: how a request stands that was accepted earlier cannot be read for the moment.
    """
    if submitted.identifier.startswith(BATCH):
        return await _of_batch(results, submitted, tenant)
    if submitted.accepted and seconds <= 0:
        return just_accepted(results, submitted)
    if submitted.accepted:
        # No model answers sooner, and looking takes time from those who work.
        head_start = min(seconds, _HEAD_START)
        await asyncio.sleep(head_start)
        seconds -= head_start
    try:
        shown = await results.watch(tenant, submitted.identifier, seconds)
    except Unavailable as error:
        if not submitted.accepted:
            raise
        # Whoever was told that nothing went would send the text again, and have it analysed twice.
        logger.warning("%s is accepted, but cannot be watched: %s", submitted.identifier, error)
        shown = results.accepted(submitted.accepted[0])
    return ResultView.of(shown) if shown.is_final else AcceptedView.of(shown)


def just_accepted(results: Results, submitted: Submitted) -> Accepted:
    """Return what tells where to look for what was accepted a moment ago. Nothing is read."""
    shown = [results.accepted(analysis) for analysis in submitted.accepted]
    return BatchAcceptedView.of(submitted.batch, shown) if submitted.batch else AcceptedView.of(shown[0])


async def _of_batch(results: Results, submitted: Submitted, tenant: str) -> Finished | Accepted:
    if submitted.batch:
        return just_accepted(results, submitted)
    batch, shown = await results.batch(tenant, submitted.identifier)
    ended = all(one.is_final for one in shown)
    return BatchView.of(batch, shown) if ended else BatchAcceptedView.of(batch, shown)
