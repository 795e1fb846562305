"""Announcing, reading the log, trying again by hand, replaying a range."""

import pytest

from orchestrator.errors import Conflict, InvalidInput, NotFound, Unavailable
from orchestrator.webhooks.models import MAX_ATTEMPTS, Attempt, Reply
from orchestrator.webhooks.ports import Due
from orchestrator.webhooks.service import webhook_id
from tests.unit.webhooks.delivery_world import KEPT, NOW, Killed, World, play


@pytest.mark.parametrize(
    ("subject", "expected"),
    [("req_abc123", "msg_abc123"), ("job_7cdu8", "msg_7cdu8"), ("plain", "msg_plain"), ("a_b_c", "msg_b_c")],
)
def test_the_webhook_id_follows_from_the_subject(subject: str, expected: str) -> None:
    assert webhook_id(subject) == expected


def test_a_subject_that_would_break_the_signed_text_is_refused() -> None:
    with pytest.raises(ValueError, match="not a subject"):
        webhook_id("req_a.b")


def test_another_event_of_a_subject_is_news_with_an_id_of_its_own_and_the_same_log() -> None:
    async def scene(world: World) -> None:
        await world.announce(event="job.failed", body=b"failed")
        await world.pass_time()
        for _ in range(3):
            await world.announce(event="job.succeeded", body=b"succeeded")
            await world.pass_time()
        posts = world.sender.posts
        assert [post.body for post in posts] == [b"failed", b"succeeded"]
        assert [post.headers["webhook-id"] for post in posts] == ["msg_1", "msg_1_succeeded"]
        assert (world.delivery.status, len(world.delivery.log)) == ("delivered", 2)

    play(scene)


def test_news_overtake_an_event_that_still_waits_for_its_receiver() -> None:
    async def scene(world: World) -> None:
        world.sender.script = [Reply(500, 3)]
        await world.announce(event="job.failed", body=b"failed")
        await world.pass_time(1)
        await world.announce(event="job.succeeded", body=b"succeeded")
        await world.pass_time()
        assert [post.body for post in world.sender.posts] == [b"failed", b"succeeded"]
        assert world.waiting == []

    play(scene)


@pytest.mark.parametrize(("tenant", "subject"), [("acme", "req_2"), ("other", "req_1")])
def test_what_is_not_there_or_another_tenants_is_not_found(tenant: str, subject: str) -> None:
    async def scene(world: World) -> None:
        await world.announce()
        with pytest.raises(NotFound):
            await world.webhooks.log(tenant, subject)
        with pytest.raises(NotFound):
            await world.webhooks.retry(tenant, subject)
        assert await world.webhooks.forget(tenant, subject) is False

    play(scene)


def test_an_expired_delivery_is_not_found_though_it_is_still_there() -> None:
    async def scene(world: World) -> None:
        await world.announce()
        world.now += KEPT
        with pytest.raises(NotFound):
            await world.webhooks.log("acme", "req_1")

    play(scene)


@pytest.mark.parametrize("status", [200, 410])
def test_a_retry_by_hand_posts_again_under_the_same_id_with_a_new_time(status: int) -> None:
    async def scene(world: World) -> None:
        world.sender.script = [Reply(status, 3)]
        await world.announce()
        await world.pass_time(100)
        renewed = await world.webhooks.retry("acme", "req_1")
        assert (renewed.status, renewed.by_hand, renewed.expires_at) == (
            "waiting",
            True,
            int(NOW + 100 + KEPT),
        )
        await world.pass_time()
        first, second = (post.headers for post in world.sender.posts)
        assert first["webhook-id"] == second["webhook-id"]
        assert int(second["webhook-timestamp"]) == int(first["webhook-timestamp"]) + 100
        assert (world.delivery.status, len(world.delivery.log)) == ("delivered", 2)

    play(scene)


def test_a_retry_by_hand_that_fails_goes_on_with_the_whole_schedule() -> None:
    async def scene(world: World) -> None:
        world.sender.script = [Reply(500, 3)] * 8
        await world.announce()
        await world.pass_time()
        await world.webhooks.retry("acme", "req_1")
        begun = world.now - NOW
        await world.pass_time()
        assert world.posted_at[4:] == [begun, begun + 5, begun + 305, begun + 2105]
        assert world.delivery.status == "failed"

    play(scene)


def test_a_new_url_is_guarded_and_gets_the_same_body_signed_with_the_same_secret() -> None:
    async def scene(world: World) -> None:
        world.sender.script = [Reply(410, 3)]
        await world.announce(sealed=await world.vault.seal(("s3cret",), "acme", "req_1"))
        await world.pass_time()
        with pytest.raises(InvalidInput) as refused:
            await world.webhooks.retry("acme", "req_1", "https://refused.example")
        assert refused.value.field == "webhook_url"
        assert (world.delivery.status, world.queue.sent) == ("failed", [])
        await world.webhooks.retry("acme", "req_1", "https://new.example/hook")
        await world.pass_time()
        first, second = world.sender.posts
        assert second.target.url == "https://new.example/hook"
        assert second.body == first.body
        assert second.headers["X-Webhook-Signature"] == first.headers["X-Webhook-Signature"]

    play(scene)


