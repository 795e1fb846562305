"""One model per group of settings. A spec names the groups its function needs."""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal, Self, cast

from pydantic import AfterValidator, Field, field_validator, model_validator

from orchestrator.config import Settings


def http_url(value: str) -> str:
    """Return `value`, an http(s) address without credentials or query, without its last slash.

    Raises:
        ValueError: it is not one.
    """
    if not _URL.fullmatch(value):
        raise ValueError("not an http(s):// address")
    return value.rstrip("/")


def supabase_table(value: str) -> str:
    """Return the table's address, given it or the project's; the table is then called `events`.

    Raises:
        ValueError: it is neither.
    """
    address = http_url(value)
    path = address.partition("://")[2].partition("/")[2]
    if not path:
        return f"{address}/rest/v1/events"
    found = re.fullmatch(r"(.*/)?rest/v1(/[\w-]+)?", path)
    if not found:
        raise ValueError("neither https://<project>.supabase.co nor …/rest/v1/<table>")
    return address if found[2] else f"{address}/events"


def supabase_headers(key: str, token: str) -> dict[str, str]:
    """Return the headers that carry a key and `SUPABASE_AUTH_TOKEN`: as a bearer only what is a JWT.

    PostgREST refuses a bearer that starts with `sb_` (https://supabase.com/docs/guides/api/api-keys).
    """
    bearer = token if token and not token.startswith("sb_") else key if key.count(".") == 2 else ""
    return {"apikey": key} | ({"authorization": f"Bearer {bearer}"} if bearer else {})


_URL = re.compile(r"https?://[^\s/?#@]+(/[^\s?#]*)?")
Url = Annotated[str, AfterValidator(http_url)]
TableUrl = Annotated[str, AfterValidator(supabase_table)]


class Platform(Settings):
    """What every function reads."""

    stage: Literal["local", "dev", "prod"] = Field("dev", alias="ORCHESTRATOR_STAGE", examples=["dev"])
    auth_mode: Literal["open", "key"] = Field("key", alias="AUTH_MODE", examples=["key"])
    log_level: str = Field("", alias="ORCHESTRATOR_LOG_LEVEL", examples=["info"])
    seed_log_level: str = Field("", alias="LOG_LEVEL", examples=["INFO"])
    debug: bool = Field(False, alias="DEBUG", examples=["false"])

    @field_validator("log_level", "seed_log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value and value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError(f"{value!r} is not one of debug, info, warning, error")
        return value.upper()

    @model_validator(mode="after")
    def _keyed_when_deployed(self) -> Self:
        if self.auth_mode == "open" and self.stage != "local":
            raise ValueError(f"AUTH_MODE=open is not for stage {self.stage}: anybody could call it")
        return self

    @property
    def level(self) -> str:
        """`ORCHESTRATOR_LOG_LEVEL` wins over `LOG_LEVEL`; `DEBUG=true` means DEBUG; else INFO."""
        return self.log_level or self.seed_log_level or ("DEBUG" if self.debug else "INFO")


class Public(Settings):
    """How the API is reached from outside."""

    base_url: Url = Field("", alias="ORCHESTRATOR_BASE_URL", examples=["https://api.example.com"])


class Auth(Settings):
    """The API-key authorizer."""

    key_cache: float = Field(30, alias="AUTH_KEY_CACHE_SECONDS", ge=0, le=55, examples=["30"])


class Intents(Settings):
    """The intent router. Times in seconds."""

    sync_timeout: float = Field(8, alias="ORCHESTRATOR_SYNC_TIMEOUT", gt=0, le=25, examples=["8"])
    flow_timeout: float = Field(120, alias="ORCHESTRATOR_FLOW_TIMEOUT", gt=0, le=900, examples=["120"])
    job_lease: float = Field(30, alias="ORCHESTRATOR_JOB_LEASE", ge=2, le=300, examples=["30"])
    n8n_base: Url = Field("", alias="N8N_WEBHOOK_BASE", examples=["http://n8n:5678/webhook"])
    activepieces_base: Url = Field(
        "", alias="ACTIVEPIECES_BASE", examples=["http://activepieces:3000/api/v1"]
    )


class OpenAI(Settings):
    """Where the OpenAI SDK talks to, and which models it asks for."""

    base_url: Url = Field(
        "https://api.openai.com/v1", alias="OPENAI_BASE_URL", examples=["https://api.openai.com/v1"]
    )
    embedding_model: str = Field(
        "text-embedding-3-small", alias="EMBEDDING_MODEL", examples=["text-embedding-3-small"]
    )
    model: str = Field("gpt-6-luna", alias="MODEL_NAME", examples=["gpt-6-luna"])
    timeout: float = Field(45, alias="OPENAI_TIMEOUT", gt=0, le=50, examples=["45"])


class Supabase(Settings):
    """The table of events. `table_url` is the table's address also where only the project's was given."""

    table_url: TableUrl = Field("", alias="SUPABASE_URL", examples=["https://abc.supabase.co/rest/v1/events"])


class Analysis(Settings):
    """Text analysis. Lengths in characters, times in days."""

    max_text_length: int = Field(10_000, alias="MAX_TEXT_LENGTH", ge=10, le=50_000, examples=["10000"])
    retention_days: int = Field(30, alias="RESULT_RETENTION_DAYS", ge=1, le=3650, examples=["30"])


class Webhooks(Settings):
    """Outgoing webhooks. Times in seconds; `max_retries` counts the tries after the first."""

    timeout: float = Field(30, alias="WEBHOOK_TIMEOUT", gt=0, le=60, examples=["30"])
    max_retries: int = Field(3, alias="WEBHOOK_MAX_RETRIES", ge=0, le=20, examples=["3"])
    retry_schedule: str = Field(
        "5,300,1800,7200,18000,36000,50400,72000,86400",
        alias="WEBHOOK_RETRY_SCHEDULE",
        pattern=r"^\d+(\.\d+)?(,\d+(\.\d+)?)*$",
        examples=["5,300,1800"],
    )
    retention_days: int = Field(30, alias="WEBHOOK_LOG_RETENTION_DAYS", ge=1, le=3650, examples=["30"])


class Ssh(Settings):
    """The hosts `ssh.exec` may reach."""

    hosts: str = Field(
        "",
        alias="SSH_HOSTS",
        examples=['{"web1": {"host": "web1.example.com", "user": "ops", "host_key": "ssh-ed25519 AAAA…"}}'],
    )

    @field_validator("hosts")
    @classmethod
    def _object_of_objects(cls, value: str) -> str:
        try:
            hosts = json.loads(value)
        except ValueError as error:
            raise ValueError(f"not JSON ({error})") from error
        known = cast("dict[str, Any]", hosts) if isinstance(hosts, dict) else {}
        if not known or not all(isinstance(host, dict) for host in known.values()):
            raise ValueError("not a JSON object of the form {alias: {host, user, host_key}}")
        return value


GROUPS: dict[str, type[Settings]] = {
    "platform": Platform,
    "public": Public,
    "auth": Auth,
    "intents": Intents,
    "openai": OpenAI,
    "supabase": Supabase,
    "ssh": Ssh,
    "analysis": Analysis,
    "webhooks": Webhooks,
}
