"""A delivery from its announcement to its end: what is sent, when, and what is recorded."""

from orchestrator.errors import Unavailable, VendorBusy
from orchestrator.webhooks.models import DISABLED_AFTER, Endpoint, Reply
from orchestrator.webhooks.ports import UnknownHost
from tests.unit.webhooks.delivery_world import KEPT, NOW, TIMEOUT, World, announcement, play

DOWN = VendorBusy("the receiver", "could not be connected to")


def test_a_delivery_is_posted_once_with_its_body_and_its_id() -> None:
    async def scene(world: World) -> None:
        await world.announce()
        await world.pass_time()
        [post] = world.sender.posts
        assert post.body == announcement().body
        assert post.seconds == TIMEOUT
        assert post.headers["webhook-id"] == "msg_1"
        assert post.headers["webhook-timestamp"] == str(int(NOW))
        assert post.headers["content-type"] == "application/json"
        assert post.headers["x-correlation-id"] == "order-4711"
        assert (world.delivery.status, world.delivery.tries) == ("delivered", 1)
        [attempt] = world.delivery.log
        assert (attempt.status_code, attempt.latency_ms, attempt.error) == (204, 5, None)
        assert attempt.url == "https://receiver.example/hook?token=***"
        assert world.dead == []

    play(scene)


def test_a_receiver_that_is_down_is_tried_after_each_wait_and_then_no_more() -> None:
    async def scene(world: World) -> None:
        world.sender.script = [DOWN] * 9
        await world.announce()
        await world.pass_time()
        assert world.posted_at == [0, 5, 305, 2105]
        assert (world.delivery.status, world.delivery.next_at) == ("failed", None)
        nexts = [attempt.next_at and attempt.next_at - NOW for attempt in world.delivery.log]
        assert nexts == [5, 305, 2105, None]
        assert {attempt.error for attempt in world.delivery.log} == {
            "the receiver: could not be connected to"
        }
        assert world.dead == []

    play(scene)


def test_every_attempt_sends_the_same_body_and_id_with_the_time_of_the_attempt() -> None:
    async def scene(world: World) -> None:
        world.sender.script = [DOWN, Reply(500, 9)]
        await world.announce(subject="req_1")
        await world.pass_time()
        posts = world.sender.posts
        assert {(post.body, post.headers["webhook-id"]) for post in posts} == {(announcement().body, "msg_1")}
        assert [int(post.headers["webhook-timestamp"]) - NOW for post in posts] == [0, 5, 305]
        assert [a.status_code for a in world.delivery.log] == [None, 500, 204]
        assert world.delivery.status == "delivered"

    play(scene)


def test_410_ends_a_delivery_at_once() -> None:
    async def scene(world: World) -> None:
        world.sender.script = [Reply(410, 3, retry_after=60)]
        await world.announce()
        await world.pass_time()
        assert (len(world.sender.posts), world.delivery.status) == (1, "failed")
        assert "410" in (world.delivery.log[0].error or "")

    play(scene)


def test_a_redirect_is_a_failure_and_is_not_followed() -> None:
    async def scene(world: World) -> None:
        world.sender.script = [Reply(301, 3)]
        await world.announce()
        await world.pass_time(1)
        assert world.delivery.status == "waiting"
        assert world.delivery.log[0].error == "The receiver answered 301: redirects are not followed"

    play(scene)


def test_a_receiver_that_names_a_time_is_not_tried_before_it() -> None:
    async def scene(world: World) -> None:
        world.sender.script = [Reply(429, 3, retry_after=1200), Reply(503, 3, retry_after=1)]
        await world.announce()
        await world.pass_time()
        assert world.posted_at == [0, 1200, 1500]

    play(scene)


def test_a_wait_longer_than_sqs_can_hold_goes_through_several_messages() -> None:
    async def scene(world: World) -> None:
        world.sender.script = [DOWN]
        await world.announce()
        await world.pass_time()
        assert world.posted_at == [0, 86_400]
        assert world.receives == 1 + 86_400 / 900
        assert world.delivery.status == "delivered"

    play(scene, waits=(86_400,))


def test_an_address_the_guard_refuses_is_never_called_and_ends_the_delivery() -> None:
    async def scene(world: World) -> None:
        await world.announce(url="https://refused.example/hook")
        await world.pass_time()
        assert (world.sender.posts, world.delivery.status) == ([], "failed")
        words = "Not sent: webhook_url does not lead to a public address only."
        assert world.delivery.log[0].error == words

    play(scene)


def test_a_name_that_does_not_resolve_is_tried_again() -> None:
    async def scene(world: World) -> None:
        world.guard.error = UnknownHost("receiver.example does not resolve")
        await world.announce()
        await world.pass_time(1)
        assert (world.delivery.status, world.delivery.tries) == ("waiting", 1)
        world.guard.error = None
        await world.pass_time()
        assert world.delivery.status == "delivered"

    play(scene)


