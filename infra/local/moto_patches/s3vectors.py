"""S3 Vectors: QueryVectors, full-text search, limits, and indexes that survive being created twice.

moto 5.2.5 has no QueryVectors, forgets an index's metadata configuration and replaces an index that exists.
Limits: "Limitations and restrictions" of S3 Vectors in the Amazon S3 user guide.
"""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Mapping
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.s3vectors.exceptions import ValidationError, VectorWrongDimension

from infra.local.moto_patches.seam import moto
from infra.local.moto_patches.vector_query import Entry, QueryError, Searched, entry, query
from infra.local.shared import Json

_models = moto("s3vectors.models")
_responses = moto("s3vectors.responses")
MAX_FILTERABLE = 2048
MAX_METADATA = 40_960
"""Bytes of metadata per vector: filterable, and all of it."""

_originals: dict[str, Any] = {}


class IndexExists(ServiceException):
    """The index is there already."""

    code = "ConflictException"


def install(endpoint: str) -> None:
    """Replace and add operations; a second call changes nothing."""
    if _originals:
        return
    response = _responses.S3VectorsResponse
    _originals["create_index"] = response.create_index
    response.create_index = _create_index
    response.query_vectors = _query_vectors
    _models.S3VectorsBackend.put_vectors = _put_vectors
    moto("s3vectors.urls").url_paths["{0}/QueryVectors$"] = response.dispatch


def _create_index(self: Any) -> ActionResult:
    name = self._get_param("indexName")
    bucket = self.s3vectors_backend.get_vector_bucket(
        self._get_param("vectorBucketName"), self._get_param("vectorBucketArn")
    )
    if any(index.index_name == name for index in bucket.indexes.values()):
        raise IndexExists("A vector index with the specified name already exists")
    _originals["create_index"](self)
    index = self.s3vectors_backend.get_index(bucket.vector_bucket_name, name, None)
    configuration: Json = self._get_param("metadataConfiguration") or {}
    index.metadata_configuration = json.loads(json.dumps(configuration, default=dict))
    return ActionResult({"indexArn": index.index_arn})


def _put_vectors(
    self: Any, vector_bucket_name: str, index_name: str, index_arn: str, vectors: list[Json]
) -> None:
    index = self.get_index(vector_bucket_name, index_name=index_name, index_arn=index_arn)
    prepared = [_checked(index, vector) for vector in vectors]
    for found in prepared:
        index.vectors[found.key] = _stored(found)


def _stored(found: Entry) -> Any:
    vector = _models.Vector(found.key, {"float32": found.data}, found.metadata)
    vector.entry = found
    return vector


def _checked(index: Any, vector: Json) -> Entry:
    """Return the vector ready to be searched.

    Raises:
        ValidationError: as the service refuses it.
    """
    key, values = vector["key"], vector["data"]["float32"]
    if len(values) != index.dimension:
        raise VectorWrongDimension(key=key, actual=index.dimension, provided=len(values))
    data = list(array("f", values))
    if not all(map(math.isfinite, data)) or (index.distance_metric == "cosine" and not any(data)):
        raise ValidationError(f"Invalid record for key '{key}': vector must be finite and not all zeros")
    metadata: Json = vector.get("metadata") or {}
    hidden = _hidden(index)
    _check_size(key, metadata, MAX_METADATA, "Total")
    _check_size(key, {k: v for k, v in metadata.items() if k not in hidden}, MAX_FILTERABLE, "Filterable")
    return entry(key, data, metadata, _languages(index))


def _check_size(key: str, metadata: Json, limit: int, kind: str) -> None:
    if len(json.dumps(metadata, ensure_ascii=False).encode()) > limit:
        raise ValidationError(
            f"Invalid record for key '{key}': {kind} metadata must have at most {limit} bytes"
        )


def _languages(index: Any) -> Mapping[str, str | None]:
    configured = getattr(index, "metadata_configuration", {}).get("textSearchConfigurations", ())
    return {item["metadataKey"]: item.get("language") for item in configured}


def _hidden(index: Any) -> frozenset[str]:
    return frozenset(getattr(index, "metadata_configuration", {}).get("nonFilterableMetadataKeys", ()))


def _query_vectors(self: Any) -> ActionResult:
    name, index_name, arn = (self._get_param(p) for p in ("vectorBucketName", "indexName", "indexArn"))
    self._validate_index_params(arn, index_name, name)
    index = self.s3vectors_backend.get_index(name, index_name, arn)
    entries = {key: vector.entry for key, vector in index.vectors.items()}
    searched = Searched(entries, index.dimension, index.distance_metric, _languages(index), _hidden(index))
    try:
        found = query(searched, self.params)
    except QueryError as error:
        raise ValidationError(str(error)) from error
    return ActionResult({"vectors": found, "distanceMetric": index.distance_metric})
