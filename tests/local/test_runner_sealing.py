"""KMS in the real runner: who may seal and open, and keys that outlive it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local.running import Running, runner
from tests.local.sample import stack

CONTEXT = {"tenant": "t", "subject": "s"}
ALIAS = "alias/sample-seal"


def seal(running: Running, key: str = "local-admin") -> bytes:
    kms = running.boto("kms", key=key)
    return kms.encrypt(KeyId=ALIAS, Plaintext=b"whsec", EncryptionContext=CONTEXT)["CiphertextBlob"]


def opened(running: Running, blob: bytes, key: str = "local-admin", **more: Any) -> bytes:
    asked = {"EncryptionContext": CONTEXT, **more}
    return running.boto("kms", key=key).decrypt(CiphertextBlob=blob, **asked)["Plaintext"]


def refusal(call: Any, *arguments: Any, **named: Any) -> str:
    with pytest.raises(ClientError) as refused:
        call(*arguments, **named)
    return refused.value.response["Error"]["Code"]


def test_what_was_sealed_opens_after_a_restart_for_those_who_may(tmp_path: Path) -> None:
    settings = {"ORCHESTRATOR_LOCAL_ASSEMBLY": str(stack.write(tmp_path / "a", stack.sealed(tmp_path / "n")))}
    with runner(tmp_path / "data", **settings) as first:
        blob = seal(first, key="sample-sealer")
        assert b"whsec" not in blob
        assert refusal(seal, first, key="sample-opener") == "AccessDeniedException"
        assert refusal(opened, first, blob, key="sample-sealer") == "AccessDeniedException"
        other = {"tenant": "t", "subject": "another"}
        assert refusal(opened, first, blob, EncryptionContext=other) == "InvalidCiphertextException"
        assert first.calls("sample-opener") == {"kms:Encrypt": 1}
    with runner(tmp_path / "data", **settings) as second:
        assert opened(second, blob, key="sample-opener") == b"whsec"
    with runner(tmp_path / "data", **settings, FRESH="1") as third:
        assert refusal(opened, third, blob) == "InvalidCiphertextException"
