"""A resolver whose answers a test writes down."""

from collections.abc import Mapping, Sequence

from orchestrator.errors import Unavailable
from orchestrator.webhooks.ports import UnknownHost

PUBLIC = "93.184.215.14"


class MemoryResolver:
    """`Resolver` over `answers`; any other name has a public address. `asked` are the names in their order.

    An answer that is an exception is raised.
    """

    def __init__(self, answers: Mapping[str, Sequence[str] | Exception] | None = None) -> None:
        self.answers = dict(answers or {})
        self.asked: list[str] = []

    async def addresses(self, host: str) -> Sequence[str]:
        self.asked.append(host)
        answer = self.answers.get(host, (PUBLIC,))
        if isinstance(answer, Exception):
            raise answer
        return answer


def no_such_name() -> Exception:
    return UnknownHost("it does not resolve")


def no_answer() -> Exception:
    return Unavailable("it did not resolve in time")
