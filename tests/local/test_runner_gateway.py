"""The gateway against what API Gateway does, with functions made for it."""

from __future__ import annotations

import json
import socket

import httpx2
import pytest

from tests.local.running import Running, until

FORBIDDEN = (403, {"message": "Forbidden"})
UNAUTHORIZED = (401, {"message": "Unauthorized"})
BROKEN = (500, {"message": "Internal Server Error"})


def short(answer: httpx2.Response) -> tuple[int, object]:
    return answer.status_code, answer.json()


def test_the_event_has_payload_format_2(sample: Running) -> None:
    headers = [("X-A", "1"), ("X-A", "2"), ("Cookie", "s=1; t=2"), ("User-Agent", "test")]
    event = sample.get("/echo?a=1&a=2&b=%20x&c", headers=headers).json()
    assert event["version"] == "2.0"
    assert event["routeKey"] == "GET /echo"
    assert event["rawQueryString"] == "a=1&a=2&b=%20x&c"
    assert event["queryStringParameters"] == {"a": "1,2", "b": " x", "c": ""}
    assert event["headers"]["x-a"] == "1,2"
    assert event["cookies"] == ["s=1", "t=2"]
    assert "cookie" not in event["headers"]
    assert event["headers"]["x-forwarded-for"] == "127.0.0.1"
    context = event["requestContext"]
    assert context["http"] | {"protocol": ""} == {
        "method": "GET",
        "path": "/echo",
        "protocol": "",
        "sourceIp": "127.0.0.1",
        "userAgent": "test",
    }
    assert (context["stage"], context["domainName"]) == ("$default", "127.0.0.1")
    assert "body" not in event
    assert "pathParameters" not in event


def test_text_arrives_as_it_is_and_bytes_in_base64(sample: Running) -> None:
    text = sample.post("/echo/200", content='{"ä": 1}', headers={"content-type": "application/json"}).json()
    assert (text["body"], text["isBase64Encoded"]) == ('{"ä": 1}', False)
    raw = sample.post(
        "/echo/200", content=b"\xff\x00", headers={"content-type": "application/octet-stream"}
    ).json()
    assert (raw["body"], raw["isBase64Encoded"]) == ("/wA=", True)
    wrong = sample.post("/echo/200", content=b"\xff", headers={"content-type": "text/plain"}).json()
    assert (wrong["body"], wrong["isBase64Encoded"]) == ("/w==", True)


def test_the_functions_status_reaches_the_caller(sample: Running) -> None:
    assert sample.post("/echo/418").status_code == 418


@pytest.mark.parametrize(
    ("path", "key", "parameters"),
    [
        ("/any/fixed", "GET /any/fixed", None),
        ("/any/fixed/more", "ANY /any/{proxy+}", {"proxy": "fixed/more"}),
        ("/any/a%20b", "ANY /any/{proxy+}", {"proxy": "a b"}),
        ("/any/x%2Fy", "ANY /any/{proxy+}", {"proxy": "x/y"}),
        ("/things/a%23b", "GET /things/{id}", {"id": "a#b"}),
        ("/things/100%2525", "GET /things/{id}", {"id": "100%25"}),
    ],
)
def test_the_most_specific_route_wins_and_paths_are_decoded_once(
    sample: Running, path: str, key: str, parameters: dict[str, str] | None
) -> None:
    event = sample.get(path).json()
    assert event["routeKey"] == key
    assert event.get("pathParameters") == parameters


@pytest.mark.parametrize("path", ["/things/a%2Fb", "/echo/", "/things/", "/", "/nope"])
def test_a_path_without_a_route_is_not_found(sample: Running, path: str) -> None:
    assert short(sample.get(path)) == (404, {"message": "Not Found"})


def test_another_method_is_not_found(sample: Running) -> None:
    assert short(sample.post("/echo")) == (404, {"message": "Not Found"})


