import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.config import rules
from orchestrator.config.registry import WINGS, Variable

VARIABLES = [variable for wing in WINGS for group in wing.sets for variable in group.variables]
FROM_THE_DOCUMENTS = """\
MODEL_NAME SUPABASE_URL SUPABASE_API_KEY SUPABASE_AUTH_TOKEN OPENAI_API_KEY
N8N_WEBHOOK_BASE ACTIVEPIECES_BASE ORCHESTRATOR_SYNC_TIMEOUT ORCHESTRATOR_FLOW_TIMEOUT DATABASE_URL LOG_LEVEL
DEBUG WEBHOOK_TIMEOUT WEBHOOK_MAX_RETRIES MAX_TEXT_LENGTH CORS_ORIGINS TOGGL_API_KEY CUSTOMGPT_API_KEY
RESEARCH_AGENT_PROJECT_ID PLANNING_AGENT_PROJECT_ID BUILDER_AGENT_PROJECT_ID REVIEW_AGENT_PROJECT_ID
ORCHESTRATOR_BASE_URL ORCHESTRATOR_LOG_LEVEL SLACK_BOT_TOKEN SLACK_SIGNING_SECRET SLACK_DEFAULT_CHANNEL
GEMINI_API_KEY ANTHROPIC_API_KEY TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN TWILIO_WHATSAPP_FROM SMTP_HOST SMTP_PORT
SMTP_USERNAME SMTP_PASSWORD SMTP_FROM TOGGL_WORKSPACE_ID
"""


def test_every_variable_of_the_five_documents_has_one_place() -> None:
    names = [variable.name for variable in VARIABLES]
    assert set(FROM_THE_DOCUMENTS.split()) <= set(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    "value",
    [
        "your-key-here",
        "sk-your-openai-api-key",
        "sk-your-api-key",
        "proj-xxxxxxxx-planner",
        "<key>",
        "changeme",
        "…",
    ],
)
def test_a_sample_nobody_replaced_is_seen(value: str) -> None:
    assert rules.is_placeholder(value)


@pytest.mark.parametrize("value", ["sk-proj-A8f3", "ollama", "proj-42-planner", "12345", "mykey", "yourself"])
def test_a_real_value_is_not_taken_for_a_sample(value: str) -> None:
    assert not rules.is_placeholder(value)


GOOD = [
    ("CORS_ORIGINS", '["https://a.example", "http://localhost:3000"]'),
    ("CORS_ORIGINS", "https://a.example, http://localhost:3000"),
    ("CORS_ORIGINS", "*"),
    ("SUPABASE_URL", "https://siydccpivqusbxyhcvbm.supabase.co/rest/v1/events"),
    ("SUPABASE_URL", "https://siydccpivqusbxyhcvbm.supabase.co"),
    ("SUPABASE_API_KEY", "sb_secret_abc"),
    ("SUPABASE_API_KEY", "eyJ0.eyJ1.abc"),
    ("RESEARCH_AGENT_PROJECT_ID", "12345"),
    ("RESEARCH_AGENT_PROJECT_ID", "proj-12345678-researcher"),
    ("TWILIO_WHATSAPP_FROM", "whatsapp:+14155238886"),
    ("SMTP_FROM", "Assistant <assistant@example.com>"),
    ("MAX_TEXT_LENGTH", "10000"),
    ("LOG_LEVEL", "info"),
    ("N8N_WEBHOOK_BASE", "http://n8n:5678/webhook"),
    ("DATABASE_URL", "postgresql://user:password@localhost:5432/dbname"),
]
BAD = [
    ("CORS_ORIGINS", '["ftp://a.example"]'),
    ("CORS_ORIGINS", "a.example"),
    ("CORS_ORIGINS", "[broken"),
    ("CORS_ORIGINS", "https://a.example/path"),
    ("SUPABASE_URL", "https://x.supabase.co/auth/v1"),
    ("SUPABASE_API_KEY", "abc"),
    ("RESEARCH_AGENT_PROJECT_ID", "researcher"),
    ("TWILIO_WHATSAPP_FROM", "+14155238886"),
    ("TWILIO_ACCOUNT_SID", "AC12"),
    ("SLACK_BOT_TOKEN", "xoxp-1"),
    ("SMTP_PORT", "70000"),
    ("WEBHOOK_MAX_RETRIES", "-1"),
    ("MAX_TEXT_LENGTH", "many"),
    ("ORCHESTRATOR_SYNC_TIMEOUT", "60"),
    ("OPENAI_API_KEY", "two words"),
]


def rule_of(name: str) -> rules.Rule:
    return next(variable.rule for variable in VARIABLES if variable.name == name)


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_a_good_value_passes(name: str, value: str) -> None:
    rule_of(name)(value)


@pytest.mark.parametrize(("name", "value"), BAD)
def test_a_bad_value_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        rule_of(name)(value)


def test_customgpts_two_spellings_are_told_apart() -> None:
    assert rules.project_id("12345") is None
    assert "number" in str(rules.project_id("proj-12345678-planner"))


def complaint(variable: Variable, value: str) -> str:
    try:
        variable.rule(value)
    except ValueError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("variable", VARIABLES, ids=lambda variable: variable.name)
@given(tail=st.text(min_size=1))
def test_no_value_breaks_a_rule_and_no_secret_is_repeated(variable: Variable, tail: str) -> None:
    value = f"Zq7~{tail}"
    assert not variable.secret or value not in complaint(variable, value)
