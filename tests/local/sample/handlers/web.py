"""What the gateway tests call."""

import base64
import json
import os
import sys
import time
from pathlib import Path


def echo(event, context):
    """The event itself; with a path parameter `status`, that status."""
    status = int(event.get("pathParameters", {}).get("status", 200)) if "version" in event else 200
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(event)}


def shapes(event, context):
    """The results an API Gateway integration may have."""
    match event["pathParameters"]["shape"]:
        case "plain":
            return {"hello": "world"}
        case "text":
            return "just text"
        case "binary":
            body = base64.b64encode(bytes(range(256))).decode()
            return {"statusCode": 200, "isBase64Encoded": True, "body": body}
        case "cookies":
            return {"statusCode": 204, "cookies": ["a=1; Path=/", "b=2"]}
        case "big":
            return {"statusCode": 200, "body": "x" * 5_000_000}
        case "too-big":
            return {"statusCode": 200, "body": "x" * 7_000_000}
        case "wrong":
            return {"statusCode": "no number"}
        case "pid":
            return {"statusCode": 200, "body": str(os.getpid())}
        case "env":
            return {"statusCode": 200, "body": json.dumps(dict(os.environ))}
        case "path":
            return {"statusCode": 200, "body": json.dumps(sys.path)}
        case "raise":
            raise ValueError("as asked")
        case "exit":
            os._exit(3)
        case "foreign":
            import boto3

            return {"statusCode": 200, "body": boto3.__version__}
        case "log":
            print(json.dumps({"level": "INFO", "message": "from powertools", "correlation_id": "c-1", "extra": 7}))
            return {"statusCode": 200}


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
