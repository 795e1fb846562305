"""The daily sweep: everything that is due, in bounded steps, within its time."""

import asyncio

from orchestrator.analysis.sweeping import Sweeping, Swept
from tests.unit.analysis.world import DAY, World


class OldDeliveries:
    """So many deliveries that are due; each step takes a while."""

    def __init__(self, world: World, due: int, seconds: float = 0) -> None:
        self.world, self.due, self.seconds = world, due, seconds
        self.steps: list[int] = []

    async def sweep(self, now: float, limit: int) -> int:
        del now
        self.world.now += self.seconds
        removed = min(self.due, limit)
        self.due -= removed
        self.steps.append(removed)
        return removed


def test_requests_and_deliveries_that_are_due_are_removed_and_others_stay() -> None:
    async def go() -> None:
        world = World()
        for _ in range(3):
            await world.accepted()
        world.now += 32 * DAY
        young = await world.accepted()
        swept = await Sweeping(world.store, OldDeliveries(world, 2), clock=world.clock).sweep(60)
        assert swept == Swept(requests=3, deliveries=2, unfinished=False)
        assert [*world.store.requests] == [("acme", young.request_id)]
        assert [*world.store.texts] == [("acme", young.request_id)]

    asyncio.run(go())


def test_a_sweep_goes_on_until_nothing_is_left() -> None:
    async def go() -> None:
        world = World()
        deliveries = OldDeliveries(world, 1201)
        swept = await Sweeping(world.store, deliveries, clock=world.clock).sweep(60)
        assert (swept.deliveries, swept.unfinished) == (1201, False)
        assert deliveries.steps == [500, 500, 201]

    asyncio.run(go())


def test_a_sweep_whose_time_is_over_says_that_more_is_left() -> None:
    async def go() -> None:
        world = World()
        deliveries = OldDeliveries(world, 10_000, seconds=25)
        swept = await Sweeping(world.store, deliveries, clock=world.clock).sweep(60)
        assert (swept.deliveries, swept.unfinished) == (1500, True)

    asyncio.run(go())
