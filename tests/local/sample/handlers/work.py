"""Consumes queues; each message says what shall happen to it."""

import json
import os
import time
from pathlib import Path


def consume(event, context):
    """Notes every receive; fails the messages that ask for it."""
    failed = []
    for record in event["Records"]:
        order = json.loads(record["body"])
        count = int(record["attributes"]["ApproximateReceiveCount"])
        note({"name": order["name"], "count": count, "batch": len(event["Records"]), "start": time.time()})
        time.sleep(order.get("sleep", 0))
        if count in order.get("exit", []):
            os._exit(1)
        if count in order.get("raise", []):
            raise RuntimeError("the whole batch")
        if count in order.get("fail", []):
            failed.append({"itemIdentifier": record["messageId"]})
        note({"name": order["name"], "count": count, "end": time.time()})
    return {"batchItemFailures": failed}


def task(event, context):
    """A Step Functions task, or a schedule's target."""
    note({"name": event.get("name", "tick"), "event": event})
    time.sleep(event.get("sleep", 0))
    if event.get("exit"):
        os._exit(1)
    if event.get("fail"):
        raise ValueError("task failed")
    return {**event, "done": True}


def note(line):
    with Path(os.environ["NOTES"]).open("a") as notes:
        notes.write(json.dumps(line) + "\n")
