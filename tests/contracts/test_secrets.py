"""A vendor's secret in Secrets Manager: how long it is used, and what is said when it cannot be."""

import asyncio
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from orchestrator.aws import clients
from orchestrator.aws import secrets as module
from orchestrator.aws.secrets import LIFETIME, Secret
from orchestrator.errors import Misconfigured, NotConfigured
from tests.fakes.stack import Stack, stack

NOW = 1_795_174_154.5


class Clock:
    """Wall-clock time as the module reads it; any other clock is not there."""

    def __init__(self) -> None:
        self.now = NOW

    def time(self) -> float:
        return self.now


@pytest.fixture
def made() -> Iterator[Stack]:
    with stack() as here:
        yield here


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def secret(made: Stack, clock: Clock) -> Secret:
    del clock
    return Secret("openai", made.environment["SECRET_OPENAI"])


def key(secret: Secret, name: str = "OPENAI_API_KEY") -> str:
    return asyncio.run(secret.get(name))


def store(text: str) -> None:
    clients.secretsmanager().put_secret_value(SecretId="openai", SecretString=text)


def reads(made: Stack) -> int:
    return made.calls.count("GetSecretValue")


def test_a_secret_is_read_once_in_its_lifetime(secret: Secret, made: Stack, clock: Clock) -> None:
    assert key(secret) == "sk-test"
    clock.now += LIFETIME
    assert key(secret) == "sk-test"
    assert reads(made) == 1


def test_a_rotated_key_is_used_once_the_lifetime_is_over(secret: Secret, made: Stack, clock: Clock) -> None:
    assert key(secret) == "sk-test"
    store('{"OPENAI_API_KEY": "sk-rotated"}')
    clock.now += LIFETIME
    assert key(secret) == "sk-test"
    clock.now += 0.001
    assert key(secret) == "sk-rotated"
    assert reads(made) == 2


@pytest.mark.parametrize("text", ["not json", "[]", '"sk-test"', "null", "7", '{"OPENAI_API_KEY": 7}'])
def test_a_secret_that_is_no_object_is_named_with_an_example(secret: Secret, text: str) -> None:
    store(text)
    with pytest.raises(Misconfigured, match="the openai secret is no JSON object") as caught:
        key(secret)
    assert "OPENAI_API_KEY" in str(caught.value.hint)
    assert text not in caught.value.message


def test_a_secret_of_bytes_is_named_with_an_example(secret: Secret) -> None:
    clients.secretsmanager().put_secret_value(SecretId="openai", SecretBinary=b"sk-test")
    with pytest.raises(Misconfigured, match="the openai secret is no JSON object"):
        key(secret)


def test_a_malformed_secret_is_read_again_at_the_next_call_and_works_once_mended(secret: Secret) -> None:
    store("not json")
    with pytest.raises(Misconfigured):
        key(secret)
    store('{"OPENAI_API_KEY": "sk-mended"}')
    assert key(secret) == "sk-mended"


@pytest.mark.parametrize("text", ["{}", '{"OPENAI_API_KEY": ""}', '{"OTHER": "x"}'])
def test_a_secret_without_the_variable_names_the_variable_and_the_secret(secret: Secret, text: str) -> None:
    store(text)
    with pytest.raises(NotConfigured, match="OPENAI_API_KEY is not set") as caught:
        key(secret)
    assert not isinstance(caught.value, Misconfigured)
    assert "openai secret" in str(caught.value.hint)


def test_a_secret_that_never_got_a_value_counts_as_empty(made: Stack) -> None:
    del made
    arn = clients.secretsmanager().create_secret(Name="ssh")["ARN"]
    with pytest.raises(NotConfigured, match="SSH_PRIVATE_KEY is not set"):
        key(Secret("ssh", arn), "SSH_PRIVATE_KEY")


def test_a_name_the_secret_does_not_hold_is_not_looked_up_each_time(secret: Secret, made: Stack) -> None:
    for _ in range(3):
        with pytest.raises(NotConfigured, match="UNKNOWN is not set"):
            key(secret, "UNKNOWN")
    assert reads(made) == 1


def test_a_refusal_of_another_kind_is_not_taken_for_an_empty_secret(made: Stack) -> None:
    del made
    arn = clients.secretsmanager().create_secret(Name="gone", SecretString="{}")["ARN"]
    clients.secretsmanager().delete_secret(SecretId=arn)
    with pytest.raises(ClientError, match="InvalidRequestException"):
        key(Secret("gone", arn), "X")
