"""What is shown of a delivery, and what never is."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.webhooks.masking import SHOWN, mask_url
from orchestrator.webhooks.models import Reply
from orchestrator.webhooks.views import OVERDUE, DeliveryView
from tests.unit.webhooks.delivery_world import LEASE, NOW, Killed, World, announcement, play


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://example.com/hook", "https://example.com/hook"),
        ("https://example.com/hook?token=abc&x=1", "https://example.com/hook?token=***&x=***"),
        ("https://example.com/hook?s3cret", "https://example.com/hook?***"),
        ("https://example.com/hook?a=b=c&&d", "https://example.com/hook?a=***&&***"),
        ("https://user:pass@example.com/a@b", "https://***@example.com/a@b"),
        ("https://example.com/#s3cret", "https://example.com/"),
    ],
)
def test_credentials_and_query_values_are_masked(url: str, shown: str) -> None:
    assert mask_url(url) == shown


SECRET = st.text("abcdefghijklmnop0123456789=@:%+-", min_size=8, max_size=20)


@given(SECRET, SECRET, SECRET)
def test_no_secret_part_of_a_url_is_shown(user: str, value: str, fragment: str) -> None:
    shown = mask_url(f"https://u:{user}@host.example/path?k={value}&{value}#{fragment}")
    assert not any(secret in shown for secret in (user, value, fragment))


@given(st.text(max_size=3000))
def test_any_text_is_shown_shortly(url: str) -> None:
    assert len(mask_url(url)) <= SHOWN


def test_a_delivery_is_shown_with_every_attempt() -> None:
    async def scene(world: World) -> None:
        world.sender.script = [Reply(503, 12)]
        sealed = await world.vault.seal(("s3cret",), "acme", "req_1")
        await world.announce(sealed=sealed)
        await world.pass_time(1)
        view = DeliveryView.of(world.delivery, world.now)
        assert view.model_dump(exclude_none=True) == {
            "request_id": "req_1",
            "webhook_id": "msg_1",
            "event": "analysis.completed",
            "status": "waiting",
            "webhook_url": "https://receiver.example/hook?token=***",
            "signed": True,
            "body_bytes": len(announcement().body),
            "body_sha256": hashlib.sha256(announcement().body).hexdigest(),
            "created_at": "2026-11-20T11:29:14.000Z",
            "updated_at": "2026-11-20T11:29:14.000Z",
            "next_attempt_at": "2026-11-20T11:29:19.000Z",
            "attempts": [
                {
                    "attempt": 1,
                    "outcome": "failed",
                    "started_at": "2026-11-20T11:29:14.000Z",
                    "url": "https://receiver.example/hook?token=***",
                    "status_code": 503,
                    "latency_ms": 12,
                    "error": "The receiver answered 503",
                    "next_attempt_at": "2026-11-20T11:29:19.000Z",
                }
            ],
        }
        assert "s3cret" not in view.model_dump_json()
        assert sealed[0] not in view.model_dump_json()

    play(scene)


def test_an_attempt_without_outcome_is_running_or_unknown() -> None:
    async def scene(world: World) -> None:
        world.store.error["settle"] = Killed()  # type: ignore[assignment]
        await world.announce()
        await world.pass_time(1)
        running = DeliveryView.of(world.delivery, NOW + LEASE)
        assert (running.attempts[0].outcome, running.next_attempt_at) == ("running", None)
        later = DeliveryView.of(world.delivery, NOW + LEASE + 1)
        assert (later.attempts[0].outcome, later.hint) == ("unknown", None)
        assert "redrive" in (DeliveryView.of(world.delivery, NOW + LEASE + OVERDUE).hint or "")

    play(scene)


@pytest.mark.parametrize("late", [0, OVERDUE - 1, OVERDUE])
def test_a_try_that_is_long_overdue_is_said_to_be(late: float) -> None:
    async def scene(world: World) -> None:
        world.sender.script = [Reply(503, 12)]
        await world.announce()
        await world.pass_time(1)
        view = DeliveryView.of(world.delivery, NOW + 5 + late)
        assert (view.hint is not None) == (late >= OVERDUE)

    play(scene)