@pytest.mark.parametrize(
    ("shape", "body", "content_type"),
    [
        ("plain", b'{"hello": "world"}', "application/json"),
        ("text", b"just text", "application/json"),
        ("binary", bytes(range(256)), "text/plain;charset=UTF-8"),
        ("big", b"x" * 5_000_000, "text/plain;charset=UTF-8"),
    ],
)
def test_a_result_becomes_a_response(sample: Running, shape: str, body: bytes, content_type: str) -> None:
    answer = sample.get(f"/shapes/{shape}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, content_type)
    assert answer.content == body


def test_cookies_of_the_result_are_set_one_by_one(sample: Running) -> None:
    answer = sample.get("/shapes/cookies")
    assert (answer.status_code, answer.headers.get_list("set-cookie")) == (204, ["a=1; Path=/", "b=2"])


@pytest.mark.parametrize("shape", ["wrong", "raise", "exit", "too-big"])
def test_a_function_that_breaks_is_a_500(sample: Running, shape: str) -> None:
    assert short(sample.get(f"/shapes/{shape}")) == BROKEN
    assert sample.get("/shapes/plain").status_code == 200


def test_a_handler_that_cannot_be_imported_is_a_500_and_a_traceback_in_the_log(sample: Running) -> None:
    assert short(sample.get("/broken")) == BROKEN
    until(lambda: "cannot import me" in sample.log())
    assert "broken.py" in sample.log()


def test_a_function_past_its_timeout_is_stopped(sample: Running) -> None:
    assert sample.get("/slow?seconds=0").text == "awake"
    (before,) = sample.workers("sample-slow")
    assert short(sample.get("/slow?seconds=9")) == BROKEN
    until(lambda: before not in sample.workers("sample-slow"))
    assert "Task timed out after 1.00 seconds" in sample.log()
    assert sample.get("/slow?seconds=0").text == "awake"


def test_a_body_over_ten_megabytes_is_refused(sample: Running) -> None:
    assert short(sample.post("/echo/200", content=b"x" * (10 * 2**20 + 1))) == (
        413,
        {"message": "Request Entity Too Large"},
    )


def test_cors_answers_the_configured_origin_only(sample: Running) -> None:
    def preflight(origin: str) -> httpx2.Response:
        headers = {"Origin": origin, "Access-Control-Request-Method": "GET"}
        return httpx2.options(sample.url + "/echo", headers=headers)

    mine = preflight("https://app.example.com")
    assert mine.status_code == 204
    assert mine.headers["access-control-allow-origin"] == "https://app.example.com"
    assert mine.headers["access-control-allow-headers"] == "authorization"
    assert mine.headers["access-control-max-age"] == "60"
    assert "access-control-allow-origin" not in preflight("https://evil.example.com").headers
    plain = sample.get("/echo", headers={"Origin": "https://app.example.com"})
    assert plain.headers["access-control-allow-origin"] == "https://app.example.com"


def test_a_page_of_a_site_that_was_not_named_is_turned_away_at_every_door(sample: Running) -> None:
    page = {"Origin": "https://evil.example.com"}
    rebound = {"Host": "evil.example.com"}
    for headers in (page, rebound):
        assert sample.get("/echo", headers=headers).status_code == 403
        assert sample.get("/_local/outbox", headers=headers).status_code == 403
        assert httpx2.post(sample.endpoint, headers=headers, content=b"{}").status_code == 403
    assert sample.get("/echo", headers={"Origin": "http://localhost:3000"}).status_code == 200


def test_an_authorizer_without_identity_sources_is_always_asked(sample: Running) -> None:
    assert short(sample.get("/always")) == FORBIDDEN
    assert short(sample.get("/always", headers={"Authorization": "bad"})) == FORBIDDEN
    assert short(sample.get("/always", headers={"Authorization": "raise"})) == UNAUTHORIZED
    assert short(sample.get("/always", headers={"Authorization": "boom"})) == BROKEN
    event = sample.get("/always", headers={"Authorization": "good"}).json()
    assert event["requestContext"]["authorizer"] == {"lambda": {"tenant": "t1"}}


def test_a_missing_identity_source_is_refused_and_a_present_ones_answer_is_kept(sample: Running) -> None:
    notes = sample.data / "notes"

    def asked() -> int:
        return notes.read_text().count("authorizer\n") if notes.exists() else 0

    before = asked()
    assert short(sample.get("/cached")) == UNAUTHORIZED
    # Other tests ask the authorizer too, but none of them through this route with this word.
    for _ in range(3):
        assert short(sample.get("/cached", headers={"Authorization": "kept-answer"})) == FORBIDDEN
    assert asked() >= before + 1
    (pids,) = [sample.workers("sample-authorize")]
    assert len(pids) <= 2


def test_bytes_that_are_no_http_do_not_stop_the_server(sample: Running) -> None:
    host, port = sample.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(b"\x00\x01 not http\r\n\r\n")
        connection.recv(1024)
    assert sample.get("/echo").status_code == 200


def test_functions_see_their_settings_and_nothing_of_the_shell(sample: Running) -> None:
    environment = json.loads(sample.get("/shapes/env").text)
    assert environment["SAMPLE_SETTING"] == "set"
    assert "OTHER_SETTING" not in environment
    assert environment["AWS_ACCESS_KEY_ID"] == "sample-shapes"
    assert environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"] == "256"
    assert environment["ORCHESTRATOR_STAGE"] == "local"


def test_log_lines_of_functions_are_readable(sample: Running) -> None:
    sample.get("/shapes/log")
    line = until(lambda: [line for line in sample.log().splitlines() if "from powertools" in line])[0]
    assert "sample/shapes" in line
    assert "extra=7" in line
    assert "correlation_id=c-1" in line
    assert "\x1b" not in line


def test_a_function_imports_only_what_its_layers_bring(sample: Running) -> None:
    assert short(sample.get("/shapes/foreign")) == BROKEN
    until(
        lambda: (
            "No module named 'boto3' in this function's layers: add layer 'aws' to its spec.py"
            in sample.log()
        )
    )
