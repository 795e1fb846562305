import inspect

import pytest

from orchestrator import errors
from orchestrator.config import SettingsError
from orchestrator.entry import correlation, envelopes

TRACE = correlation.Trace("corr", "req", "00-" + "a" * 32 + "-" + "b" * 16 + "-00")


def test_every_error_of_the_product_has_a_status_of_its_own() -> None:
    classes = [
        value
        for _, value in inspect.getmembers(errors, inspect.isclass)
        if issubclass(value, errors.OrchestratorError)
    ]
    assert errors.VendorBusy in classes
    assert {cls.__name__ for cls in classes} - {cls.__name__ for cls in envelopes.STATUS} == set()


def test_the_intents_family_keeps_the_sentence_in_error() -> None:
    problem = envelopes.of_error(
        errors.NotFound("Intent 'xyz' not found. Available: []", hint="Did you mean x?")
    )
    assert envelopes.render("intents", problem, TRACE) == {
        "error": "Intent 'xyz' not found. Available: []",
        "status": "error",
        "error_type": "NotFound",
        "hint": "Did you mean x?",
    }


def test_the_platform_family_keeps_the_type_in_error() -> None:
    problem = envelopes.of_error(errors.InvalidInput("text: too short", field="text"))
    assert envelopes.render("platform", problem, TRACE) == {
        "error": "InvalidInput",
        "message": "text: too short",
        "request_id": "req",
        "field": "text",
    }


@pytest.mark.parametrize(
    ("error", "status", "retry_after"),
    [
        (errors.Conflict("busy", retry_after=3), 409, "3"),
        (errors.Conflict("ended"), 409, None),
        (errors.Unavailable("throttled"), 503, str(envelopes.RETRY_SECONDS)),
        (errors.VendorBusy("openai", "429", retry_after=1.2), 503, "2"),
        (errors.VendorError("openai", "refused"), 502, None),
        (errors.BudgetExceeded("ORCHESTRATOR_SYNC_TIMEOUT"), 504, None),
        (errors.KeyReused("other body"), 422, None),
        (SettingsError("X: wrong"), 503, None),
    ],
)
def test_an_error_has_its_status_and_says_when_to_come_back(
    error: errors.OrchestratorError, status: int, retry_after: str | None
) -> None:
    problem = envelopes.of_error(error)
    assert (problem.status, problem.headers().get("retry-after")) == (status, retry_after)


def test_a_subclass_nobody_listed_answers_as_its_base() -> None:
    class Gone(errors.NotFound):
        pass

    problem = envelopes.of_error(Gone("was here"))
    assert (problem.status, problem.error_type) == (404, "Gone")


@pytest.mark.parametrize("status", [400, 404, 405, 406, 413, 415, 418])
def test_a_bare_status_becomes_a_word_and_a_sentence(status: int) -> None:
    problem = envelopes.of_status(status)
    assert " " not in problem.error_type
    assert problem.message.endswith(".")
