"""KMS: keys whose id is known before they exist, and whose material can be kept.

moto draws both at random at each start. The template's `Ref` must know the id, and what was sealed yesterday
must open today. moto also makes an RSA key for each symmetric key, a tenth of a second that nobody uses.
"""

from __future__ import annotations

import base64
import uuid
from typing import Any

from infra.local.moto_patches.seam import moto
from infra.local.shared import ACCOUNT, REGION

_originals: dict[str, Any] = {}
_KEY_ID = 36
"""Bytes of the key's id that moto begins a ciphertext with."""


def install(endpoint: str) -> None:
    """Let symmetric keys do without an RSA key; a second call changes nothing."""
    models = moto("kms.models")
    if "generate_private_key" not in _originals:
        _originals["generate_private_key"] = models.generate_private_key
        models.generate_private_key = _private_key


def _private_key(key_spec: str) -> Any:
    return None if key_spec == "SYMMETRIC_DEFAULT" else _originals["generate_private_key"](key_spec)


def ensure_key(key_id: str, description: str) -> None:
    """Make a symmetric key of that id, unless there is one."""
    backend = _backend()
    if key_id not in backend.keys:
        key = backend.create_key(None, "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", description, None)
        backend.keys[key_id] = backend.keys.pop(key.id)
        key.id, key.arn = key_id, key_arn(key_id)


def ensure_alias(name: str, key_id: str) -> None:
    """Let the alias (`alias/…`) mean the key."""
    backend = _backend()
    (backend.update_alias if backend.alias_exists(name) else backend.create_alias)(key_id, name)


def key_arn(key: str) -> str:
    """Return the ARN of a key named by its id, its ARN, an alias or an alias' ARN."""
    if ":key/" in key:
        return key
    if "alias/" in key:
        alias = f"alias/{key.partition('alias/')[2]}"
        key = next((one.id for one in _backend().keys.values() if alias in one.aliases), key)
    return f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{key}"


def key_of(ciphertext: str) -> str:
    """Return the id of the key that a ciphertext (base64) was made with; `*` for what is no ciphertext."""
    try:
        return str(uuid.UUID(base64.b64decode(ciphertext, validate=True)[:_KEY_ID].decode()))
    except ValueError:
        return "*"


def save() -> dict[str, bytes]:
    """Return each key's material."""
    return {key.id: key.key_material for key in _backend().keys.values()}


def restore(materials: dict[str, bytes]) -> None:
    """Give the keys that exist the material of an earlier run."""
    for key_id, material in materials.items():
        key: Any = _backend().keys.get(key_id)
        if key:
            key.key_material = material


def _backend() -> Any:
    return moto("kms.models").kms_backends[ACCOUNT][REGION]
