"""Low-level AWS clients, one per service and process, with time-outs that fit inside a request."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from orchestrator.errors import Unavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_kms import KMSClient
    from types_boto3_s3vectors import S3VectorsClient
    from types_boto3_secretsmanager import SecretsManagerClient
    from types_boto3_sqs import SQSClient
    from types_boto3_stepfunctions import SFNClient

P = ParamSpec("P")
R = TypeVar("R")

_CONFIG = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
    # Together a sixth of a call's CPU time: the services validate for themselves, and a constant user agent
    # is not assembled anew for every call.
    parameter_validation=False,
    user_agent="orchestrator",
    max_pool_connections=10,
)

_PASSING = frozenset(
    {
        "DependencyTimeoutException",
        "InternalServerError",
        "InternalServerException",
        "KMSInternalException",
        "KeyUnavailableException",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestTimeout",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionConflict",
        "TransactionConflictException",
        "TransactionInProgressException",
    }
)
"""Error codes of AWS services after which the same call may succeed."""


@cache
def _session() -> botocore.session.Session:
    # botocore without boto3: the resource layer above it is not used here and costs a cold start 30 ms.
    return botocore.session.get_session()


def _client(service: str) -> object:
    return _session().create_client(service, config=_CONFIG)


@cache
def dynamodb() -> DynamoDBClient:
    """Return the DynamoDB client of this process."""
    return cast("DynamoDBClient", _client("dynamodb"))


@cache
def sqs() -> SQSClient:
    """Return the SQS client of this process."""
    return cast("SQSClient", _client("sqs"))


@cache
def s3vectors() -> S3VectorsClient:
    """Return the S3 Vectors client of this process."""
    return cast("S3VectorsClient", _client("s3vectors"))


@cache
def secretsmanager() -> SecretsManagerClient:
    """Return the Secrets Manager client of this process."""
    return cast("SecretsManagerClient", _client("secretsmanager"))


@cache
def kms() -> KMSClient:
    """Return the KMS client of this process."""
    return cast("KMSClient", _client("kms"))


@cache
def stepfunctions() -> SFNClient:
    """Return the Step Functions client of this process."""
    return cast("SFNClient", _client("stepfunctions"))


class Refused(Exception):
    """The condition of a write does not hold; `item` is what stands there, when the call asked for it."""

    def __init__(self, item: Mapping[str, Any]) -> None:
        """Keep the item in DynamoDB's own shape."""
        super().__init__("the condition does not hold")
        self.item = item


def error_code(error: ClientError) -> str:
    """Return the service's own code of `error`, for example `ResourceNotFoundException`."""
    return error.response.get("Error", {}).get("Code", "")


async def call(operation: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Make a blocking client call, then let the event loop have its turn.

    Not in a thread: a Lambda process has one request at a time, and handing a call over and back costs more
    than half of the call itself. A deadline that passes meanwhile ends the caller here, at most a call late.

    Raises:
        Refused: the condition of a DynamoDB write does not hold.
        Unavailable: the service throttled the call, failed, or could not be reached.
        ClientError: the service refused the call for any other reason.
    """
    result = _made(operation, *args, **kwargs)
    await asyncio.sleep(0)
    return result


async def call_aside(operation: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Make the call in a thread, for callers with other things to do, or who may give it up at any moment.

    Raises:
        Refused: the condition of a DynamoDB write does not hold.
        Unavailable: the service throttled the call, failed, or could not be reached.
        ClientError: the service refused the call for any other reason.
    """
    return await asyncio.to_thread(_made, operation, *args, **kwargs)


def _made(operation: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    try:
        return operation(*args, **kwargs)
    except ClientError as error:
        if error_code(error) == "ConditionalCheckFailedException":
            raise Refused(cast("Mapping[str, Any]", error.response).get("Item", {})) from error
        service = error.operation_name
        reasons = error.response.get("CancellationReasons", [])
        codes = {error_code(error), *(reason.get("Code", "") for reason in reasons)}
        if codes & _PASSING or "ThrottlingError" in codes:
            raise Unavailable(
                f"{service} is throttled or failing for the moment", hint="Try again in a few seconds."
            ) from error
        raise
    except BotoCoreError as error:
        raise Unavailable(
            f"an AWS service did not answer ({type(error).__name__})", hint="Try again in a few seconds."
        ) from error
