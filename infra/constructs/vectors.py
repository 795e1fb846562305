"""The S3 Vectors bucket and its indexes, each with full-text search over one metadata key."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from aws_cdk import CfnResource, CustomResource, Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3vectors as s3vectors
from constructs import Construct

from infra import custom
from infra.constructs.layers import Layers
from infra.constructs.shared import (
    acknowledge_tracing,
    allow,
    finish,
    keep,
    log_group,
    service_role,
    telemetry,
)
from infra.deployment import Deployment
from orchestrator import spec

LANGUAGE = "en"


class Vectors(Construct):
    """The vector indexes of `orchestrator.spec.VECTOR_INDEXES` in one bucket, encrypted by S3 (AES-256).

    The text key is not filterable: filterable metadata ends at 2 KB per vector, all metadata at 40 KB. It is
    searchable all the same (S3 API, `MetadataConfiguration`: "You can still make a non-filterable key
    full-text searchable by configuring it separately").
    """

    def __init__(self, scope: Construct, deployment: Deployment) -> None:
        """Create the bucket and every index under `scope`."""
        super().__init__(scope, "Vectors")
        self._deployment = deployment
        self.bucket = s3vectors.CfnVectorBucket(
            self,
            "bucket",
            vector_bucket_name=deployment.prefix,
            encryption_configuration=s3vectors.CfnVectorBucket.EncryptionConfigurationProperty(
                sse_type="AES256"
            ),
        )
        self.bucket.apply_removal_policy(keep(deployment))
        self.by_name = {index.name: self._index(index) for index in spec.VECTOR_INDEXES}

    def _index(self, index: spec.VectorIndex) -> s3vectors.CfnIndex:
        resource = s3vectors.CfnIndex(
            self,
            index.name,
            index_name=index.name,
            vector_bucket_arn=self.bucket.attr_vector_bucket_arn,
            data_type="float32",
            dimension=index.dimension,
            distance_metric="cosine",
            metadata_configuration=s3vectors.CfnIndex.MetadataConfigurationProperty(
                non_filterable_metadata_keys=[index.text_key]
            ),
        )
        resource.apply_removal_policy(keep(self._deployment))
        if self._deployment.local:
            # The API's property, which CloudFormation lacks: the laptop runner creates the index from it.
            search = [{"MetadataKey": index.text_key, "Language": LANGUAGE}]
            resource.add_property_override("MetadataConfiguration.TextSearchConfigurations", search)
        return resource


class TextSearch(Construct):
    """Full-text search on the deployed indexes, switched on by a custom resource after they exist.

    CloudFormation's `AWS::S3Vectors::Index` knows only `NonFilterableMetadataKeys` and refuses further keys
    (`additionalProperties: false` in its schema), so the property cannot be written into the template. The
    API adds it to an existing index (`UpdateMetadataConfiguration`), which must be in ENHANCED mode: the
    default in every bucket created since 30 September 2026 (S3 user guide, "Changing a vector index's mode").
    """

    def __init__(self, scope: Construct, deployment: Deployment, vectors: Vectors, layers: Layers) -> None:
        """Create the function and one custom resource for each index under `scope`."""
        super().__init__(scope, "TextSearch")
        function = self._function(deployment, list(vectors.by_name.values()), layers)
        for index in spec.VECTOR_INDEXES:
            CustomResource(
                self,
                index.name,
                service_token=function.function_arn,
                resource_type="Custom::TextSearch",
                properties={
                    "IndexArn": vectors.by_name[index.name].attr_index_arn,
                    "MetadataKey": index.text_key,
                    "Language": LANGUAGE,
                },
            )

    def _function(
        self, deployment: Deployment, indexes: list[s3vectors.CfnIndex], layers: Layers
    ) -> lambda_.Function:
        name = f"{deployment.prefix}-text-search"
        logs = log_group(self, "Logs", f"/aws/lambda/{name}", deployment)
        configure = allow(
            ["s3vectors:GetIndex", "s3vectors:UpdateMetadataConfiguration"],
            *(index.attr_index_arn for index in indexes),
        )
        role = service_role(
            self,
            "Role",
            "lambda.amazonaws.com",
            [configure, *telemetry(logs)],
            "What the text-search switch may do",
        )
        acknowledge_tracing(role)
        # cfn-lint's list of actions (1.58) is older than UpdateMetadataConfiguration.
        resource = cast(CfnResource, role.node.default_child)
        resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3037"]}})
        function = lambda_.Function(
            self,
            "Function",
            function_name=name,
            description="Switches on full-text search during a deployment",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            handler="index.handler",
            code=lambda_.Code.from_inline((Path(custom.__file__).parent / "text_search.py").read_text()),
            layers=layers.of(("aws", "base")),
            role=role.without_policy_updates(),
            timeout=Duration.seconds(60),
            memory_size=256,
            tracing=lambda_.Tracing.ACTIVE,
            logging_format=lambda_.LoggingFormat.JSON,
            log_group=logs,
        )
        finish(function)
        return function
