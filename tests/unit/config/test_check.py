from hypothesis import given
from hypothesis import strategies as st

from orchestrator.config import check
from orchestrator.config.registry import WINGS

SID = "AC0123456789abcdef0123456789abcdef"
TOKEN = "0123456789abcdef0123456789abcdef"
SECRETS = [v.name for wing in WINGS for group in wing.sets for v in group.variables if v.secret]


def lines_of(environment: dict[str, str]) -> dict[str, str]:
    text = check.render(check.inspect(environment))
    return {line[2:].split()[0]: line for line in text.splitlines() if line[:2] in {"  ", "✗ "}}


def headings_of(environment: dict[str, str]) -> list[str]:
    return [report.heading for report in check.inspect(environment)]


def wrong_in(environment: dict[str, str]) -> set[str]:
    return {finding.variable.name for finding in check.problems(check.inspect(environment))}


def test_each_variable_has_exactly_one_line() -> None:
    text = check.render(check.inspect({"AUTH_MODE": "open", "ORCHESTRATOR_STAGE": "prod"}))
    names = [variable.name for wing in WINGS for group in wing.sets for variable in group.variables]
    printed = [line[2:].split()[0] for line in text.splitlines() if line[:2] in {"  ", "✗ "}]
    assert sorted(printed) == sorted(names)


def test_nothing_set_is_fine_and_the_wings_that_need_vendors_are_off() -> None:
    assert wrong_in({}) == set()
    assert "calendar: off (stand-in on the laptop)" in headings_of({})
    assert "chat: off (stand-in on the laptop)" in headings_of({})
    assert "productivity: off (stand-in on the laptop)" in headings_of({})
    assert any(heading.startswith("intents: on") for heading in headings_of({}))


def test_a_half_filled_group_is_an_error_that_names_what_is_missing() -> None:
    environment = {"TWILIO_ACCOUNT_SID": SID, "TWILIO_AUTH_TOKEN": TOKEN}
    assert wrong_in(environment) == {"TWILIO_WHATSAPP_FROM"}
    line = lines_of(environment)["TWILIO_WHATSAPP_FROM"]
    assert "missing: TWILIO_ACCOUNT_SID is set (example: whatsapp:+14155238886)" in line


def test_a_full_group_turns_its_part_of_the_wing_on() -> None:
    environment = {"SLACK_BOT_TOKEN": "xoxb-1-2-abc", "SLACK_SIGNING_SECRET": TOKEN}
    assert any(heading.startswith("productivity: on (slack); toggl") for heading in headings_of(environment))


def test_a_placeholder_counts_as_unset() -> None:
    samples = {
        "CUSTOMGPT_API_KEY": "sk-your-api-key",
        "RESEARCH_AGENT_PROJECT_ID": "proj-xxxxxxxx-researcher",
    }
    assert wrong_in(samples) == set()
    assert "placeholder" in lines_of(samples)["CUSTOMGPT_API_KEY"]


def test_what_has_no_effect_yet_says_so() -> None:
    assert "no effect until OPENAI_API_KEY is set" in lines_of({"MODEL_NAME": "gpt-6-luna"})["MODEL_NAME"]


def test_a_server_that_asks_for_no_key_is_on_by_its_address_alone() -> None:
    environment = {"OPENAI_BASE_URL": "http://localhost:11434/v1", "MODEL_NAME": "qwen3"}
    assert wrong_in(environment) == set()
    assert headings_of(environment)[0] == "platform: on (openai)"
    assert "no effect" not in lines_of(environment)["MODEL_NAME"]


def test_ssh_has_no_stand_in_and_is_simply_off() -> None:
    assert "intents: on; ssh off" in headings_of({})


def test_the_postgres_address_is_accepted_masked_and_reported_as_ignored() -> None:
    line = lines_of({"DATABASE_URL": "postgresql://user:hunter2@localhost:5432/dbname"})["DATABASE_URL"]
    assert "ignored: results live in DynamoDB" in line
    assert "hunter2" not in line


def test_defaults_are_shown() -> None:
    assert lines_of({})["ORCHESTRATOR_SYNC_TIMEOUT"].split() == ["ORCHESTRATOR_SYNC_TIMEOUT", "default", "8"]


def test_stage_and_auth_mode_are_judged_together() -> None:
    assert wrong_in({"ORCHESTRATOR_STAGE": "prod", "AUTH_MODE": "open"}) == {"AUTH_MODE"}


def test_credentials_inside_an_address_are_not_shown() -> None:
    assert "hunter2" not in lines_of({"N8N_WEBHOOK_BASE": "http://me:hunter2@n8n:5678"})["N8N_WEBHOOK_BASE"]


@given(st.text(alphabet=st.characters(categories=["L", "N", "P"]), min_size=6, max_size=80))
def test_no_secret_is_ever_printed(tail: str) -> None:
    secret = f"Zq7~{tail}"
    text = check.render(check.inspect(dict.fromkeys(SECRETS, secret)))
    assert secret not in text
    assert secret[3:-2] not in text


def test_a_mask_tells_long_secrets_apart_and_hides_short_ones() -> None:
    assert check.mask("sk-proj-0123456789abcdef") == "sk-…ef"
    assert check.mask("short-secret") == "••••"
    assert check.mask("-----BEGIN KEY-----\nabc\n-----END KEY-----") == "••••"
