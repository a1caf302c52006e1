"""The one origin: routing, headers, refusals."""

from __future__ import annotations

import httpx
import pytest

from localstack.pages import SITE
from tests.cloud.stacks import Stacks
from tests.support.some import some

PAHO = "paho"
"""Its app has paths and an envelope of its own."""


def test_every_deployed_app_answers_at_its_path(stacks: Stacks, http: httpx.Client) -> None:
    for app in some(app for app in stacks.deployment.stage.apps() if app != PAHO):
        answer = http.get(f"/api/{app}/no/such/thing/is/here")
        assert answer.status_code == 404, app
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:telesalud:problem:not-found"


def test_an_unknown_api_is_not_found(http: httpx.Client) -> None:
    answer = http.get("/api/nothing/here")
    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:telesalud:problem:not-found"


def test_answers_carry_the_security_headers_of_the_front_door(http: httpx.Client) -> None:
    headers = http.get("/api/identity/.well-known/jwks.json").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert "camera=(self)" in headers["permissions-policy"]


def test_requests_that_go_round_the_front_door_are_refused(stacks: Stacks) -> None:
    api = stacks.outputs["IdentityApiId"]
    url = f"{stacks.cloud.endpoint}/_aws/execute-api/{api}/api/identity/.well-known/jwks.json"
    assert httpx.get(url, timeout=30).status_code == 403
    forged = {"x-telesalud-front-door": "guessed"}
    assert httpx.get(url, headers=forged, timeout=30).status_code == 403


def test_a_client_cannot_bring_its_own_front_door_header(http: httpx.Client) -> None:
    answer = http.get(
        "/api/identity/.well-known/jwks.json", headers={"x-telesalud-front-door": "forged"}
    )
    assert answer.status_code == 200


def test_a_request_without_or_with_a_forged_token_is_401(http: httpx.Client) -> None:
    for headers in ({}, {"Authorization": "Bearer forged"}, {"Authorization": "Basic eDp5"}):
        answer = http.get("/api/identity/tenant", headers=headers)
        assert answer.status_code == 401
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["www-authenticate"] == "Bearer"
        assert answer.json()["type"] == "urn:telesalud:problem:unauthenticated"


def test_pages_of_both_applications_are_served_at_any_path(http: httpx.Client) -> None:
    if not (SITE / "index.html").exists():
        pytest.skip("the site is not built: make web")
    answer = http.get("/c/some-link")
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"
    assert http.get("/agenda/today").headers["content-type"].startswith("text/html")
    assert http.get("/assets/no-such-file.js").status_code == 404


def test_the_site_gives_no_file_outside_its_folder(http: httpx.Client) -> None:
    for path in ("/..%2f..%2fpyproject.toml", "/assets/..%2f..%2f..%2fpyproject.toml"):
        assert "telesalud" not in http.get(path).text


def test_the_earlier_modules_paths_lead_to_its_interface(http: httpx.Client) -> None:
    for path in ("/api/user", "/api/videoconsultation/data", "/videoconsultation"):
        answer = http.get(path)
        assert answer.status_code < 500, path
        assert "urn:telesalud:problem" not in answer.text, path
