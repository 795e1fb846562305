"""Letting a request in once: twins, dead processes, stale answers."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.errors import Conflict, KeyReused, Unavailable
from orchestrator.idempotency import RETENTION, Claim, Record, StaleAfter
from orchestrator.idempotency.admission import Admission
from orchestrator.jobs.models import Ending
from tests.fakes.idempotency import MemoryIdempotency, a_claim

NOW = 1_795_174_154.5


class Door:
    """An admission on a store in memory, with everything it asks for set by hand."""

    def __init__(self) -> None:
        self.now = NOW
        self.store = MemoryIdempotency()
        self.changes: dict[StaleAfter, float] = {}
        self.endings: dict[str, Ending] = {}
        self.asked: list[tuple[str, str]] = []
        self.admission = Admission(self.store, self._changed_since, self._ending_of, clock=lambda: self.now)

    async def admit(
        self, claim: Claim, stale_after: StaleAfter | None = None, patience: float = 0, *, fresh: bool = False
    ) -> Claim | Record:
        return await self.admission.admit(claim, stale_after, patience, fresh=fresh)

    async def done(self, claim: Claim, response: dict[str, Any] | None, at: float) -> None:
        await self.admit(claim)
        await self.store.complete(claim, response, at)

    async def _changed_since(self, scope: str, kind: StaleAfter, moment: float) -> bool:
        assert scope == "acme#user"
        return self.changes.get(kind, 0) >= moment

    async def _ending_of(self, tenant: str, job_id: str) -> Ending:
        self.asked.append((tenant, job_id))
        return self.endings.get(job_id, "open")


def claim(attempt: str = "one", **changes: Any) -> Claim:
    return a_claim(attempt, NOW, **changes)


def run(work: Any) -> None:
    asyncio.run(work)


def test_the_first_is_admitted_with_the_claim_it_made() -> None:
    async def go() -> None:
        assert await Door().admit(claim()) == claim()

    run(go())


def test_what_is_done_is_answered_from_its_record() -> None:
    async def go() -> None:
        door = Door()
        await door.done(claim(), {"n": 1}, NOW)
        answered = await door.admit(claim("two"))
        assert isinstance(answered, Record)
        assert answered.response == {"n": 1}

    run(go())


def test_a_twin_waits_until_the_first_is_done_and_gets_its_answer() -> None:
    async def go() -> None:
        door = Door()
        first = await door.admit(claim())
        twin = asyncio.create_task(door.admit(claim("two"), patience=5))
        await asyncio.sleep(0)
        assert isinstance(first, Claim)
        await door.admission.complete(first, {"n": 1})
        answered = await twin
        assert isinstance(answered, Record)
        assert answered.response == {"n": 1}

    run(go())


def test_a_twin_is_admitted_itself_when_the_first_fails() -> None:
    async def go() -> None:
        door = Door()
        await door.admit(claim())
        twin = asyncio.create_task(door.admit(claim("two"), patience=5))
        await asyncio.sleep(0)
        await door.admission.release(claim())
        assert await twin == claim("two")

    run(go())


def test_a_twin_whose_patience_ends_is_told_when_to_ask_again() -> None:
    async def go() -> None:
        door = Door()
        await door.admit(claim())
        with pytest.raises(Conflict, match="still being worked on") as caught:
            await door.admit(claim("two"), patience=0)
        assert caught.value.retry_after == 1

    run(go())


def test_a_key_that_was_used_for_another_request_is_refused_in_every_state() -> None:
    async def go() -> None:
        door = Door()
        await door.admit(claim())
        other = claim("two", fingerprint="g")
        with pytest.raises(KeyReused):
            await door.admit(other, fresh=True)
        await door.store.complete(claim(), {}, NOW)
        with pytest.raises(KeyReused):
            await door.admit(other, fresh=True)

    run(go())


def test_a_dead_process_loses_its_lock_when_the_work_may_be_repeated() -> None:
    async def go() -> None:
        door = Door()
        await door.admit(claim())
        door.now = NOW + 12.1
        late = claim("two", started_at=door.now)
        assert await door.admit(late) == late

    run(go())


def test_a_lock_holds_to_its_last_moment() -> None:
    async def go() -> None:
        door = Door()
        await door.admit(claim())
        door.now = NOW + 12
        with pytest.raises(Conflict, match="still being worked on"):
            await door.admit(claim("two"))

    run(go())


def test_what_may_have_taken_effect_is_reported_and_never_repeated() -> None:
    async def go() -> None:
        door = Door()
        await door.admit(claim(retry_safe=False))
        door.now = NOW + 13
        for attempt in ("two", "three"):
            with pytest.raises(Conflict, match="whether it took effect is unknown") as caught:
                await door.admit(claim(attempt, retry_safe=False), fresh=True)
            assert caught.value.retry_after is None
        held = await door.store.claim(claim("four"))
        assert held is not None
        assert held.claim.token == "one"

    run(go())


def test_an_interrupted_hand_over_goes_on_under_the_job_id_it_had() -> None:
    async def go() -> None:
        door = Door()
        await door.admit(claim(job_id="job_old", retry_safe=False))
        door.now = NOW + 13
        admitted = await door.admit(claim("two", job_id="job_new", retry_safe=False))
        assert admitted == claim("two", job_id="job_old", retry_safe=False)

    run(go())


def test_of_two_that_find_a_dead_process_one_takes_over() -> None:
    async def go() -> None:
        door = Door()
        await door.admit(claim())
        door.now = NOW + 13
        late = {"started_at": door.now, "lock_until": door.now + 12}
        outcomes = await asyncio.gather(
            door.admit(claim("two", **late)), door.admit(claim("three", **late)), return_exceptions=True
        )
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Claim", "Conflict"]

    run(go())


def test_a_running_job_answers_and_a_job_that_ended_badly_is_replaced_by_a_new_one() -> None:
    async def go() -> None:
        door = Door()
        await door.done(claim(job_id="job_1"), None, NOW)
        held = await door.admit(claim("two", job_id="job_2"))
        assert isinstance(held, Record)
        assert held.claim.job_id == "job_1"
        assert door.asked == [("acme", "job_1")]
        door.endings["job_1"] = "nothing"
        assert await door.admit(claim("three", job_id="job_3")) == claim("three", job_id="job_3")

    run(go())


@pytest.mark.parametrize(("ending", "again"), [("result", True), ("open", False)])
def test_a_finished_jobs_answer_that_is_no_longer_true_is_made_anew(ending: Ending, again: bool) -> None:
    async def go() -> None:
        door = Door()
        await door.done(claim(job_id="job_1"), None, NOW)
        door.endings["job_1"] = ending
        door.changes["removal"] = NOW + 1
        second = claim("two", job_id="job_2")
        assert (await door.admit(second, "removal") == second) == again

    run(go())


@pytest.mark.parametrize("fresh", [False, True])
def test_a_fresh_request_replaces_an_answer_that_is_there(fresh: bool) -> None:
    async def go() -> None:
        door = Door()
        await door.done(claim(), {"n": 1}, NOW)
        assert isinstance(await door.admit(claim("two"), fresh=fresh), Claim if fresh else Record)

    run(go())


@pytest.mark.parametrize(("ending", "again"), [("open", False), ("result", True), ("nothing", True)])
def test_a_fresh_request_follows_a_job_that_is_under_way(ending: Ending, again: bool) -> None:
    async def go() -> None:
        door = Door()
        await door.admit(claim(job_id="job_1"))
        await door.done(claim(job_id="job_1"), None, NOW)
        door.endings["job_1"] = ending
        admitted = await door.admit(claim("two", job_id="job_2"), fresh=True)
        assert isinstance(admitted, Claim if again else Record)

    run(go())


def test_a_fresh_request_still_waits_for_its_twin() -> None:
    async def go() -> None:
        door = Door()
        await door.admit(claim())
        with pytest.raises(Conflict):
            await door.admit(claim("two"), fresh=True)

    run(go())


@pytest.mark.parametrize(
    ("stale_after", "kind", "moment", "stale"),
    [
        ("change", "change", NOW, True),  # a change while it was read: the answer may predate it
        ("change", "change", NOW + 9, True),
        ("change", "change", NOW - 1.9, True),  # dated before it could be seen, or by a clock that is behind
        ("change", "change", NOW - 2.1, False),
        ("change", "removal", NOW + 9, False),
        ("removal", "removal", NOW + 9, True),
        ("removal", "removal", NOW + 1, True),
        ("removal", "removal", NOW + 0.9, False),  # its own superseding of an older fact
        ("removal", "change", NOW + 9, False),
        (None, "change", NOW + 9, False),
    ],
)
def test_an_answer_is_given_again_only_while_it_is_true(
    stale_after: StaleAfter | None, kind: StaleAfter, moment: float, stale: bool
) -> None:
    async def go() -> None:
        door = Door()
        await door.done(claim(), {"n": 1}, NOW + 1)
        door.changes[kind] = moment
        assert isinstance(await door.admit(claim("two"), stale_after), Claim if stale else Record)

    run(go())


def test_an_answer_is_forgotten_after_its_hour() -> None:
    async def go() -> None:
        door = Door()
        await door.done(claim(), {"n": 1}, NOW)
        late = claim("two", started_at=NOW + RETENTION + 1)
        assert await door.admit(late) == late

    run(go())


def test_a_release_that_fails_does_not_hide_why_the_work_failed() -> None:
    async def go() -> None:
        door = Door()

        async def throttled(_: Claim) -> None:
            raise Unavailable("throttled")

        door.store.release = throttled  # type: ignore[method-assign]
        await door.admission.release(claim())

    run(go())


def test_fifty_that_come_at_once_are_admitted_one_by_one_until_one_succeeds() -> None:
    async def go() -> None:
        door = Door()
        worked: list[str] = []

        async def request(number: int) -> Any:
            admitted = await door.admit(replace(claim(), token=str(number)), patience=30)
            if isinstance(admitted, Record):
                return admitted.response
            worked.append(admitted.token)
            await asyncio.sleep(0)
            if len(worked) < 3:
                await door.admission.release(admitted)
                return None
            await door.admission.complete(admitted, {"by": admitted.token})
            return {"by": admitted.token}

        answers = await asyncio.gather(*(request(number) for number in range(50)))
        assert len(worked) == 3
        assert answers.count(None) == 2
        assert answers.count({"by": worked[-1]}) == 48

    run(go())
