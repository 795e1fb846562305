"""The live half of the check: the cheapest harmless call of each vendor that has a key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import httpx2

from orchestrator.config import check, live_supabase
from orchestrator.config.groups import http_url
from orchestrator.config.registry import WINGS, Set

SECONDS = 10.0
"""How long one vendor may take."""


@dataclass(frozen=True, slots=True)
class Probe:
    """A read that costs nothing: `path` under the vendor's base address, with the key as a bearer token."""

    key: str
    base: str
    default_base: str
    path: str


PROBES = {
    "openai": Probe("OPENAI_API_KEY", "OPENAI_BASE_URL", "https://api.openai.com/v1", "/models"),
    "customgpt": Probe(
        "CUSTOMGPT_API_KEY", "CUSTOMGPT_BASE_URL", "https://app.customgpt.ai/api/v1", "/limits/usage"
    ),
}
"""https://platform.openai.com/docs/api-reference/models/list; CustomGPT's usage read spends no query."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a vendor said; `ok` is `None` when nothing was asked."""

    vendor: str
    ok: bool | None
    sentence: str

    def line(self) -> str:
        """Return the answer as one line of text."""
        mark = {True: " ", False: "✗", None: "-"}[self.ok]
        return f"{mark} {self.vendor:<28} {self.sentence}"


def ask(environment: Mapping[str, str], client: httpx2.Client | None = None) -> Iterator[Answer]:
    """Ask each vendor whose variables are complete whether it takes the key."""
    values = {name: value.strip() for name, value in environment.items() if value.strip()}
    with client or httpx2.Client(timeout=SECONDS) as open_client:
        for group in (group for wing in WINGS for group in wing.sets if group.vendor):
            if check.is_on(group, values):
                yield _ask_one(group, values, open_client)


def _ask_one(group: Set, values: Mapping[str, str], client: httpx2.Client) -> Answer:
    if group.name == "supabase":
        return _ask_supabase(values, client)
    probe = PROBES.get(group.name)
    if probe is None:
        return Answer(group.name, None, "not asked: no call of this vendor is known to be free of effects")
    try:
        address = http_url(values.get(probe.base, probe.default_base)) + probe.path
    except ValueError as error:
        return Answer(group.name, None, f"not asked: {probe.base} is {error}")
    headers = {"authorization": f"Bearer {values[probe.key]}"} if probe.key in values else {}
    response = _get(client, address, headers)
    if isinstance(response, str):
        return Answer(group.name, False, response)
    if response.is_success:
        return Answer(group.name, True, f"{address} answered {response.status_code}")
    refused = " the key is refused" if response.status_code in {401, 403} else ""
    return Answer(group.name, False, f"{address} answered {response.status_code}{refused and ':' + refused}")


def _ask_supabase(values: Mapping[str, str], client: httpx2.Client) -> Answer:
    try:
        address = live_supabase.address(values)
    except ValueError as error:
        return Answer("supabase", None, f"not asked: SUPABASE_URL is {error}")
    query = {"select": live_supabase.COLUMNS, "limit": "1"}
    response = _get(client, address, live_supabase.headers(values), query)
    if isinstance(response, str):
        return Answer("supabase", False, response)
    found = live_supabase.problem(response)
    ok = response.is_success and not found
    return Answer("supabase", ok, f"{address} answered {response.status_code}{found and f': {found}'}")


def _get(
    client: httpx2.Client, address: str, headers: Mapping[str, str], query: Mapping[str, str] | None = None
) -> httpx2.Response | str:
    """Return the answer, or why there is none; neither shows a key."""
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        return "not asked: the key has characters that no header can carry"
    try:
        return client.get(address, params=query, headers=headers)
    # Of the latter two: a host or port that no request can be sent to.
    except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
        return f"no answer from {address}: {type(error).__name__}"
