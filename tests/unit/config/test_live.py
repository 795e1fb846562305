import httpx2
import pytest

from orchestrator.config import live

OPENAI = {"OPENAI_API_KEY": "sk-proj-0123456789"}
CUSTOMGPT = {
    "CUSTOMGPT_API_KEY": "1|abcdefgh",
    "RESEARCH_AGENT_PROJECT_ID": "1",
    "PLANNING_AGENT_PROJECT_ID": "2",
    "BUILDER_AGENT_PROJECT_ID": "3",
    "REVIEW_AGENT_PROJECT_ID": "4",
}
SMTP = {"SMTP_HOST": "smtp.example.com", "SMTP_FROM": "a@example.com"}


class Vendors:
    """Answers `status` to whatever is asked, and remembers what was asked."""

    def __init__(self, status: int = 200) -> None:
        self.status = status
        self.asked: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        return httpx2.Response(self.status, json={})

    def ask(self, environment: dict[str, str]) -> list[live.Answer]:
        return list(live.ask(environment, httpx2.Client(transport=httpx2.MockTransport(self))))


def test_each_vendor_with_a_key_gets_its_one_free_read() -> None:
    vendors = Vendors()
    answers = vendors.ask(OPENAI | CUSTOMGPT)
    assert [str(request.url) for request in vendors.asked] == [
        "https://api.openai.com/v1/models",
        "https://app.customgpt.ai/api/v1/limits/usage",
    ]
    assert {request.method for request in vendors.asked} == {"GET"}
    assert vendors.asked[0].headers["authorization"] == "Bearer sk-proj-0123456789"
    assert [answer.ok for answer in answers] == [True, True]


def test_a_vendor_without_a_key_is_not_asked() -> None:
    vendors = Vendors()
    assert vendors.ask({"OPENAI_API_KEY": "sk-your-openai-api-key", "MODEL_NAME": "gpt-6-luna"}) == []
    assert vendors.asked == []


def test_the_base_address_can_be_another_server() -> None:
    vendors = Vendors()
    vendors.ask(OPENAI | {"OPENAI_BASE_URL": "http://localhost:11434/v1/"})
    assert str(vendors.asked[0].url) == "http://localhost:11434/v1/models"


@pytest.mark.parametrize(
    "base",
    ["https://ann:hunter2@api.example.com/v1", "api.example.com/v1", "ftp://api.example.com", "https://"],
)
def test_a_vendor_whose_address_is_wrong_is_not_asked_and_the_address_not_shown(base: str) -> None:
    vendors = Vendors()
    (answer,) = vendors.ask(OPENAI | {"OPENAI_BASE_URL": base})
    assert vendors.asked == []
    assert answer.ok is None
    assert "not asked: OPENAI_BASE_URL" in answer.line()
    assert "hunter2" not in answer.line()
    assert "example.com" not in answer.line()


@pytest.mark.parametrize(
    ("status", "word"), [(401, "the key is refused"), (403, "the key is refused"), (500, "500")]
)
def test_a_refusal_is_reported_without_the_key(status: int, word: str) -> None:
    (answer,) = Vendors(status).ask(OPENAI)
    assert answer.ok is False
    assert word in answer.sentence
    assert "sk-proj" not in answer.line()


def test_a_vendor_that_cannot_be_reached_is_reported() -> None:
    def unreachable(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no route", request=request)

    (answer,) = live.ask(OPENAI, httpx2.Client(transport=httpx2.MockTransport(unreachable)))
    assert answer.ok is False
    assert "no answer from https://api.openai.com/v1/models: ConnectError" in answer.sentence


def test_a_vendor_no_free_read_is_known_of_is_honestly_not_asked() -> None:
    vendors = Vendors()
    (answer,) = vendors.ask(SMTP)
    assert answer.ok is None
    assert "not asked" in answer.sentence
    assert vendors.asked == []


def test_a_key_that_no_header_can_carry_is_said_to_be_one() -> None:
    (answer,) = live.ask(OPENAI | {"OPENAI_API_KEY": "sk-schl\xfcssel"})
    assert (answer.ok, answer.sentence) == (
        False,
        "not asked: the key has characters that no header can carry",
    )
