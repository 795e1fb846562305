"""The HTTP API: every route of every spec, CORS, access logs, throttling and, in key mode, the authorizer."""

from __future__ import annotations

import json
from typing import cast

from aws_cdk import Acknowledgment as Because
from aws_cdk import CfnOutput, Duration, Stack, Validations
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.constructs.function import FunctionFolder
from infra.constructs.shared import log_group
from infra.deployment import Deployment, DeploymentError

ALLOWED_HEADERS = [
    "authorization", "cache-control", "content-type", "idempotency-key", "prefer", "traceparent", "x-api-key",
    "x-correlation-id", "x-request-id",
]  # fmt: skip
EXPOSED_HEADERS = [
    "idempotent-replayed", "location", "retry-after", "traceparent", "x-correlation-id", "x-request-id",
]  # fmt: skip
RATE = {"local": (10_000, 5_000), "dev": (100, 200), "prod": (5_000, 2_500)}
"""Requests per second and burst for the whole API; an account's default quota is 10,000 and 5,000."""

ACCESS_LOG = {
    "time": "$context.requestTimeEpoch",
    "request_id": "$context.requestId",
    "route": "$context.routeKey",
    "status": "$context.status",
    "bytes": "$context.responseLength",
    "latency_ms": "$context.responseLatency",
    "integration_ms": "$context.integrationLatency",
    "integration_error": "$context.integrationErrorMessage",
    "authorizer_error": "$context.authorizer.error",
    "tenant": "$context.authorizer.tenant",
    "key_id": "$context.authorizer.key_id",
    "source_ip": "$context.identity.sourceIp",
    "user_agent": "$context.identity.userAgent",
}


class Api(Construct):
    """One HTTP API (payload 2.0) for all functions with routes."""

    def __init__(self, scope: Construct, deployment: Deployment, functions: list[FunctionFolder]) -> None:
        """Create the API, its stage and its routes under `scope`."""
        super().__init__(scope, "Api")
        self._deployment = deployment
        self.api = gateway.HttpApi(
            self,
            "Http",
            api_name=deployment.prefix,
            create_default_stage=False,
            cors_preflight=_cors(deployment, functions),
        )
        self._stage()
        authorizer = self._authorizer(functions) if deployment.auth_mode == "key" else None
        for function in functions:
            if function.found.spec.routes:
                self._routes(function, authorizer)
        CfnOutput(self, "Url", value=self.api.api_endpoint)

    def _stage(self) -> None:
        # Under /aws/vendedlogs/ no resource policy grows with each API (CloudWatch Logs user guide).
        logs = log_group(self, "Access", f"/aws/vendedlogs/apis/{self._deployment.prefix}", self._deployment)
        rate, burst = RATE[self._deployment.stage]
        stage = gateway.HttpStage(
            self,
            "Stage",
            http_api=self.api,
            stage_name="$default",
            auto_deploy=True,
            detailed_metrics_enabled=True,
            throttle=gateway.ThrottleSettings(rate_limit=rate, burst_limit=burst),
        )
        resource = cast(gateway.CfnStage, stage.node.default_child)
        resource.access_log_settings = gateway.CfnStage.AccessLogSettingsProperty(
            destination_arn=logs.log_group_arn, format=json.dumps(ACCESS_LOG)
        )

    def _routes(self, function: FunctionFolder, authorizer: gateway.CfnAuthorizer | None) -> None:
        # L1 resources: one integration and one permission for each function, however many routes it has.
        integration = gateway.CfnIntegration(
            self,
            f"{function.found.id}-integration",
            api_id=self.api.api_id,
            integration_type="AWS_PROXY",
            integration_uri=function.entry.function_arn,
            payload_format_version="2.0",
        )
        self._may_invoke(function, "*/*")
        for route in function.found.spec.routes:
            guard = authorizer if route.scope is not None else None
            # The documents write paths with and without a slash at the end. An HTTP API does not equate them
            # and refuses a route key that ends with one, but a greedy variable also takes the empty rest.
            for key in (route.key, f"{route.key}/{{slash+}}"):
                self._route(key, integration, guard)

    def _route(
        self, key: str, integration: gateway.CfnIntegration, authorizer: gateway.CfnAuthorizer | None
    ) -> None:
        added = gateway.CfnRoute(
            self,
            key.replace("/", "|"),
            api_id=self.api.api_id,
            route_key=key,
            target=f"integrations/{integration.ref}",
            authorization_type="CUSTOM" if authorizer else "NONE",
            authorizer_id=authorizer.ref if authorizer else None,
        )
        if authorizer is None:
            reason = f"{key} is public: its spec declares scope=None."
            Validations.of(added).acknowledge(Because(id="AwsSolutions-APIG4", reason=reason))

    def _authorizer(self, functions: list[FunctionFolder]) -> gateway.CfnAuthorizer:
        function = next((one for one in functions if one.found.spec.authorizer), None)
        if function is None:
            raise DeploymentError(
                "auth_mode=key: no function is the authorizer; give one spec authorizer=True"
            )
        arn = Stack.of(self).format_arn(
            service="apigateway",
            account="lambda",
            resource="path/2015-03-31/functions",
            resource_name=f"{function.entry.function_arn}/invocations",
        )
        # No identity source and no cache: the credential comes in either of two headers, and an HTTP API
        # refuses a request that lacks one of the sources before the authorizer sees it.
        authorizer = gateway.CfnAuthorizer(
            self,
            "Keys",
            name="keys",
            api_id=self.api.api_id,
            authorizer_type="REQUEST",
            authorizer_uri=arn,
            authorizer_payload_format_version="2.0",
            authorizer_result_ttl_in_seconds=0,
            enable_simple_responses=True,
            identity_source=[],
        )
        self._may_invoke(function, f"authorizers/{authorizer.ref}")
        return authorizer

    def _may_invoke(self, function: FunctionFolder, what: str) -> None:
        lambda_.CfnPermission(
            self,
            f"{function.found.id}-permission",
            action="lambda:InvokeFunction",
            function_name=function.entry.function_arn,
            principal="apigateway.amazonaws.com",
            source_arn=Stack.of(self).format_arn(
                service="execute-api", resource=self.api.api_id, resource_name=what
            ),
        )


def _cors(deployment: Deployment, functions: list[FunctionFolder]) -> gateway.CorsPreflightOptions | None:
    if not deployment.cors_origins:
        return None
    methods = sorted(
        {route.method for function in functions for route in function.found.spec.routes} | {"OPTIONS"}
    )
    return gateway.CorsPreflightOptions(
        allow_origins=list(deployment.cors_origins),
        allow_methods=[gateway.CorsHttpMethod[method] for method in methods],
        allow_headers=ALLOWED_HEADERS,
        expose_headers=EXPOSED_HEADERS,
        max_age=Duration.hours(1),
    )
