"""What calls of a model have used, whether their answers were of use or not."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from orchestrator.llm.ports import Usage
from orchestrator.llm.registry import cost


@dataclass(frozen=True, slots=True)
class Spent:
    """What one call or several have used: `requested` was asked for, `model` answered last.

    `cost` is in US dollars, `None` when the price of a model that answered is unknown.
    """

    requested: str = ""
    model: str = ""
    usage: Usage = field(default_factory=Usage)
    cost: Decimal | None = None

    @classmethod
    def of(cls, requested: str, model: str, usage: Usage) -> Spent:
        """Return what one call has used, priced as the model that answered."""
        return cls(requested, model, usage, cost(model, usage))

    def __add__(self, later: Spent) -> Spent:
        """Return what both have used, under the names of the `later` one."""
        both = None if self.cost is None or later.cost is None else self.cost + later.cost
        return Spent(later.requested, later.model, self.usage + later.usage, both)


class Paid:
    """Something that calls of a model were paid for: an answer, or what was wrong with it."""

    spent: Spent

    @property
    def requested(self) -> str:
        """The model that was asked for."""
        return self.spent.requested

    @property
    def model(self) -> str:
        """The model that answered."""
        return self.spent.model

    @property
    def usage(self) -> Usage:
        """The tokens used."""
        return self.spent.usage

    @property
    def cost(self) -> Decimal | None:
        """What the tokens cost in US dollars, `None` where a price is unknown."""
        return self.spent.cost
