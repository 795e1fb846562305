"""Signatures of webhooks, held to the published vectors and to the official library."""

import hashlib
import hmac
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from orchestrator.errors import InvalidInput
from orchestrator.webhooks import signing
from orchestrator.webhooks.signing import BadSignature, Presented

SEED_SECRET = "your-secret-key"
SEED_BODY = b'{"request_id":"req_1","status":"completed"}'
SEED_SIGNATURE = "18866637bf57c1a19c81f3435dc1c4672cdfa95b772325b322ac0fee62a5b408"
WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOW = 1_700_000_000

secrets = st.text(min_size=1, max_size=40).filter(lambda text: "whsec_" not in text)
ids = st.text(
    st.characters(codec="ascii", categories=["L", "N", "P", "S"], exclude_characters="."), min_size=1
)


def signed(body: bytes = SEED_BODY, secret: str = SEED_SECRET, at: int = NOW) -> dict[str, str]:
    return signing.headers(body, [secret], "msg_1", at)


def check(
    headers: dict[str, str],
    body: bytes = SEED_BODY,
    secrets: Sequence[str] = (SEED_SECRET,),
    now: float = NOW,
) -> None:
    signing.verify(body, Presented.of(headers), secrets, now)


def test_the_plain_signature_is_the_documents_own() -> None:
    def verify_webhook(payload: bytes, signature: str, secret: str) -> bool:  # as the document shows it
        expected = hmac.new(secret.encode(), payload, hashlib.sha256).hexdigest()
        return hmac.compare_digest(expected, signature)

    assert signed()["X-Webhook-Signature"] == SEED_SIGNATURE
    assert verify_webhook(SEED_BODY, SEED_SIGNATURE, SEED_SECRET)


def test_the_standard_signature_is_the_published_one() -> None:
    made = signing.headers(b'{"test": 2432232314}', [WHSEC], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330)
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_free_form_secret_signs_with_its_own_bytes() -> None:
    assert signed()["webhook-signature"] == "v1,FMP/ZZF2hYWCq3cAJNK4HN6PzzXEqqBPWQ4A06jVI2M="
    assert signing.portable(SEED_SECRET) == "whsec_eW91ci1zZWNyZXQta2V5"


def test_the_libraries_cannot_use_a_free_form_secret_as_it_is() -> None:
    with pytest.raises(ValueError, match="base64"):
        Webhook(SEED_SECRET)


def test_a_secret_pasted_with_its_version_is_the_same_key() -> None:
    assert signing.key_bytes(f"v1,{WHSEC}") == signing.key_bytes(WHSEC) != signing.utf8(WHSEC)


def test_a_secret_without_its_padding_is_the_same_key_as_for_the_official_library() -> None:
    made = signing.headers(b"{}", ["whsec_YWJjZA"], "msg_1", int(time.time()))
    Webhook("whsec_YWJjZA").verify(b"{}", made)
    assert signing.key_bytes("whsec_YWJjZA") == signing.key_bytes("whsec_YWJjZA==") == b"abcd"


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_your-secret-key", "whsec_YWJj\n", "v1,whsec_é"])
def test_a_secret_that_is_no_key_is_refused(secret: str) -> None:
    with pytest.raises(InvalidInput):
        signing.key_bytes(secret)


def test_without_a_secret_a_delivery_has_its_id_and_time_only() -> None:
    assert signing.headers(b"{}", [], "msg_1", NOW) == {"webhook-id": "msg_1", "webhook-timestamp": str(NOW)}


def test_an_id_that_could_be_taken_for_part_of_the_time_is_not_signed() -> None:
    with pytest.raises(ValueError, match="webhook id"):
        signing.headers(b"{}", ["s"], "msg.1", NOW)


@given(st.binary(max_size=200), secrets, ids)
def test_the_official_library_verifies_what_we_sign(body: bytes, secret: str, webhook_id: str) -> None:
    text = b'{"x": "' + body.hex().encode() + b'"}'
    made = signing.headers(text, [secret], webhook_id, int(time.time()))
    Webhook(signing.portable(secret)).verify(text, made)


