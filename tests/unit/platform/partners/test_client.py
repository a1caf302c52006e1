"""Calling another context: one token for many calls, and every failure told apart."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from telesalud.platform.errors import Unavailable
from telesalud.platform.partners.client import Credentials, PartnerClient, Refused

Answer = Callable[[httpx.Request], httpx.Response]


class Other:
    """Identity and another context behind one origin."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.granted = 0
        self.token_status = 200
        self.seen: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/api/identity/token":
            self.granted += 1
            body = {"access_token": f"token-{self.granted}", "expires_in": 600}
            return httpx.Response(self.token_status, json=body)
        self.seen.append(request)
        return self.answer(request)


def client(other: Other, now: list[float] | None = None) -> PartnerClient:
    clock = now if now is not None else [0.0]
    http = httpx.Client(transport=httpx.MockTransport(other))
    return PartnerClient(
        "https://clinic.example/api",
        lambda tenant: Credentials(f"client-{tenant}", "secret"),
        lambda: http,
        monotonic=lambda: clock[0],
    )


def ok(_: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"fine": True})


def test_a_token_serves_until_shortly_before_it_expires() -> None:
    other, now = Other(ok), [0.0]
    mine = client(other, now)
    for _ in range(3):
        mine.call("one", "GET", "/consults/1")
    assert other.granted == 1
    now[0] = 541.0
    mine.call("one", "GET", "/consults/1")
    assert other.granted == 2


def test_each_institution_has_a_token_of_its_own() -> None:
    other = Other(ok)
    mine = client(other)
    mine.call("one", "GET", "/consults/1")
    mine.call("two", "GET", "/consults/1")
    sent = [request.headers["authorization"] for request in other.seen]
    assert sent == ["Bearer token-1", "Bearer token-2"]


def test_a_revoked_token_is_replaced_once() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        stale = request.headers["authorization"] == "Bearer token-1"
        return httpx.Response(401 if stale else 200, json={})

    other = Other(answer)
    client(other).call("one", "GET", "/consults/1")
    assert other.granted == 2


@pytest.mark.parametrize("status", [401, 408, 429, 500, 502, 503, 307])
def test_what_may_pass_is_unavailable(status: int) -> None:
    with pytest.raises(Unavailable):
        client(Other(lambda _: httpx.Response(status))).call("one", "GET", "/x")


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (409, {"type": "urn:telesalud:problem:superseded"}, "superseded"),
        (404, {"type": "about:blank"}, "blank"),
        (422, ["no object"], "http-422"),
        (403, None, "http-403"),
    ],
)
def test_what_will_not_pass_is_refused_with_its_code(status: int, body: Any, problem: str) -> None:
    answer = httpx.Response(status, json=body) if body else httpx.Response(status, text="<html>")
    with pytest.raises(Refused) as refused:
        client(Other(lambda _: answer)).call("one", "GET", "/x")
    assert (refused.value.problem, refused.value.http_status) == (problem, status)


def test_a_dead_line_is_unavailable() -> None:
    def dead(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(Unavailable):
        client(Other(dead)).call("one", "GET", "/x")


def test_wrong_credentials_wait_for_an_administrator() -> None:
    other = Other(ok)
    other.token_status = 401
    with pytest.raises(Unavailable, match="credentials"):
        client(other).call("one", "GET", "/x")
    assert other.seen == []


def test_body_and_key_are_sent() -> None:
    other = Other(ok)
    client(other).call("one", "POST", "/x", json='{"a":1}', headers={"idempotency-key": "k" * 8})
    [request] = other.seen
    assert request.content == b'{"a":1}'
    assert request.headers["content-type"] == "application/json"
    assert request.headers["idempotency-key"] == "k" * 8
