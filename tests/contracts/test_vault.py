"""What the vault promises: KMS on moto and the fake alike."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from orchestrator.aws.vault import KmsVault
from orchestrator.webhooks.ports import Vault
from tests.fakes.stack import stack
from tests.fakes.webhooks import MemoryVault


@pytest.fixture(params=["KMS", "fake"])
def vault(request: pytest.FixtureRequest) -> Iterator[Vault]:
    if request.param == "fake":
        yield MemoryVault()
        return
    with stack() as made:
        yield KmsVault(made.environment["KEY_WEBHOOKS"])


def run(work: Any) -> Any:
    return asyncio.run(work)


@pytest.mark.parametrize(
    "secrets", [(), ("your-secret-key",), ("whsec_bmV3", "v1,whsec_b2xk"), ("ü☃\ud800", "x" * 1024)]
)
def test_secrets_come_back_as_they_were_in_their_order(vault: Vault, secrets: tuple[str, ...]) -> None:
    sealed = run(vault.seal(secrets, "acme", "req_1"))
    assert run(vault.open(sealed, "acme", "req_1")) == secrets
    assert not set(secrets) & set(sealed)


@pytest.mark.parametrize(("tenant", "subject"), [("other", "req_1"), ("acme", "req_2")])
def test_what_was_sealed_for_one_request_opens_for_no_other(vault: Vault, tenant: str, subject: str) -> None:
    sealed = run(vault.seal(("your-secret-key",), "acme", "req_1"))
    with pytest.raises(Exception, match=r"InvalidCiphertext|sealed for something else"):
        run(vault.open(sealed, tenant, subject))
