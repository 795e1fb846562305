"""How a model's answer can fail although the vendor answered.

VendorError
└── Unusable             an answer came and was paid for: `requested`, `model`, `usage`, `cost`
    ├── Refused          the model declined; asking again does not help
    ├── Truncated        the answer hit the output limit before its end
    └── SchemaMismatch   the answer does not fit the schema asked for; one re-ask may help
"""

from __future__ import annotations

from orchestrator.errors import VendorError
from orchestrator.llm.spent import Paid, Spent


class Unusable(Paid, VendorError):
    """An answer came that cannot be used; `spent` is what it, and the one before it, have used."""

    spent: Spent = Spent()

    def __init__(
        self, vendor: str, message: str, *, hint: str | None = None, spent: Spent | None = None
    ) -> None:
        """Keep what the answer has `spent` beside what is wrong with it."""
        super().__init__(vendor, message, hint=hint)
        self.spent = spent or Spent()


class Refused(Unusable):
    """The model declined to answer."""


class Truncated(Unusable):
    """The answer ended at the output limit."""


class SchemaMismatch(Unusable):
    """The answer does not fit the schema; `answer` keeps what came, for a repair.

    `problem` says what is wrong without quoting the answer, so that a re-ask may say it to the model.
    """

    problem: str = ""
    answer: str = ""

    def __init__(self, vendor: str, problem: str, answer: str, *, spent: Spent | None = None) -> None:
        """Keep the raw `answer` beside the `problem` with it."""
        super().__init__(vendor, f"the answer does not fit its schema: {problem}", spent=spent)
        self.problem = problem
        self.answer = answer


def spent(error: BaseException) -> Spent | None:
    """Return what the calls behind `error` have used; `None` when no answer came at all.

    A re-ask that meets a busy vendor raises `VendorBusy` *from* the mismatch before it, whose tokens would
    otherwise be forgotten.
    """
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, Unusable):
            return link.spent
        link = link.__cause__
    return None
