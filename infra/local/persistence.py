"""Data that outlives the runner: tables, messages, vectors, generated secrets, keys, executions.

Resources come from the template at each start; only what is in them is kept, one file per service, written
whole and renamed into place. A file of another moto release or of another layout is set aside.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import shutil
import time
from array import array
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from infra.local.aws.moto_calls import LOCK
from infra.local.moto_patches import MOTO, dynamodb, dynamodb_changes, kms
from infra.local.moto_patches.seam import moto
from infra.local.shared import ACCOUNT, REGION

LAYOUT = f"1 moto {MOTO}"
"""What the files hold; another value makes them unreadable."""
INTERVAL = 2.0
"""Seconds between two looks for changes."""

vendor_secrets: set[str] = set()
"""Names of the secrets that come from `.env` at each start and so never lie in our files."""

Say: TypeAlias = Callable[[str], None]
Part: TypeAlias = tuple[Callable[[], Any], Callable[[Any], None]]
"""How to get a service's data for saving, and how to put saved data back."""


class Store:
    """Loads and saves the data in `folder`; `generation` counts the changes of a service.

    `more` is what lies outside of moto: how to save and how to restore it, by service.
    """

    def __init__(
        self, folder: Path, generation: Callable[[str], int], say: Say, more: Mapping[str, Part] | None = None
    ) -> None:
        self.folder = folder
        self._generation = generation
        self._say = say
        self._parts = {**_PARTS, **(more or {})}
        self._saved: dict[str, int] = {}

    def clear(self) -> None:
        """Forget everything."""
        shutil.rmtree(self.folder, ignore_errors=True)

    def load(self) -> None:
        """Fill the resources that exist with the data of an earlier run."""
        marker = self.folder / "layout"
        if not marker.is_file():
            return
        if marker.read_text() != LAYOUT:
            self._say(f"the data in {self.folder} is of another version: starting empty")
            self.clear()
            return
        for service, (_, restore) in self._parts.items():
            file = self.folder / f"{service}.pickle"
            if file.is_file():
                try:
                    restore(pickle.loads(file.read_bytes()))  # noqa: S301 - our own file
                except Exception as error:
                    self._say(f"{file} cannot be read ({error!r}): starting without it")

    def save(self) -> None:
        """Write what changed since the last time."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # Texts and keys' hashes of whoever tried things out here: nobody else's on this machine.
        self.folder.chmod(0o700)
        with LOCK:  # one moment for all services
            due = {service: self._generation(service) for service in self._parts}
            due = {service: count for service, count in due.items() if self._saved.get(service) != count}
            data = {service: pickle.dumps(self._parts[service][0]()) for service in due}
        for service, content in data.items():
            _replace(self.folder / f"{service}.pickle", content)
        _replace(self.folder / "layout", LAYOUT.encode())
        self._saved.update(due)

    async def keep_saving(self) -> None:
        """Save for ever: often, but never more than a small part of the time."""
        pause = INTERVAL
        while True:
            await asyncio.sleep(pause)
            started = time.perf_counter()
            await asyncio.to_thread(self.save)
            pause = max(INTERVAL, 30 * (time.perf_counter() - started))

    async def sweep_ttl(self) -> None:
        """Delete expired items, for ever."""
        while True:
            await asyncio.sleep(30)
            with LOCK:
                dynamodb.sweep()


def _replace(file: Path, content: bytes) -> None:
    temporary = file.with_suffix(".part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    temporary.replace(file)


def _tables() -> Any:
    return _backend("dynamodb").tables


def _backend(service: str) -> Any:
    return moto("backends").get_backend(service)[ACCOUNT]["aws" if service == "s3vectors" else REGION]


def _save_tables() -> Any:
    return {name: (table.schema, dynamodb_changes.frozen(table)) for name, table in _tables().items()}


def _restore_tables(data: Any) -> None:
    for name, (schema, partitions) in data.items():
        table = _tables().get(name)
        if table and table.schema == schema:
            dynamodb_changes.thaw(table, partitions)


def _save_queues() -> Any:
    return {name: list(queue._messages) for name, queue in _backend("sqs").queues.items()}


def _restore_queues(data: Any) -> None:
    for name, messages in data.items():
        queue = _backend("sqs").queues.get(name)
        for message in messages if queue else ():
            message.visible_at = 0.0  # whoever was working on it has gone with the last run
            queue._messages.append(message)


def _save_vectors() -> Any:
    return {
        index.index_arn: [(v.key, array("f", v.data["float32"]), v.metadata) for v in index.vectors.values()]
        for bucket in _backend("s3vectors").vector_buckets.values()
        for index in bucket.indexes.values()
    }


def _restore_vectors(data: Any) -> None:
    backend = _backend("s3vectors")
    known = {
        arn: index for bucket in backend.vector_buckets.values() for arn, index in bucket.indexes.items()
    }
    for arn, vectors in data.items():
        index = known.get(arn)
        fitting = [v for v in vectors if index and len(v[1]) == index.dimension]
        records = [{"key": k, "data": {"float32": list(d)}, "metadata": m} for k, d, m in fitting]
        if records:
            backend.put_vectors(None, None, arn, records)


def _save_secrets() -> Any:
    return {
        secret.name: secret.secret_string
        for secret in dict[str, Any].values(_backend("secretsmanager").secrets)
        if secret.name not in vendor_secrets
    }


def _restore_secrets(data: Any) -> None:
    backend = _backend("secretsmanager")
    for name, text in data.items():
        if name in backend.secrets:
            backend.put_secret_value(name, text, None, None, ["AWSCURRENT"])


_PARTS: dict[str, Part] = {
    "kms": (kms.save, kms.restore),
    "dynamodb": (_save_tables, _restore_tables),
    "sqs": (_save_queues, _restore_queues),
    "s3vectors": (_save_vectors, _restore_vectors),
    "secretsmanager": (_save_secrets, _restore_secrets),
}
