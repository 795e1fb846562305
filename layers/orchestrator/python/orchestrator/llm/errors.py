"""How a model's answer can fail although the vendor answered.

VendorError
├── Refused          the model declined; asking again does not help
├── Truncated        the answer hit the output limit before its end
└── SchemaMismatch   the answer does not fit the schema asked for; one re-ask may help
"""

from __future__ import annotations

from orchestrator.errors import VendorError


class Refused(VendorError):
    """The model declined to answer."""


class Truncated(VendorError):
    """The answer ended at the output limit."""


class SchemaMismatch(VendorError):
    """The answer does not fit the schema; `answer` keeps what came, for a repair or a re-ask."""

    def __init__(self, vendor: str, message: str, answer: str, *, hint: str | None = None) -> None:
        """Keep the raw `answer` beside what is wrong with it."""
        super().__init__(vendor, message, hint=hint)
        self.answer = answer
