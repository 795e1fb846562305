"""Workers that die, messages that come twice or not at all: nothing is lost, nothing runs side by side."""

import asyncio

import pytest

from orchestrator.errors import Conflict, Unavailable, VendorBusy
from orchestrator.webhooks.deliverer import DeliveryNotFree
from orchestrator.webhooks.models import Reply
from orchestrator.webhooks.ports import Due
from tests.fakes.webhooks import MemoryReceived
from tests.unit.webhooks.delivery_world import LEASE, NOW, Killed, World, announcement, play

DOWN = VendorBusy("the receiver", "could not be connected to")
FIRST = Due("acme", "req_1", NOW, "order-4711")


def killed() -> Reply:
    raise Killed


def test_an_announcement_that_died_before_its_message_is_made_good_by_the_next_one() -> None:
    async def scene(world: World) -> None:
        world.queue.error = Unavailable("SQS is away")
        with pytest.raises(Unavailable):
            await world.announce()
        assert (world.delivery.status, world.queue.sent) == ("pending", [])
        world.queue.error = None
        world.now += 60
        await world.announce(body=b"a later body changes nothing")
        await world.pass_time()
        assert [post.body for post in world.sender.posts] == [announcement().body]

    play(scene)


def test_announcing_again_is_posted_once() -> None:
    async def scene(world: World) -> None:
        for _ in range(3):
            await world.announce()
        await world.pass_time()
        await world.announce()
        assert world.queue.sent == []
        assert (len(world.sender.posts), len(world.delivery.log)) == (1, 1)

    play(scene)


def test_announcing_again_does_not_hurry_a_delivery_that_waits() -> None:
    async def scene(world: World) -> None:
        world.sender.script = [DOWN]
        await world.announce()
        await world.pass_time(1)
        await world.announce()
        await world.pass_time()
        assert world.posted_at == [0, 5]

    play(scene)


def test_a_worker_killed_after_the_post_sends_again_under_the_same_id() -> None:
    async def scene(world: World) -> None:
        world.store.error["settle"] = Killed()  # type: ignore[assignment]
        await world.announce()
        await world.pass_time(1)
        assert (len(world.sender.posts), world.delivery.status) == (1, "delivering")
        world.store.error.clear()
        await world.pass_time()
        first, second = world.sender.posts
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.body == second.body
        assert (world.delivery.status, world.posted_at) == ("delivered", [0, pytest.approx(LEASE, abs=2)])
        assert [attempt.ended_at is None for attempt in world.delivery.log] == [True, False]

    play(scene)


def test_a_worker_killed_while_it_posts_costs_no_try() -> None:
    async def scene(world: World) -> None:
        world.sender.script = [killed, killed, DOWN, DOWN, DOWN, DOWN]
        await world.announce()
        await world.pass_time()
        assert (len(world.delivery.log), world.delivery.tries, world.delivery.status) == (6, 4, "failed")

    play(scene)


def test_a_delivery_that_kills_every_worker_ends_in_the_dead_letters_and_can_be_redriven() -> None:
    async def scene(world: World) -> None:
        world.sender.script = [killed] * 5
        await world.announce()
        await world.pass_time()
        assert (len(world.dead), world.delivery.status) == (1, "delivering")
        world.now += LEASE
        await world.redrive()
        await world.pass_time()
        assert (world.delivery.status, len(world.delivery.log)) == ("delivered", 6)

    play(scene)


def test_a_worker_killed_between_the_next_message_and_the_record_leaves_no_second_chain() -> None:
    async def scene(world: World) -> None:
        world.sender.script = [DOWN] * 9
        world.store.error["settle"] = Killed()  # type: ignore[assignment]
        await world.announce()
        await world.pass_time(1)
        world.store.error.clear()
        await world.pass_time()
        # The first attempt, cut off, then a round of four.
        assert (len(world.sender.posts), world.delivery.tries) == (5, 4)
        assert (world.delivery.status, world.dead, world.waiting) == ("failed", [], [])

    play(scene)


