"""An answer that fits a schema, from a model that does not always keep to it.

Strict JSON schema first. What does not fit is repaired (json-repair closes what was cut off, and takes away
code fences and prose); what cannot be repaired is asked for once more, with a word about what was wrong.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from typing import Generic, cast

from pydantic import ValidationError

from orchestrator.errors import VendorError
from orchestrator.llm.errors import SchemaMismatch, Unusable
from orchestrator.llm.ports import Prompt, Schema, Structured, StructuredModel
from orchestrator.llm.spent import Paid, Spent

_log = logging.getLogger(__name__)
_LONGEST_REPAIR = 40_000
"""Characters."""
_MOST_WORK = 12_000_000
"""Characters times brackets among them: what is read again for each bracket that stays open. Half a minute
goes by over 40,000 characters of nothing else, and nothing can stop it."""


@dataclass(frozen=True)
class Answer(Paid, Generic[Schema]):
    """A value that fits its schema, and what all calls for it have used (see `Paid` for the names).

    `asked` is 1 or 2. `repaired` says that the value was not valid as the model wrote it: its end may be
    missing.
    """

    value: Schema
    spent: Spent
    asked: int = 1
    repaired: bool = False


async def ask(model: StructuredModel, prompt: Prompt, schema: type[Schema]) -> Answer[Schema]:
    """Return the model's answer to `prompt` as `schema`, repaired or asked for once more where need be.

    Raises:
        Unusable: one of its kinds; it carries the tokens and the cost of all calls.
        VendorBusy: the same call may succeed later; `llm.errors.spent` tells what it has used all the same.
        VendorError: the vendor refused the call.
        NotConfigured: there is no key for the vendor.
    """
    try:
        return await _once(model, prompt, schema)
    except SchemaMismatch as mismatch:
        _log.warning("%s answered what cannot be repaired and is asked again", mismatch.model)
        first = mismatch
    try:
        second = await _once(model, _reminded(prompt, first), schema)
    except Unusable as error:
        error.spent = first.spent + error.spent
        raise error from None
    except VendorError as error:
        raise error from first
    return replace(second, spent=first.spent + second.spent, asked=2)


async def _once(model: StructuredModel, prompt: Prompt, schema: type[Schema]) -> Answer[Schema]:
    try:
        done: Structured[Schema] = await model.generate_structured(prompt, schema)
    except SchemaMismatch as mismatch:
        value = _repaired(mismatch.answer, schema)
        if value is None:
            raise
        _log.warning("%s answered what had to be repaired", mismatch.model)
        return Answer(value, mismatch.spent, repaired=True)
    return Answer(done.value, Spent.of(done.requested, done.model, done.usage))


def _repaired(answer: str, schema: type[Schema]) -> Schema | None:
    """Return the value that `answer` means, `None` when it cannot be told."""
    from json_repair import repair_json  # 100 ms to import, and seldom needed

    work = len(answer) * sum(map(answer.count, "[{("))
    if len(answer) > _LONGEST_REPAIR or work > _MOST_WORK or _is_json(answer):
        return None
    try:
        value: object = json.loads(repair_json(answer))
        try:
            return schema.model_validate_json(json.dumps(value))
        except ValidationError as error:
            _drop_cut_item(value, error)
            return schema.model_validate_json(json.dumps(value))
    except (ValueError, RecursionError):  # a ValidationError is a ValueError
        return None


def _is_json(answer: str) -> bool:
    try:
        json.loads(answer)
    except (ValueError, RecursionError):
        return False
    return True


def _drop_cut_item(value: object, error: ValidationError) -> None:
    """Take the last item from the list in which `value` stops fitting.

    An answer cut off inside of a list's item has that item without its last fields.
    """
    ends: list[object] | None = None
    for part in error.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]:
        if (
            isinstance(value, list)
            and isinstance(part, int)
            and part < len(items := cast("list[object]", value))
        ):
            ends = items if part == len(items) - 1 else ends
            value = items[part]
        elif isinstance(value, dict):
            value = cast("dict[str | int, object]", value).get(part)
    if ends and len(ends) > 1:  # of a list with nothing whole in it, nothing is known
        ends.pop()


def _reminded(prompt: Prompt, mismatch: SchemaMismatch) -> Prompt:
    # Our own words only: the answer was made from outside text and must not get among the instructions.
    said = f"An earlier answer did not fit the JSON schema ({mismatch.problem})."
    reminder = f"{said} Answer with one JSON object that fits the schema, and nothing else."
    return replace(prompt, instructions=f"{prompt.instructions}\n\n{reminder}")
