"""What the gateway tests call."""

import base64
import json
import os
import time
from pathlib import Path


def echo(event, context):
    """The event itself; with a path parameter `status`, that status."""
    status = int(event.get("pathParameters", {}).get("status", 200)) if "version" in event else 200
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(event)}


def shapes(event, context):
    """The results an API Gateway integration may have, and what a function may do instead."""
    return SHAPES[event["pathParameters"]["shape"]]()


def ok(body=""):
    return {"statusCode": 200, "body": body}


def binary():
    return {"statusCode": 200, "isBase64Encoded": True, "body": base64.b64encode(bytes(range(256))).decode()}


def fail():
    raise ValueError("as asked")


def foreign():
    import boto3

    return ok(boto3.__version__)


def log():
    print(json.dumps({"level": "INFO", "message": "from powertools", "correlation_id": "c-1", "extra": 7}))
    return ok()


SHAPES = {
    "plain": lambda: {"hello": "world"},
    "text": lambda: "just text",
    "binary": binary,
    "cookies": lambda: {"statusCode": 204, "cookies": ["a=1; Path=/", "b=2"]},
    "big": lambda: ok("x" * 5_000_000),
    "too-big": lambda: ok("x" * 7_000_000),
    "wrong": lambda: {"statusCode": "no number"},
    "env": lambda: ok(json.dumps(dict(os.environ))),
    "raise": fail,
    "exit": lambda: os._exit(3),
    "foreign": foreign,
    "log": log,
}


def slow(event, context):
    """Sleeps for the seconds in the query."""
    time.sleep(float(event["queryStringParameters"]["seconds"]))
    return {"statusCode": 200, "body": "awake"}


def authorize(event, context):
    """Decides by the Authorization header, and notes each call."""
    with Path(os.environ["NOTES"]).open("a") as notes:
        notes.write("authorizer\n")
    word = event["headers"].get("authorization", "")
    if word == "raise":
        raise Exception("Unauthorized")
    if word == "boom":
        raise RuntimeError("broken authorizer")
    return {"isAuthorized": word == "good", "context": {"tenant": "t1"}}
