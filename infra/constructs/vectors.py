"""The S3 Vectors bucket and its indexes, each with full-text search over one metadata key."""

from __future__ import annotations

from aws_cdk import CfnResource
from aws_cdk import aws_s3vectors as s3vectors
from constructs import Construct
from orchestrator import spec

from infra.constructs.storage import keep
from infra.deployment import Deployment


def text_search(index: spec.VectorIndex) -> list[dict[str, str]]:
    """Return the index's full-text search configuration in CloudFormation's spelling."""
    return [{"MetadataKey": index.text_key, "Language": "en"}]


class Vectors(Construct):
    """The vector indexes of `orchestrator.spec.VECTOR_INDEXES` in one bucket, encrypted by S3 (AES-256).

    The text key is not filterable: filterable metadata ends at 2 KB per vector, all metadata at 40 KB. It can
    be searched all the same (S3 API, `MetadataConfiguration`: "You can still make a non-filterable key full-text
    searchable by configuring it separately in textSearchConfigurations").
    """

    def __init__(self, scope: Construct, deployment: Deployment) -> None:
        """Create the bucket and every index under `scope`."""
        super().__init__(scope, "Vectors")
        self.bucket = s3vectors.CfnVectorBucket(
            self,
            "bucket",
            vector_bucket_name=deployment.prefix,
            encryption_configuration=s3vectors.CfnVectorBucket.EncryptionConfigurationProperty(sse_type="AES256"),
        )
        self.bucket.apply_removal_policy(keep(deployment))
        self.by_name = {index.name: self._index(index, deployment) for index in spec.VECTOR_INDEXES}

    def _index(self, index: spec.VectorIndex, deployment: Deployment) -> s3vectors.CfnIndex:
        resource = s3vectors.CfnIndex(
            self,
            index.name,
            index_name=index.name,
            vector_bucket_name=self.bucket.ref,
            data_type="float32",
            dimension=index.dimension,
            distance_metric="cosine",
            metadata_configuration=s3vectors.CfnIndex.MetadataConfigurationProperty(
                non_filterable_metadata_keys=[index.text_key]
            ),
        )
        resource.apply_removal_policy(keep(deployment))
        _search_text(resource, index, deployment)
        return resource


def _search_text(resource: CfnResource, index: spec.VectorIndex, deployment: Deployment) -> None:
    # CloudFormation's own schema of the index ends at NonFilterableMetadataKeys and refuses further keys, so the
    # property can only be written where the laptop runner reads the template.
    if deployment.local:
        resource.add_property_override("MetadataConfiguration.TextSearchConfigurations", text_search(index))