def test_a_disabled_endpoint_fails_at_once_and_says_so() -> None:
    async def scene(world: World) -> None:
        world.endpoints.endpoints["acme", "https://receiver.example/hook"] = Endpoint(0, DISABLED_AFTER)
        await world.announce()
        await world.pass_time()
        assert (world.sender.posts, world.delivery.status) == ([], "failed")
        assert "disabled until a retry by hand succeeds" in (world.delivery.log[0].error or "")

    play(scene)


def test_a_retry_by_hand_reaches_a_disabled_endpoint_and_its_success_enables_it() -> None:
    async def scene(world: World) -> None:
        world.endpoints.endpoints["acme", "https://receiver.example/hook"] = Endpoint(0, DISABLED_AFTER)
        await world.announce()
        await world.pass_time()
        await world.webhooks.retry("acme", "req_1")
        await world.pass_time()
        assert (len(world.sender.posts), world.delivery.status) == (1, "delivered")
        await world.announce(subject="req_2")
        await world.pass_time()
        assert len(world.sender.posts) == 2

    play(scene)


def test_an_endpoint_that_only_fails_for_five_days_is_disabled_and_one_success_starts_anew() -> None:
    async def scene(world: World) -> None:
        async def one(number: int) -> str:
            await world.announce(subject=f"req_{number}")
            await world.pass_time(86_400)
            return world.store.deliveries["acme", f"req_{number}"].log[-1].error or ""

        world.sender.script = [DOWN] * 4
        for number in range(4):
            assert "connected" in await one(number)
        assert await one(4) == ""
        world.sender.script = [DOWN] * 7
        errors = [await one(number) for number in range(5, 13)]
        assert ["disabled" in error for error in errors] == [False] * 6 + [True] * 2

    play(scene, waits=(1,), max_retries=0)


def test_nothing_is_signed_with_the_secrets_of_another_delivery() -> None:
    async def scene(world: World) -> None:
        for tenant in ("acme", "other"):
            sealed = await world.vault.seal((f"secret of {tenant}",), tenant, "req_1")
            await world.announce(tenant=tenant, sealed=sealed)
        await world.pass_time()
        signatures = [post.headers["X-Webhook-Signature"] for post in world.sender.posts]
        assert len(set(signatures)) == 2

    play(scene)


def test_a_fault_of_ours_is_logged_as_such_and_costs_no_try() -> None:
    async def scene(world: World) -> None:
        world.vault.error = Unavailable("Decrypt is throttled")
        await world.announce(sealed=await world.vault.seal(("s",), "acme", "req_1"))
        await world.pass_time(1)
        assert (world.delivery.status, world.delivery.tries) == ("waiting", 0)
        assert world.delivery.log[0].error == "Not sent, a fault of ours: Decrypt is throttled"
        world.vault.error = None
        world.sender.script = [DOWN] * 9
        await world.pass_time()
        assert (len(world.sender.posts), world.delivery.tries) == (4, 4)

    play(scene)


def test_after_a_longer_outage_a_redrive_goes_on_with_the_delivery() -> None:
    async def scene(world: World) -> None:
        world.vault.error = Unavailable("Decrypt is throttled")
        await world.announce(sealed=await world.vault.seal(("s",), "acme", "req_1"))
        await world.pass_time()
        assert (len(world.dead), world.delivery.status, world.sender.posts) == (1, "waiting", [])
        world.vault.error = None
        await world.redrive()
        await world.pass_time()
        assert (world.delivery.status, len(world.sender.posts)) == ("delivered", 1)

    play(scene)


def test_while_the_table_is_down_the_message_comes_again() -> None:
    async def scene(world: World) -> None:
        await world.announce()
        world.store.error["take"] = Unavailable("UpdateItem is throttled")
        await world.pass_time(60)
        assert world.sender.posts == []
        world.store.error.clear()
        await world.pass_time()
        assert (world.delivery.status, len(world.delivery.log)) == ("delivered", 1)

    play(scene)


def test_an_outage_of_half_an_hour_is_waited_out() -> None:
    async def scene(world: World) -> None:
        sealed = await world.vault.seal(("s",), "acme", "req_1")
        await world.announce(sealed=sealed)
        world.vault.error = Unavailable("Decrypt is throttled")
        await world.pass_time(1500)
        world.vault.error = None
        await world.pass_time()
        assert (world.delivery.status, world.dead) == ("delivered", [])

    play(scene)


def test_a_delivery_is_kept_for_its_time_after_the_announcement() -> None:
    async def scene(world: World) -> None:
        await world.announce()
        assert world.delivery.expires_at == int(NOW + KEPT)

    play(scene)
