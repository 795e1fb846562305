"""What a developer is told whose signature does not match."""

import base64
import hashlib
import hmac
import json
import tracemalloc
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.webhooks import signing
from orchestrator.webhooks.diagnosis import STANDARD, UNEXPLAINED, Finding, diagnose
from orchestrator.webhooks.signing import Presented

NOW = 1_700_000_000
SECRET = "c2VjcmV0LW9mLXRoaXMtdGVzdC1ydW4="
BODY = b'{"b": [1, 2.5], "a": "\xc3\xa9"}'
VALUE = json.loads(BODY)
ID, STAMP = "msg_1", str(NOW)


def mac(content: bytes = BODY, key: bytes = SECRET.encode()) -> bytes:
    return hmac.digest(key, content, "sha256")


def b64(digest: bytes) -> str:
    return base64.b64encode(digest).decode()


def plain(given: str, body: bytes = BODY, secret: str = SECRET) -> Finding:
    (found,) = diagnose(body, Presented(plain=given), [secret], NOW)
    return found


def standard(given: str, secret: str = SECRET, stamp: str = STAMP) -> Finding:
    (found,) = diagnose(BODY, Presented(None, ID, stamp, given), [secret], NOW)
    return found


PLAIN = {
    "with a line break at its end": mac(BODY + b"\n").hex(),
    "written anew (compact)": mac(
        json.dumps(VALUE, separators=(",", ":"), ensure_ascii=False).encode()
    ).hex(),
    "written anew (with blanks)": mac(json.dumps(VALUE).encode()).hex(),
    "written anew (indented by 2)": mac(json.dumps(VALUE, indent=2, ensure_ascii=False).encode()).hex(),
    "written anew (indented by 4, keys sorted)": mac(
        json.dumps(VALUE, indent=4, sort_keys=True).encode()
    ).hex(),
    "in base64, as gateways hand it on": mac(base64.b64encode(BODY)).hex(),
    "of an empty body": mac(b"").hex(),
    "with `sha256=` before it": f"sha256={mac().hex()}",
    "in base64, not in hex": b64(mac()),
    "in upper case": mac().hex().upper(),
    "with white space around it": f" {mac().hex()}",
    "made with the secret decoded from base64": mac(key=base64.b64decode(SECRET)).hex(),
    "made with the secret and a line break after it": mac(key=f"{SECRET}\n".encode()).hex(),
    "made with an empty secret": mac(key=b"").hex(),
    "made without the secret": hashlib.sha256(BODY).hexdigest(),
    "length of SHA-1": hmac.new(SECRET.encode(), BODY, hashlib.sha1).hexdigest(),
    "length of SHA-512": hmac.digest(SECRET.encode(), BODY, "sha512").hex(),
    "64 lowercase hex digits": "sha256",
    UNEXPLAINED: mac(b"another body").hex(),
}


@pytest.mark.parametrize("said", PLAIN)
def test_a_plain_signature_with_a_slip_is_told_which(said: str) -> None:
    found = plain(PLAIN[said])
    assert (found.scheme, found.valid) == ("X-Webhook-Signature", False)
    assert said in found.because


FULL = f"{ID}.{STAMP}.".encode()
STANDARD_SLIPS = {
    "of the body alone, without id and time": f"v1,{b64(mac())}",
    "of time and body, without the id": f"v1,{b64(mac(f'{STAMP}.'.encode() + BODY))}",
    "written anew (compact)": "v1,"
    + b64(mac(FULL + json.dumps(VALUE, separators=(",", ":"), ensure_ascii=False).encode())),
    "without `v1,` before it": b64(mac(FULL + BODY)),
    "in hex, not in base64": f"v1,{mac(FULL + BODY).hex()}",
    "padding, alphabet": f"v1,{b64(mac(FULL + BODY)).rstrip('=')}",
    "made with the secret decoded from base64": f"v1,{b64(mac(FULL + BODY, base64.b64decode(SECRET)))}",
    "Only v1a signatures": "v1a,AAAA",
    "44 characters of base64": "v1,AAAA",
    UNEXPLAINED: f"v1,{b64(mac(FULL + b'another body'))}",
}


@pytest.mark.parametrize("said", STANDARD_SLIPS)
def test_a_standard_signature_with_a_slip_is_told_which(said: str) -> None:
    found = standard(STANDARD_SLIPS[said])
    assert (found.scheme, found.valid) == (STANDARD, False)
    assert said in found.because


