from __future__ import annotations

import json

from infra.deployment import ROOT
from infra.discovery import discover
from tests.infra.synthesized import Json, Stack

FOUND = discover(ROOT)
ROUTES = {
    f"{route.key}{slash}": (one, route)
    for one in FOUND
    for route in one.spec.routes
    for slash in ("", "/{slash+}")
}


def only(resources: dict[str, Json]) -> Json:
    (resource,) = resources.values()
    return resource["Properties"]


def routes(stack: Stack) -> dict[str, Json]:
    return {r["Properties"]["RouteKey"]: r["Properties"] for r in stack.of("ApiGatewayV2::Route").values()}


def test_every_route_of_every_spec_reaches_its_functions_alias(dev: Stack) -> None:
    assert set(routes(dev)) == set(ROUTES)
    resources = dev.template["Resources"]
    for key, properties in routes(dev).items():
        integration = resources[properties["Target"]["Fn::Join"][1][1]["Ref"]]["Properties"]
        assert integration["PayloadFormatVersion"] == "2.0"
        alias = resources[integration["IntegrationUri"]["Ref"]]["Properties"]
        function = resources[alias["FunctionName"]["Ref"]]
        assert function["Metadata"]["orchestrator"]["folder"] == ROUTES[key][0].folder


def test_no_route_key_ends_with_a_slash_because_an_http_api_refuses_it(dev: Stack) -> None:
    assert not [key for key in routes(dev) if key.endswith("/")]


def test_a_route_with_a_scope_passes_the_authorizer_and_a_public_one_does_not(dev: Stack) -> None:
    kinds = {key: properties["AuthorizationType"] for key, properties in routes(dev).items()}
    assert kinds == {key: "CUSTOM" if route.scope else "NONE" for key, (_, route) in ROUTES.items()}
    assert {"CUSTOM", "NONE"} == set(kinds.values())


def test_the_authorizer_sees_every_request_whatever_header_it_carries(dev: Stack) -> None:
    authorizer = only(dev.of("ApiGatewayV2::Authorizer"))
    assert authorizer["IdentitySource"] == []
    assert authorizer["AuthorizerResultTtlInSeconds"] == 0
    assert authorizer["EnableSimpleResponses"] is True
    assert authorizer["AuthorizerPayloadFormatVersion"] == "2.0"


def test_the_api_may_call_each_entry_and_nobody_else_may(dev: Stack) -> None:
    permissions = [p["Properties"] for p in dev.of("Lambda::Permission").values()]
    assert {p["Principal"] for p in permissions} == {"apigateway.amazonaws.com"}
    assert {p["FunctionName"]["Ref"] for p in permissions} == set(dev.of("Lambda::Alias"))
    assert all("SourceArn" in p for p in permissions)


def test_on_an_open_laptop_no_route_asks_who_is_calling(local: Stack) -> None:
    assert {properties["AuthorizationType"] for properties in routes(local).values()} == {"NONE"}
    assert not local.of("ApiGatewayV2::Authorizer")


def test_browsers_of_the_named_origins_may_call_and_prod_has_none_by_default(
    dev: Stack, prod: Stack, local: Stack
) -> None:
    cors = only(dev.of("ApiGatewayV2::Api"))["CorsConfiguration"]
    assert cors["AllowOrigins"] == ["https://app.example.com", "https://www.example.com"]
    assert {"authorization", "x-api-key", "content-type", "idempotency-key"} <= set(cors["AllowHeaders"])
    assert {"prefer", "cache-control"} <= set(cors["AllowHeaders"])
    assert {"location", "idempotent-replayed"} <= set(cors["ExposeHeaders"])
    assert {route.method for _, route in ROUTES.values()} <= set(cors["AllowMethods"])
    assert "CorsConfiguration" not in only(prod.of("ApiGatewayV2::Api"))
    assert only(local.of("ApiGatewayV2::Api"))["CorsConfiguration"]["AllowOrigins"] == ["*"]


def test_the_stage_is_throttled_and_writes_an_access_log_in_json(dev: Stack) -> None:
    stage = only(dev.of("ApiGatewayV2::Stage"))
    assert stage["StageName"] == "$default"
    assert 0 < stage["DefaultRouteSettings"]["ThrottlingRateLimit"] <= 10_000
    assert 0 < stage["DefaultRouteSettings"]["ThrottlingBurstLimit"] <= 5_000
    log = json.loads(stage["AccessLogSettings"]["Format"])
    assert log["request_id"] == "$context.requestId"
    assert stage["AccessLogSettings"]["DestinationArn"]["Fn::GetAtt"][0] in dev.of("Logs::LogGroup")
