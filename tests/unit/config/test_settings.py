import pytest
from pydantic import Field

from orchestrator.config import Settings, SettingsError
from orchestrator.config.groups import GROUPS, Intents, OpenAI, Platform, Public, Ssh, Supabase


class Sample(Settings):
    size: int = Field(alias="SAMPLE_SIZE", ge=1, examples=["3"])
    name: str = Field("nobody", alias="SAMPLE_NAME", examples=["somebody"])


def test_a_wrong_variable_is_named_with_what_is_wrong_and_an_example() -> None:
    with pytest.raises(
        SettingsError, match=r"^SAMPLE_SIZE: Input should be a valid integer.* \(example: 3\)$"
    ):
        Sample.load({"SAMPLE_SIZE": "three"})


def test_every_wrong_variable_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Intents.load({"ORCHESTRATOR_SYNC_TIMEOUT": "0", "ORCHESTRATOR_FLOW_TIMEOUT": "never"})
    assert caught.value.message.count("(example: ") == 2


def test_an_empty_value_counts_as_unset() -> None:
    assert Sample.load({"SAMPLE_SIZE": "1", "SAMPLE_NAME": "  "}).name == "nobody"
    with pytest.raises(SettingsError, match="SAMPLE_SIZE: Field required"):
        Sample.load({"SAMPLE_SIZE": ""})


@pytest.mark.parametrize(
    ("environment", "level"),
    [
        ({}, "INFO"),
        ({"DEBUG": "true"}, "DEBUG"),
        ({"LOG_LEVEL": "warning", "DEBUG": "true"}, "WARNING"),
        ({"LOG_LEVEL": "WARNING", "ORCHESTRATOR_LOG_LEVEL": "error"}, "ERROR"),
        ({"LOG_LEVEL": "WARNING", "ORCHESTRATOR_LOG_LEVEL": ""}, "WARNING"),
    ],
)
def test_the_orchestrators_own_log_level_wins_in_any_case(environment: dict[str, str], level: str) -> None:
    assert Platform.load(environment).level == level


def test_an_open_production_is_refused() -> None:
    with pytest.raises(SettingsError, match="AUTH_MODE=open is not for stage prod"):
        Platform.load({"ORCHESTRATOR_STAGE": "prod", "AUTH_MODE": "open"})


@pytest.mark.parametrize(
    "value", ["example.com", "ftp://example.com", "https://", "https://a b", "https://u:p@h"]
)
def test_an_address_must_be_http_without_credentials(value: str) -> None:
    with pytest.raises(
        SettingsError, match=r"ORCHESTRATOR_BASE_URL: not an http\(s\):// address \(example: "
    ):
        Public.load({"ORCHESTRATOR_BASE_URL": value})


def test_an_address_loses_its_last_slash() -> None:
    assert (
        OpenAI.load({"OPENAI_BASE_URL": "http://localhost:11434/v1/"}).base_url == "http://localhost:11434/v1"
    )


@pytest.mark.parametrize(
    ("given", "table"),
    [
        ("https://abc.supabase.co", "https://abc.supabase.co/rest/v1/events"),
        ("https://abc.supabase.co/", "https://abc.supabase.co/rest/v1/events"),
        ("https://abc.supabase.co/rest/v1/", "https://abc.supabase.co/rest/v1/events"),
        ("https://abc.supabase.co/rest/v1/my_events", "https://abc.supabase.co/rest/v1/my_events"),
        ("http://127.0.0.1:8000/proxy/rest/v1/events/", "http://127.0.0.1:8000/proxy/rest/v1/events"),
    ],
)
def test_supabase_is_named_by_its_table_or_its_project(given: str, table: str) -> None:
    assert Supabase.load({"SUPABASE_URL": given}).table_url == table


@pytest.mark.parametrize(
    "value", ["https://a.supabase.co/auth/v1", "https://a.supabase.co/rest/v1/a/b", "postgresql://a/b"]
)
def test_another_address_is_no_table_of_supabase(value: str) -> None:
    with pytest.raises(SettingsError, match="SUPABASE_URL: n"):
        Supabase.load({"SUPABASE_URL": value})


@pytest.mark.parametrize("value", ["web1", "[]", "{}", '{"web1": "host"}'])
def test_the_ssh_hosts_are_an_object_of_objects(value: str) -> None:
    with pytest.raises(SettingsError, match="SSH_HOSTS: not "):
        Ssh.load({"SSH_HOSTS": value})


@pytest.mark.parametrize("name", sorted(GROUPS))
def test_every_group_loads_from_nothing_and_from_its_own_examples(name: str) -> None:
    GROUPS[name].load({})
    GROUPS[name].load(GROUPS[name].variables())
