"""One model per group of settings. A spec names the groups its function needs."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, field_validator

from orchestrator.config import Settings


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

    @property
    def level(self) -> str:
        """`ORCHESTRATOR_LOG_LEVEL` wins over `LOG_LEVEL`; `DEBUG=true` means DEBUG; else INFO."""
        return self.log_level or self.seed_log_level or ("DEBUG" if self.debug else "INFO")


class Intents(Settings):
    """The intent router."""

    sync_timeout: float = Field(8, alias="ORCHESTRATOR_SYNC_TIMEOUT", gt=0, le=25, examples=["8"])
    flow_timeout: float = Field(120, alias="ORCHESTRATOR_FLOW_TIMEOUT", gt=0, le=900, examples=["120"])
    job_lease: float = Field(30, alias="ORCHESTRATOR_JOB_LEASE", ge=2, le=300, examples=["30"])
    n8n_base: str = Field("", alias="N8N_WEBHOOK_BASE", examples=["http://n8n:5678/webhook"])
    activepieces_base: str = Field("", alias="ACTIVEPIECES_BASE", examples=["http://activepieces:3000/api/v1"])


class OpenAI(Settings):
    """Where the OpenAI SDK talks to, and which models it asks for."""

    base_url: str = Field("https://api.openai.com/v1", alias="OPENAI_BASE_URL", pattern=r"^https?://", examples=["https://api.openai.com/v1"])
    embedding_model: str = Field("text-embedding-3-small", alias="EMBEDDING_MODEL", examples=["text-embedding-3-small"])
    model: str = Field("gpt-6-luna", alias="MODEL_NAME", examples=["gpt-6-luna"])


class Ssh(Settings):
    """The hosts `ssh.exec` may reach."""

    hosts: str = Field("", alias="SSH_HOSTS", examples=['{"web1": {"host": "web1.example.com", "user": "ops", "host_key": "ssh-ed25519 AAAA…"}}'])


GROUPS: dict[str, type[Settings]] = {"platform": Platform, "intents": Intents, "openai": OpenAI, "ssh": Ssh}
