"""With which secrets an attempt is signed, and what each answer means."""

import asyncio

import pytest

from orchestrator.errors import Misconfigured, NotConfigured, Unavailable
from orchestrator.webhooks.models import Reply
from orchestrator.webhooks.signing import Presented, verify
from tests.unit.webhooks.delivery_world import NOW, World, play

NEW, OLD = "CALLBACK_HMAC_SECRET", "CALLBACK_HMAC_SECRET_PREVIOUS"


def test_a_receivers_secret_signs_both_schemes() -> None:
    async def scene(world: World) -> None:
        await world.announce(sealed=await world.vault.seal(("your-secret-key",), "acme", "req_1"))
        await world.pass_time()
        [post] = world.sender.posts
        verify(post.body, Presented.of(post.headers), ["your-secret-key"], NOW)

    play(scene)


@pytest.mark.parametrize(
    ("secrets", "signatures"), [({}, 0), ({NEW: "new"}, 1), ({NEW: "new", OLD: "old"}, 2), ({OLD: "old"}, 1)]
)
def test_own_secrets_sign_as_many_times_as_are_set(secrets: dict[str, str], signatures: int) -> None:
    async def scene(world: World) -> None:
        world.own_secrets = secrets
        await world.announce(secret_names=(NEW, OLD))
        await world.pass_time()
        [post] = world.sender.posts
        assert len(post.headers.get("webhook-signature", "").split()) == signatures
        assert ("X-Webhook-Signature" in post.headers) == bool(secrets)
        assert post.headers["webhook-id"] == "msg_1"
        for secret in secrets.values():
            standard = Presented.of({n: v for n, v in post.headers.items() if n.startswith("webhook-")})
            verify(post.body, standard, [secret], NOW)

    play(scene)


def test_without_a_secret_an_attempt_is_not_signed() -> None:
    async def scene(world: World) -> None:
        await world.announce()
        await world.pass_time()
        assert not {"X-Webhook-Signature", "webhook-signature"} & set(world.sender.posts[0].headers)

    play(scene)


def test_a_secret_that_cannot_sign_fails_the_delivery_and_says_why() -> None:
    async def scene(world: World) -> None:
        await world.announce(sealed=await world.vault.seal(("whsec_not base64",), "acme", "req_1"))
        await world.pass_time()
        assert (world.sender.posts, world.delivery.status) == ([], "failed")
        assert "whsec_" in (world.delivery.log[0].error or "")

    play(scene)


def test_a_secret_of_ours_that_cannot_sign_is_no_fault_of_the_receivers() -> None:
    async def scene(world: World) -> None:
        world.own_secrets = {NEW: "whsec_not base64"}
        await world.announce(secret_names=(NEW, OLD))
        await world.pass_time()
        assert (world.sender.posts, world.delivery.status, world.delivery.tries) == ([], "waiting", 0)
        assert f"a fault of ours: {NEW} is malformed" in (world.delivery.log[0].error or "")
        world.own_secrets = {NEW: "mended"}
        await world.redrive()
        await world.pass_time()
        assert (len(world.sender.posts), world.delivery.status) == (1, "delivered")

    play(scene)


@pytest.mark.parametrize("unreadable", [NEW, OLD])
def test_an_unreadable_secret_of_ours_never_lets_a_callback_go_unsigned(
    unreadable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def own_secret(_world: World, name: str) -> str:
        if name == unreadable:
            raise Misconfigured("the webhooks secret is no JSON object of texts")
        raise NotConfigured(f"{name} is not set")

    monkeypatch.setattr(World, "_own_secret", own_secret)

    async def scene(world: World) -> None:
        await world.announce(secret_names=(NEW, OLD))
        await world.pass_time()
        assert (world.sender.posts, world.delivery.status, world.delivery.tries) == ([], "waiting", 0)
        assert "a fault of ours: the webhooks secret is no JSON" in (world.delivery.log[0].error or "")

    play(scene)


@pytest.mark.parametrize(
    ("status", "ended"),
    [(200, "delivered"), (204, "delivered"), (299, "delivered"), (100, "waiting"), (300, "waiting"),
     (307, "waiting"), (400, "waiting"), (404, "waiting"), (410, "failed"), (429, "waiting"),
     (500, "waiting"), (504, "waiting")],
)  # fmt: skip
def test_only_2xx_is_delivered_and_only_410_is_hopeless(status: int, ended: str) -> None:
    async def scene(world: World) -> None:
        world.sender.script = [Reply(status, 3)]
        await world.announce()
        await world.pass_time(1)
        assert world.delivery.status == ended
        assert world.delivery.log[0].status_code == status

    play(scene)


def test_a_vault_that_is_away_is_no_fault_of_the_receiver() -> None:
    async def scene(world: World) -> None:
        world.vault.error = Unavailable("Decrypt is throttled")
        await world.announce(sealed=("x",))
        await world.pass_time(1)
        assert world.endpoints.endpoints == {}

    play(scene)


def test_a_hang_of_one_receiver_holds_no_other_up() -> None:
    async def scene(world: World) -> None:
        hanging = asyncio.Event()
        post = world.sender.post

        async def first_hangs(*args: object) -> Reply:
            world.sender.post = post  # type: ignore[method-assign]
            await hanging.wait()
            return await post(*args)  # type: ignore[arg-type]

        world.sender.post = first_hangs  # type: ignore[assignment,method-assign]
        for number in range(10):
            await world.announce(subject=f"req_{number}")
        sent = [due for _, due in world.queue.sent]
        tasks = [asyncio.create_task(world.receive(due)) for due in sent]
        await asyncio.gather(*tasks[1:])
        assert not tasks[0].done()
        hanging.set()
        assert await tasks[0] is None
        assert {one.status for one in world.store.deliveries.values()} == {"delivered"}

    play(scene)
