"""The slips people make when they sign: what they sign instead of the body, with what key, how they write it.

Each is named in words that follow "It is the right kind of signature, but …"; the right way has no name.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from orchestrator.webhooks.signing import key_bytes, utf8

Named = tuple[str, bytes]

_STYLES: Mapping[str, Mapping[str, Any]] = {
    "compact": {"separators": (",", ":")},
    "with blanks": {},
    "indented by 2": {"indent": 2},
    "indented by 4": {"indent": 4},
}
MOST_REWRITTEN = 65_536
"""Bytes of a body that is parsed and written anew in all styles: that takes time, and anybody may ask."""
_MOST_GROWTH = 8
"""How many times as long a body may get by that."""
_DEEPEST = 20
"""Levels of lists and objects that are indented. What is nested deeper can outgrow all memory by it."""
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_MARKED = re.compile(r"(?:v1,)?whsec_")


def bodies(body: bytes) -> Iterator[Named]:
    """Yield `body` as it is, then what it becomes on its way through a parser, an editor or a gateway."""
    yield "", body
    yield "of the body with a line break at its end", body + b"\n"
    yield "of the body without the white space around it", body.strip()
    yield "of the body with other line breaks", body.replace(b"\r\n", b"\n")
    yield "of the body with other line breaks", body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    yield "of the body in base64, as gateways hand it on", base64.b64encode(body)
    yield "of an empty body", b""
    yield from _written_anew(body)


def _written_anew(body: bytes) -> Iterator[Named]:
    if len(body) > MOST_REWRITTEN:
        return
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return
    styles = [name for name, style in _STYLES.items() if "indent" not in style or _depth(value) <= _DEEPEST]
    for style, ordered, escaped in itertools.product(styles, (False, True), (False, True)):
        how = {"sort_keys": ordered, "ensure_ascii": escaped, **_STYLES[style]}
        if text := _written(value, how, _MOST_GROWTH * len(body) + 1_024):
            details = f"{style}, keys sorted" if ordered else style
            yield f"of the body parsed and written anew ({details})", utf8(text)


def _depth(value: object) -> int:
    """Return how many lists and objects lie in each other at most, as far as that is of interest."""
    levels, layer = 0, list(_inside(value))
    while layer and levels <= _DEEPEST:
        layer = [inner for part in layer for inner in _inside(part)]
        levels += 1
    return levels


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return cast("dict[str, object]", value).values()
    return cast("list[object]", value) if isinstance(value, list) else ()


def _written(value: object, how: Mapping[str, Any], most: int) -> str | None:
    """Return `value` as JSON; `None` when that has more than `most` characters, or is nested too deep."""
    pieces: list[str] = []
    try:
        if "indent" not in how:
            return json.dumps(value, **how)  # many times as fast, and never much longer
        for piece in json.JSONEncoder(**how).iterencode(value):
            pieces.append(piece)
            most -= len(piece)
            if most < 0:
                return None
    except RecursionError:
        return None
    return "".join(pieces)


def contents(
    body: bytes, webhook_id: str | None, timestamp: str | None, *, standard: bool
) -> Iterator[Named]:
    """Yield every text that may have been signed, the right one of the scheme first."""
    stamp = f"{timestamp or ''}."
    full = f"{webhook_id or ''}.{stamp}"
    changed = list(bodies(body))
    if standard:
        yield from _after(full, changed, "")
        yield from _after("", changed, "of the body alone, without id and time")
        yield from _after(stamp, changed, "of time and body, without the id")
    else:
        yield from changed
        if webhook_id is not None:
            yield from _after(full, changed, "of id, time and body, not of the body alone")


def _after(prefix: str, bodies: Sequence[Named], said: str) -> Iterator[Named]:
    for slip, changed in bodies:
        yield " and ".join(part for part in (said, slip) if part), utf8(prefix) + changed


def keys(secrets: Sequence[str], *, standard: bool) -> Iterator[Named]:
    """Yield every key that may have been made of `secrets`, the right ones of the scheme first.

    Raises:
        InvalidInput: a secret is no key of Standard Webhooks (`standard` only).
    """
    for secret in secrets:
        yield "", key_bytes(secret) if standard else utf8(secret)
    for secret in secrets:
        unmarked = _MARKED.sub("", secret, count=1)
        yield "made with the secret as it is written, not decoded from base64", utf8(secret)
        yield "made with the secret without its whsec_, not decoded from base64", utf8(unmarked)
        yield "made with the secret without the white space around it", utf8(secret.strip())
        yield "made with the secret and a line break after it", utf8(f"{secret}\n")
        if decoded := from_base64(unmarked):
            yield "made with the secret decoded from base64", decoded
        if _HEX.fullmatch(unmarked):
            yield "made with the secret decoded from hex", bytes.fromhex(unmarked)
    yield "made with an empty secret", b""


def from_base64(text: str) -> bytes | None:
    """Return what `text` spells in base64, of either alphabet, padded or not; `None` when it is none."""
    plain = text.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


_PREFIX = re.compile(r"(?:v1,|v1=|v0=|hmac-sha256=|sha-?256=)?\s*", re.IGNORECASE)


def bare(given: str) -> str:
    """Return a signature without what is written around the digest."""
    text = given.strip()
    matched = _PREFIX.match(text)
    return text[matched.end() :] if matched else text


def digest(given: str) -> bytes | None:
    """Return the bytes that a signature spells, in hex or base64; `None` when it spells none."""
    text = bare(given)
    return bytes.fromhex(text) if _HEX.fullmatch(text) else from_base64(text)


def spelling(given: str, *, standard: bool) -> list[str]:
    """Return what is wrong with how a right digest is written."""
    text = bare(given)
    found: list[str] = []
    if _HEX.fullmatch(text):
        found += ["in hex, not in base64"] if standard else []
        found += ["in upper case"] if not standard and text != text.lower() else []
    elif not standard:
        found.append("in base64, not in hex")
    elif text != base64.b64encode(from_base64(text) or b"").decode():
        found.append("in another kind of base64 (padding, alphabet)")
    before = given.strip().removesuffix(text).strip()
    if standard and before != "v1,":
        found.append("without `v1,` before it")
    if not standard and before:
        found.append(f"with `{before}` before it")
    if given != given.strip():
        found.append("with white space around it")
    return found