def test_a_secret_with_whsec_that_was_not_decoded_is_told_so() -> None:
    secret = f"whsec_{SECRET}"
    as_text = f"v1,{b64(mac(FULL + BODY, secret.encode()))}"
    without_mark = f"v1,{b64(mac(FULL + BODY, SECRET.encode()))}"
    assert "as it is written, not decoded" in standard(as_text, secret).because
    assert "without its whsec_, not decoded" in standard(without_mark, secret).because
    assert "without its whsec_, not decoded" in plain(mac().hex(), secret=secret).because


def test_two_slips_at_once_are_both_named() -> None:
    compact = json.dumps(VALUE, separators=(",", ":"), ensure_ascii=False).encode()
    because = plain("sha256=" + mac(compact, base64.b64decode(SECRET)).hex().upper()).because
    for slip in ("written anew (compact)", "decoded from base64", "in upper case", "`sha256=`"):
        assert slip in because


def test_a_plain_signature_over_the_standard_text_is_told_so() -> None:
    presented = Presented(mac(FULL + BODY).hex(), ID, STAMP, f"v1,{b64(mac(FULL + BODY))}")
    first, second = diagnose(BODY, presented, [SECRET], NOW)
    assert "of id, time and body, not of the body alone" in first.because
    assert second.valid


@pytest.mark.parametrize(
    ("presented", "said"),
    [
        (Presented(None, ID, STAMP, None), "webhook-signature did not come"),
        (Presented(None, None, STAMP, "v1,x"), "webhook-id did not come"),
        (Presented(None, ID, f"{STAMP}000", "v1,x"), "milliseconds"),
        (Presented(None, ID, "yesterday", "v1,x"), "webhook-timestamp is malformed"),
        (Presented(None, ID, str(NOW - 301), "v1,x"), "300 s away"),
        (Presented(None, "a.b", STAMP, "v1,x"), "webhook-id is malformed"),
    ],
)
def test_what_stands_beside_the_signature_is_looked_at_first(presented: Presented, said: str) -> None:
    (found,) = diagnose(BODY, presented, [SECRET], NOW)
    assert said in found.because


def test_a_secret_that_no_library_takes_is_told_so() -> None:
    assert "not base64" in standard("v1,AAAA", "whsec_your-secret-key").because


def test_right_signatures_are_told_to_be_right() -> None:
    made = Presented.of(signing.headers(BODY, [SECRET], ID, NOW))
    assert [found.valid for found in diagnose(BODY, made, ["new", SECRET], NOW)] == [True, True]
    assert diagnose(BODY, Presented(), [SECRET], NOW) == []


BAD: list[Callable[[str, str], Presented]] = [
    lambda text, more: Presented(plain=text),
    lambda text, more: Presented(None, ID, STAMP, text),
    lambda text, more: Presented(text, more, STAMP, text),
    lambda text, more: Presented(more, ID, text, more),
]


@given(st.text(max_size=100), st.text(max_size=20), st.sampled_from(BAD), st.binary(max_size=50))
def test_whatever_came_there_is_an_answer_that_does_not_hold_the_right_signature(
    text: str, more: str, bad: Callable[[str, str], Presented], body: bytes
) -> None:
    presented = bad(text, more)
    right = [signing.plain(body, SECRET), b64(mac(body))]
    right += [signing.standard(body, SECRET.encode(), presented.webhook_id or "", presented.timestamp or "")]
    for found in diagnose(body, presented, [SECRET], NOW):
        assert not found.valid
        assert not any(signature.removeprefix("v1,") in found.because for signature in right)


def test_a_body_nobody_could_parse_is_not_parsed() -> None:
    for body in (b"[" * 100_000, b"9" * 10_000, b"\xff\xfe", b"NaN"):
        assert plain("00" * 32, body).because == UNEXPLAINED


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 900 + b"1," * 15_000 + b"1" + b"]" * 900,
        b"[" * 8_000 + b"]" * 8_000,
        b"[" + b"1," * 120_000 + b"1]",
    ],
    ids=["nested", "deep", "long"],
)
def test_a_body_that_would_grow_without_end_when_indented_takes_no_more_memory_than_others(
    body: bytes,
) -> None:
    # Anybody may send it. Indented by four, the nested one has 54 MB.
    tracemalloc.start()
    try:
        presented = Presented("00" * 32, ID, STAMP, f"v1,{b64(mac(b'another body'))}")
        found = diagnose(body, presented, [SECRET], NOW)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [one.because for one in found] == [UNEXPLAINED, UNEXPLAINED]
    assert most < 64_000_000


def test_of_a_body_too_deep_to_indent_the_other_styles_are_tried() -> None:
    value: object = 1
    for _ in range(40):
        value = [value, 2]
    blanks, compact = json.dumps(value).encode(), json.dumps(value, separators=(",", ":")).encode()
    assert "written anew (with blanks)" in plain(mac(blanks).hex(), compact).because
