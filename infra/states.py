"""The states every workflow writes the same way, in Amazon States Language with JSONPath.

Sources: "Handling errors in Step Functions workflows", "Invoke an AWS Lambda function with Step Functions"
and "Using AWS SDK service integrations" in the developer guide.
"""

from __future__ import annotations

from typing import Any

from infra.definitions import Parts, State

LATE = 5
"""Seconds a task may take longer than its function's own time-out: then Lambda's answer was lost."""
SEND_TIMEOUT = 30


def _retry(errors: list[str], interval: int, attempts: int) -> State:
    # Full jitter: executions that failed together must not come back together.
    return {
        "ErrorEquals": errors,
        "IntervalSeconds": interval,
        "BackoffRate": 2,
        "MaxDelaySeconds": 60,
        "MaxAttempts": attempts,
        "JitterStrategy": "FULL",
    }


RETRY: list[State] = [
    # The work may succeed later. An agent's own count of attempts ends where this does.
    _retry(["VendorBusy", "Unavailable"], 2, 4),
    # Lambda had no room or a fault. Nothing of ours ran, so patience costs only transitions.
    _retry(
        [
            "Lambda.TooManyRequestsException",
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
        ],
        1,
        8,
    ),
    # A process that hung, ran out of memory or was killed; a third time would be no accident.
    _retry(["States.Timeout", "Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError"], 2, 2),
]


def task(parts: Parts, function: str, payload: State, **fields: Any) -> State:
    """Run the function with id `function`; what it returns is dropped, the state stays as it was."""
    it = parts.task(function)
    return {
        "Type": "Task",
        "Resource": parts.integration("lambda:invoke"),
        "Parameters": {"FunctionName": it.arn, "Payload": payload},
        "ResultPath": None,
        "TimeoutSeconds": it.timeout + LATE,
        "Retry": RETRY,
        **fields,
    }


def send(parts: Parts, queue: str, body: State, **fields: Any) -> State:
    """Send the message `body` (JSON) to the queue of that name, with patience: nothing comes after it."""
    return {
        "Type": "Task",
        "Resource": parts.integration("sqs:sendMessage"),
        "Parameters": {"QueueUrl": parts.queue(queue), "MessageBody": body},
        "ResultPath": None,
        "TimeoutSeconds": SEND_TIMEOUT,
        "Retry": [_retry(["States.ALL"], 2, 8)],
        **fields,
    }


def caught(following: str) -> State:
    """Go on with the state `following` after any failure; what it was is dropped."""
    return {"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": following}


def come_back(state: str) -> tuple[State, dict[str, State]]:
    """Return what lets task `state` say when to come back: a catcher, and the states that wait.

    The task fails as `RetryAt`, with the moment as its message (`orchestrator.entry.task`). Lambda reports
    that as JSON in a string, and a Wait can only follow a path, hence the state that reads it.
    """
    read, wait = f"{state}: when", f"{state}: wait"
    catcher: State = {"ErrorEquals": ["RetryAt"], "ResultPath": "$.retry", "Next": read}
    return catcher, {
        read: {
            "Type": "Pass",
            "Parameters": {"at.$": "States.StringToJson($.retry.Cause)"},
            "ResultPath": "$.retry",
            "Next": wait,
        },
        wait: {"Type": "Wait", "TimestampPath": "$.retry.at.errorMessage", "Next": state},
    }