@pytest.mark.parametrize("copies", [2, 5])
def test_copies_of_a_message_make_no_more_attempts(copies: int) -> None:
    async def scene(world: World) -> None:
        world.sender.script = [DOWN] * 9
        await world.announce()
        world.queue.sent *= copies
        await world.pass_time(4)
        world.waiting *= copies
        await world.pass_time()
        assert world.posted_at == [0, 5, 305, 2105]
        assert world.dead == []

    play(scene)


def test_two_workers_with_the_same_message_post_once() -> None:
    async def scene(world: World) -> None:
        arrived, answer = asyncio.Event(), asyncio.Event()
        post = world.sender.post

        async def slow(*args: object) -> Reply:
            arrived.set()
            await answer.wait()
            return await post(*args)  # type: ignore[arg-type]

        world.sender.post = slow  # type: ignore[assignment,method-assign]
        await world.announce()
        first = asyncio.create_task(world.deliverer.deliver(FIRST, MemoryReceived()))
        await arrived.wait()
        late = MemoryReceived(2)
        with pytest.raises(DeliveryNotFree):
            await world.deliverer.deliver(FIRST, late)
        assert late.kept == [LEASE + 2]
        with pytest.raises(Conflict) as refused:
            await world.webhooks.retry("acme", "req_1")
        assert refused.value.retry_after == LEASE
        answer.set()
        await first
        await world.deliverer.deliver(FIRST, MemoryReceived(3))
        assert (len(world.sender.posts), len(world.delivery.log)) == (1, 1)

    play(scene)


def test_a_worker_that_was_too_slow_does_not_overwrite_what_its_successor_recorded() -> None:
    async def scene(world: World) -> None:
        post = world.sender.post

        async def overtaken(*args: object) -> Reply:
            world.sender.post = post  # type: ignore[method-assign]
            world.now += LEASE + 1
            await world.deliverer.deliver(FIRST, MemoryReceived(2))
            return Reply(500, 9)

        world.sender.post = overtaken  # type: ignore[assignment,method-assign]
        await world.announce()
        await world.pass_time()
        assert (world.delivery.status, len(world.delivery.log)) == ("delivered", 2)
        assert world.waiting == []

    play(scene)


def test_a_retry_by_hand_overtakes_a_delivery_that_waits_and_its_old_message_does_nothing() -> None:
    async def scene(world: World) -> None:
        world.sender.script = [DOWN, DOWN]
        await world.announce()
        await world.pass_time(60)
        await world.webhooks.retry("acme", "req_1")
        await world.pass_time()
        assert world.posted_at == [0, 5, 60]
        assert (world.delivery.status, world.delivery.tries) == ("delivered", 1)

    play(scene)


def test_a_message_whose_delivery_was_erased_does_nothing() -> None:
    async def scene(world: World) -> None:
        await world.announce()
        assert await world.webhooks.forget("acme", "req_1")
        await world.pass_time()
        assert (world.sender.posts, world.dead) == ([], [])

    play(scene)


def test_a_delivery_that_is_erased_while_it_is_posted_stays_away() -> None:
    async def scene(world: World) -> None:
        def erased() -> Reply:
            world.store.deliveries.clear()
            return Reply(500, 9)

        world.sender.script = [erased]
        await world.announce()
        await world.pass_time()
        assert (world.store.deliveries, world.dead, len(world.sender.posts)) == ({}, [], 1)

    play(scene)


def test_when_the_next_message_cannot_be_sent_this_one_comes_again() -> None:
    async def scene(world: World) -> None:
        def down() -> Reply:
            world.queue.error = Unavailable("SQS is away")
            return Reply(503, 9)

        world.sender.script = [down]
        await world.announce()
        await world.pass_time(1)
        assert world.delivery.status == "delivering"
        world.queue.error = None
        await world.pass_time()
        assert (world.delivery.status, world.dead) == ("delivered", [])

    play(scene)