@given(st.text(max_size=200), secrets, ids)
def test_we_verify_what_the_official_library_signs(text: str, secret: str, webhook_id: str) -> None:
    body = text.encode("utf-8", "ignore")
    data = body.decode()
    signature = Webhook(signing.portable(secret)).sign(webhook_id, datetime.fromtimestamp(NOW, UTC), data)
    check(
        {"Webhook-Id": webhook_id, "Webhook-Timestamp": str(NOW), "Webhook-Signature": signature},
        body,
        [secret],
    )


def test_during_a_rotation_receivers_with_either_secret_verify() -> None:
    made = signing.headers(SEED_BODY, ["new", "old"], "msg_1", int(time.time()))
    for secret in ("new", "old"):
        Webhook(signing.portable(secret)).verify(SEED_BODY, made)
    assert made["X-Webhook-Signature"] == signing.plain(SEED_BODY, "new")


@pytest.mark.parametrize("sender", ["new", "old"])
def test_during_a_rotation_senders_with_either_secret_are_accepted(sender: str) -> None:
    check(signed(secret=sender), secrets=["new", "old"])
    check({signing.PLAIN: signing.plain(SEED_BODY, sender)}, secrets=["new", "old"])


def test_one_right_signature_among_others_is_enough() -> None:
    made = signed()
    made["webhook-signature"] = f"v1a,abc v1,AAAA {made['webhook-signature']} v2,é"
    check(made)


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_a_clock_that_is_five_minutes_off_is_tolerated(seconds: int) -> None:
    check(signed(at=NOW + seconds))


@pytest.mark.parametrize("seconds", [-301, 301])
def test_a_delivery_signed_longer_ago_or_in_the_future_is_refused(seconds: int) -> None:
    with pytest.raises(BadSignature, match="webhook-timestamp is more than 300 s"):
        check(signed(at=NOW + seconds))


def test_an_unsigned_delivery_is_refused_naming_both_ways() -> None:
    with pytest.raises(BadSignature, match="X-Webhook-Signature nor webhook-id"):
        check({"content-type": "application/json"})


@pytest.mark.parametrize("gone", ["webhook-id", "webhook-timestamp", "webhook-signature"])
def test_part_of_the_standard_headers_is_refused_naming_the_rest_even_beside_a_right_plain_one(
    gone: str,
) -> None:
    made = signed()
    del made[gone]
    with pytest.raises(BadSignature, match=f"^{gone} did not come"):
        check(made)


@pytest.mark.parametrize("name", ["X-Webhook-Signature", "webhook-signature"])
def test_one_wrong_signature_refuses_even_beside_a_right_one(name: str) -> None:
    made = signed() | {name: "v1,AAAA"}
    with pytest.raises(BadSignature, match=f"^{name} does not match"):
        check(made)


CHANGES: dict[str, Callable[[str], str]] = {
    "prefixed": lambda plain: f"sha256={plain}",
    "upper case": str.upper,
    "padded": lambda plain: f" {plain}",
    "cut": lambda plain: plain[:-1],
    "empty": lambda plain: "",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_plain_signature_in_another_spelling_is_refused(change: str) -> None:
    with pytest.raises(BadSignature):
        check({signing.PLAIN: CHANGES[change](SEED_SIGNATURE)})


@given(
    st.fixed_dictionaries(
        {},
        optional={
            name: st.one_of(st.text(max_size=30), st.sampled_from(["v1,", "v1, v1,", "-1", "1e9", str(NOW)]))
            for name in ("X-Webhook-Signature", "webhook-id", "webhook-timestamp", "webhook-signature")
        },
    ),
    st.binary(max_size=20),
)
def test_whatever_the_headers_hold_there_is_one_kind_of_refusal(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(BadSignature):
        check(headers, body)


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_a_signature_is_for_one_body_only(body: bytes, other: bytes) -> None:
    made = signed(body)
    if body == other:
        check(made, other)
    else:
        with pytest.raises(BadSignature):
            check(made, other)


def test_no_refusal_tells_what_would_have_been_right() -> None:
    right = signed()
    for name in ("X-Webhook-Signature", "webhook-signature"):
        with pytest.raises(BadSignature) as refused:
            check(right | {name: "v1,AAAA"})
        said = f"{refused.value.message} {refused.value.hint}"
        assert not any(value in said for value in right.values())