def test_too_many_attempts_are_a_conflict_and_not_a_wait() -> None:
    async def scene(world: World) -> None:
        await world.announce()
        full = tuple(Attempt(NOW) for _ in range(MAX_ATTEMPTS))
        place = "acme", "req_1"
        world.store.deliveries[place] = world.delivery.__class__(
            world.delivery.announcement, "msg_1", NOW, int(NOW + KEPT), "failed", log=full
        )
        with pytest.raises(Conflict) as refused:
            await world.webhooks.retry(*place)
        assert refused.value.retry_after is None

    play(scene)


async def _outage(world: World, count: int) -> None:
    """Let one delivery a minute fail."""
    for number in range(count):
        world.sender.script = [Reply(500, 3)]
        await world.announce(subject=f"req_{number}")
        await world.pass_time(60)


def test_a_replay_tries_what_failed_in_its_range_the_earliest_first() -> None:
    async def scene(world: World) -> None:
        await _outage(world, 6)
        world.sender.posts.clear()
        replayed = await world.webhooks.replay("acme", NOW + 60, NOW + 240, 100)
        assert (replayed.subjects, replayed.more) == (("req_1", "req_2", "req_3", "req_4"), False)
        await world.pass_time()
        assert [post.headers["webhook-id"] for post in world.sender.posts] == [
            "msg_1", "msg_2", "msg_3", "msg_4",
        ]  # fmt: skip

    play(scene, max_retries=0)


def test_a_long_replay_goes_on_where_it_stopped() -> None:
    async def scene(world: World) -> None:
        await _outage(world, 5)
        answers = [await world.webhooks.replay("acme", NOW, None, 2) for _ in range(4)]
        assert [answer.subjects for answer in answers] == [
            ("req_0", "req_1"), ("req_2", "req_3"), ("req_4",), (),
        ]  # fmt: skip
        assert [answer.more for answer in answers] == [True, True, False, False]

    play(scene, max_retries=0)


@pytest.mark.parametrize("what", ["send", "renew"])
def test_a_replay_that_dies_half_way_is_made_good_by_the_next_one(what: str) -> None:
    async def scene(world: World) -> None:
        await _outage(world, 1)
        away = Unavailable("AWS is away")
        world.queue.error = away if what == "send" else None
        world.store.error = {"renew": away} if what == "renew" else {}
        with pytest.raises(Unavailable):
            await world.webhooks.replay("acme", NOW, None, 9)
        world.queue.error, world.store.error = None, {}
        await world.pass_time()
        assert (world.store.deliveries["acme", "req_0"].status, len(world.sender.posts)) == ("failed", 1)
        assert (await world.webhooks.replay("acme", NOW, None, 9)).subjects == ("req_0",)
        await world.pass_time()
        assert (world.store.deliveries["acme", "req_0"].status, len(world.sender.posts)) == ("delivered", 2)

    play(scene, max_retries=0)


def test_a_retry_by_hand_that_dies_before_its_message_is_made_a_little_later() -> None:
    async def scene(world: World) -> None:
        await _outage(world, 1)
        sends = world.queue.send

        async def dying(due: Due, now: float) -> None:
            if due.due_at <= now:
                raise Killed
            await sends(due, now)

        world.queue.send = dying  # type: ignore[method-assign]
        with pytest.raises(Killed):
            await world.webhooks.retry("acme", "req_0")
        assert world.store.deliveries["acme", "req_0"].status == "waiting"
        world.queue.send = sends  # type: ignore[method-assign]
        await world.pass_time()
        assert (world.store.deliveries["acme", "req_0"].status, len(world.sender.posts)) == ("delivered", 2)

    play(scene, max_retries=0)


def test_an_expired_delivery_is_not_tried_again_though_it_is_still_there() -> None:
    async def scene(world: World) -> None:
        await _outage(world, 1)
        world.now = NOW + KEPT
        with pytest.raises(NotFound):
            await world.webhooks.retry("acme", "req_0")
        assert (await world.webhooks.replay("acme", NOW, None, 9)).subjects == ()

    play(scene, max_retries=0)


def test_a_replay_touches_nothing_of_other_tenants_and_nothing_that_has_not_failed() -> None:
    async def scene(world: World) -> None:
        await _outage(world, 1)
        await world.announce(subject="req_ok")
        await world.pass_time()
        assert (await world.webhooks.replay("other", NOW, None, 9)).subjects == ()
        assert (await world.webhooks.replay("acme", NOW, None, 9)).subjects == ("req_0",)

    play(scene, max_retries=0)


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    async def scene(world: World) -> None:
        with pytest.raises(InvalidInput):
            await world.webhooks.replay("acme", NOW, NOW - 1, 9)

    play(scene)


def test_the_sweep_erases_what_is_over() -> None:
    async def scene(world: World) -> None:
        await world.announce()
        assert await world.webhooks.sweep(NOW + KEPT, 9) == 0
        assert await world.webhooks.sweep(NOW + KEPT + 86_400, 9) == 1

    play(scene)
