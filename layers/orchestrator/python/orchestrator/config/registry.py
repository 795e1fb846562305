"""Every variable of the five wings, for the check; what functions read at run time stands in `groups`."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.config import Settings, SettingsError, rules
from orchestrator.config.groups import Analysis, Auth, Intents, OpenAI, Platform, Public, Ssh, Webhooks
from orchestrator.config.rules import Rule
from orchestrator.config.vendors import VENDORS


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable. `default` is shown when it is unset; `required` counts only once its set is begun."""

    name: str
    example: str
    rule: Rule = rules.text
    default: str = ""
    secret: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class Set:
    """Variables that belong together: when a required one is set, all required ones must be.

    `keyless` names the variable that is enough by itself: the address of a server that asks for no key.
    """

    name: str
    variables: tuple[Variable, ...]
    vendor: bool = True
    stand_in: bool = True
    keyless: str = ""


@dataclass(frozen=True, slots=True)
class Wing:
    """One orchestrator's sets; `platform` holds what several wings share."""

    name: str
    sets: tuple[Set, ...]


def _group(group: type[Settings]) -> tuple[Variable, ...]:
    """Return the variables of a run-time group, judged by the group itself."""
    defaults = {field.alias: str(field.default) for field in group.model_fields.values()}

    def rule_of(name: str) -> Rule:
        def rule(value: str) -> None:
            try:
                group.load({name: value})
            except SettingsError as error:
                sentence = error.message.removeprefix(f"{name}: ").partition(" (example: ")[0]
                raise ValueError(sentence) from error

        return rule

    return tuple(
        Variable(name, example, rule_of(name), defaults[name]) for name, example in group.variables().items()
    )


def _secret(name: str, example: str, rule: Rule = rules.text, *, required: bool = True) -> Variable:
    return Variable(name, example, rule, secret=True, required=required)


def _needed(name: str, example: str, rule: Rule = rules.text) -> Variable:
    return Variable(name, example, rule, required=True)


_KEY = rules.pattern(r"\S+", "a key: it holds blanks")
_PLATFORM = Wing(
    "platform",
    (
        Set("general", _group(Platform) + _group(Public) + _group(Auth), vendor=False),
        Set("cors", (Variable("CORS_ORIGINS", "https://app.example.com", rules.origins),), vendor=False),
        Set(
            "openai",
            (_secret("OPENAI_API_KEY", "sk-proj-…", _KEY), *_group(OpenAI)),
            keyless="OPENAI_BASE_URL",
        ),
    ),
)
_CALENDAR = Wing(
    "calendar",
    (
        Set(
            "supabase",
            (
                _needed("SUPABASE_URL", "https://abc.supabase.co/rest/v1/events", rules.supabase),
                _secret("SUPABASE_API_KEY", "sb_secret_…", rules.supabase_key),
                _secret("SUPABASE_AUTH_TOKEN", "eyJ….eyJ….…", rules.supabase_key, required=False),
            ),
        ),
    ),
)
_INTENTS = Wing(
    "intents",
    (
        Set("router", _group(Intents), vendor=False),
        Set(
            "ssh",
            (
                *(Variable(v.name, v.example, v.rule, required=True) for v in _group(Ssh)),
                _secret("SSH_PRIVATE_KEY", "-----BEGIN OPENSSH PRIVATE KEY-----…", rules.private_key),
            ),
            stand_in=False,
        ),
    ),
)
_ANALYSIS = Wing(
    "analysis",
    (
        Set(
            "analysis",
            (
                *_group(Analysis),
                *_group(Webhooks),
                *(_secret(name, "whsec_…", required=False) for name in VENDORS["webhooks"].keys),
                _secret(
                    "DATABASE_URL",
                    "(leave it out)",
                    rules.ignored("results live in DynamoDB"),
                    required=False,
                ),
            ),
            vendor=False,
        ),
    ),
)
_PRODUCTIVITY = Wing(
    "productivity",
    (
        Set(
            "toggl",
            (
                _secret(
                    "TOGGL_API_KEY",
                    "0123456789abcdef0123456789abcdef",
                    rules.pattern(r"\w{16,}", "an API token"),
                ),
                Variable("TOGGL_WORKSPACE_ID", "1234567", rules.number(1, 10**11)),
            ),
        ),
        Set(
            "slack",
            (
                _secret("SLACK_BOT_TOKEN", "xoxb-…", rules.pattern(r"xoxb-\S+", "a bot token (xoxb-…)")),
                _secret(
                    "SLACK_SIGNING_SECRET", "8f742231b10e…", rules.pattern(r"[0-9a-f]{32}", "32 hex digits")
                ),
                Variable(
                    "SLACK_DEFAULT_CHANNEL", "#general", rules.pattern(r"[#CGD]\S+", "a channel name or id")
                ),
            ),
        ),
        Set(
            "gemini",
            (_secret("GEMINI_API_KEY", "AIza…", _KEY), Variable("GEMINI_MODEL", "gemini-3.5-flash-lite")),
        ),
        Set(
            "anthropic",
            (
                _secret("ANTHROPIC_API_KEY", "sk-ant-…", rules.pattern(r"sk-ant-\S+", "a key (sk-ant-…)")),
                Variable("CLAUDE_MODEL", "claude-haiku-5-5"),
            ),
        ),
        Set(
            "twilio",
            (
                _needed(
                    "TWILIO_ACCOUNT_SID", "AC0123…", rules.pattern(r"AC[0-9a-f]{32}", "AC and 32 hex digits")
                ),
                _secret("TWILIO_AUTH_TOKEN", "0123…", rules.pattern(r"[0-9a-f]{32}", "32 hex digits")),
                _needed(
                    "TWILIO_WHATSAPP_FROM",
                    "whatsapp:+14155238886",
                    rules.pattern(r"whatsapp:\+\d{7,15}", "whatsapp:+<number>"),
                ),
            ),
        ),
        Set(
            "smtp",
            (
                _needed("SMTP_HOST", "smtp.example.com", rules.pattern(r"[\w.-]+", "a host name")),
                Variable("SMTP_PORT", "587", rules.number(1, 65535), "587"),
                _needed(
                    "SMTP_FROM",
                    "assistant@example.com",
                    rules.pattern(r"[^@]+@[^@\s>]+>?", "an e-mail address"),
                ),
            ),
        ),
        Set("smtp-login", (_needed("SMTP_USERNAME", "mailer"), _secret("SMTP_PASSWORD", "…")), vendor=False),
    ),
)
_CHAT = Wing(
    "chat",
    (
        Set(
            "customgpt",
            (
                _secret("CUSTOMGPT_API_KEY", "1234|AbCd…", _KEY),
                *(
                    _needed(f"{agent}_AGENT_PROJECT_ID", "12345", rules.project_id)
                    for agent in ("RESEARCH", "PLANNING", "BUILDER", "REVIEW")
                ),
                Variable(
                    "CUSTOMGPT_BASE_URL",
                    "https://app.customgpt.ai/api/v1",
                    rules.url,
                    "https://app.customgpt.ai/api/v1",
                ),
            ),
        ),
    ),
)
WINGS = (_PLATFORM, _CALENDAR, _INTENTS, _ANALYSIS, _PRODUCTIVITY, _CHAT)
