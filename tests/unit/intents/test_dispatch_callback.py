"""A `callback_url` is looked at before anything is claimed or done."""

import pytest

from orchestrator.errors import InvalidInput
from orchestrator.intents.dispatch import Preferences
from tests.fakes.dispatching import World, accepted, play, result
from tests.fakes.dns import no_answer, no_such_name

HOSTILE = [
    "http://example.com/hook",
    "https://127.0.0.1/hook",
    "https://localhost:8000/hook",
    "https://169.254.169.254/latest/meta-data/",
    "https://user:password@example.com/hook",
    "https://inside.example.com/hook",
    "https://typo.example.com/hook",
]


@pytest.mark.parametrize("intent", ["quick", "long"])
@pytest.mark.parametrize("url", HOSTILE)
def test_a_callback_that_leads_where_it_must_not_is_refused_before_anything_is_done(
    intent: str, url: str
) -> None:
    async def scene(world: World) -> None:
        world.resolver.answers = {"inside.example.com": ["10.0.0.1"], "typo.example.com": no_such_name()}
        with pytest.raises(InvalidInput, match=r"^callback_url ") as refused:
            await world.ask(intent, callback_url=url)
        assert refused.value.field == "callback_url"
        assert (world.runs, world.queue.sent, world.records.records) == ([], [], {})

    play(scene)


def test_a_callback_whose_name_dns_cannot_tell_now_is_accepted() -> None:
    async def scene(world: World) -> None:
        world.resolver.answers = {"away.example.com": no_answer()}
        url = "https://away.example.com/hook"
        answer = await world.ask("long", wanted=Preferences(wait=0), callback_url=url)
        assert accepted(answer).callback_url == url

    play(scene)


def test_without_a_callback_nobody_asks_dns() -> None:
    async def scene(world: World) -> None:
        assert result(await world.ask()).result == {"runs": 1, "tenant": "acme"}
        assert world.resolver.asked == []

    play(scene)
