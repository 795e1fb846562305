"""The allowed hosts."""

import json
from typing import Any

import pytest

from orchestrator.config import SettingsError
from orchestrator.errors import NotConfigured, NotFound
from orchestrator.intents.ssh import Hosts

ENTRY = {"host": "web1.example.com", "user": "ops", "host_key": "ssh-ed25519 AAAA"}


def parsed(**changes: Any) -> Hosts:
    return Hosts.parse(json.dumps({"web1": {**ENTRY, **changes}}))


def test_a_host_is_found_by_its_alias_only() -> None:
    host = parsed().get("web1")
    assert (host.host, host.user, host.port) == ("web1.example.com", "ops", 22)
    with pytest.raises(NotFound):
        parsed().get("web1.example.com")


def test_an_unknown_alias_lists_those_there_are_and_the_nearest() -> None:
    with pytest.raises(NotFound, match=r"Host 'web2' not found. Available: \['web1'\]") as caught:
        parsed().get("web2")
    assert caught.value.hint == "Did you mean 'web1'?"


def test_no_host_at_all_names_the_setting_with_an_example() -> None:
    with pytest.raises(NotConfigured, match="SSH_HOSTS") as caught:
        Hosts.parse("").get("web1")
    assert "host_key" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"host": ""}, "host"),
        ({"user": None}, "user"),
        ({"host_key": "AAAA"}, "host_key"),
        ({"port": "22"}, "port"),
        ({"port": 0}, "port"),
        ({"port": True}, "port"),
    ],
)
def test_a_wrong_entry_is_named_with_alias_and_field(changes: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingsError, match=f"SSH_HOSTS: web1: {named}"):
        parsed(**changes)


@pytest.mark.parametrize("text", ["{", "[]", '{"web1": "web1.example.com"}'])
def test_what_is_no_object_of_hosts_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="SSH_HOSTS"):
        Hosts.parse(text)
