"""Identity on the running stacks: real KMS signatures, real authorizer, real conditional writes."""

from __future__ import annotations

import base64
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from schemas.identity import NewClient, NewTenant, NewUser
from telesalud.identity import bootstrap
from telesalud.identity.model import IdentityServices
from telesalud.identity.settings import IdentitySettings
from telesalud.identity.wiring import services_from
from telesalud.platform.aws import clients
from tests.cloud.stacks import Stacks

PASSWORD = "Colibri-Verde-77-Mesa"


@pytest.fixture
def services(stacks: Stacks, monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityServices]:
    """The operator's services, as `telesalud admin` builds them."""
    for name, value in stacks.cloud.environ().items():
        monkeypatch.setenv(name, value)
    function = f"telesalud-{stacks.cloud.stage}-identity-api"
    found = stacks.client("lambda").get_function_configuration(FunctionName=function)
    made = (clients._session, clients.records, clients.keys, clients.dynamodb, clients.kms)
    for each in made:  # clients that another test made for another endpoint
        each.cache_clear()
    yield services_from(IdentitySettings.load(found["Environment"]["Variables"]))
    for each in made:
        each.cache_clear()


@dataclass(frozen=True)
class Institution:
    """A fresh tenant with an administrator who has set a password."""

    tenant: str
    administrator: str

    def credentials(self, user_name: str = "admin.demo", **more: str) -> dict[str, str]:
        return {"tenant": self.tenant, "user_name": user_name, "password": PASSWORD, **more}


@pytest.fixture
def institution(services: IdentityServices, http: httpx.Client) -> Institution:
    tenant = f"test-{uuid.uuid4().hex[:12]}"
    rules = NewTenant(id=tenant, name="Hospital Demostración", second_factor_roles=())
    bootstrap.create_tenant(services, rules)
    created = bootstrap.first_administrator(
        services,
        tenant,
        NewUser(
            user_name="admin.demo",
            display_name="Administración Demostración",
            roles=("administrator",),
        ),
    )
    redeem(http, tenant, "admin.demo", created.one_time_code.code)
    return Institution(tenant, created.user.id)


def redeem(http: httpx.Client, tenant: str, user_name: str, code: str) -> None:
    body = {"tenant": tenant, "user_name": user_name, "code": code, "new_password": PASSWORD}
    assert http.post("/api/identity/password-resets", json=body).status_code == 204


def session(http: httpx.Client, credentials: dict[str, str]) -> dict[str, Any]:
    answer = http.post("/api/identity/sessions", json={**credentials, "refresh": "body"})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_a_token_signed_by_kms_verifies_with_the_published_keys(
    http: httpx.Client, institution: Institution
) -> None:
    token = session(http, institution.credentials())["access_token"]
    about = http.get("/api/identity/.well-known/openid-configuration").json()
    keys = jwt.PyJWKSet.from_dict(http.get(about["jwks_uri"]).json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(
        token, key.key, algorithms=["ES256"], audience="telesalud", issuer=about["issuer"]
    )
    assert (claims["tenant"], claims["sub"]) == (institution.tenant, institution.administrator)
    assert claims["exp"] - claims["iat"] == 600


def test_the_authorizer_lets_the_token_in_and_a_tampered_one_out(
    http: httpx.Client, institution: Institution
) -> None:
    token = session(http, institution.credentials())["access_token"]
    me = http.get("/api/identity/me", headers=bearer(token))
    assert (me.status_code, me.json()["user_name"]) == (200, "admin.demo")
    header, payload, signature = token.split(".")
    decoded = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
    forged = decoded.replace(b'"kind":"user"', b'"kind":"User"')
    assert forged != decoded
    tampered = base64.urlsafe_b64encode(forged).decode().rstrip("=")
    for wrong in (f"{header}.{tampered}.{signature}", f"{header}.{payload}.", token[:-8]):
        assert http.get("/api/identity/me", headers=bearer(wrong)).status_code == 401


def test_a_user_from_creation_over_an_authenticator_app_to_log_in(
    http: httpx.Client, institution: Institution
) -> None:
    admin = bearer(session(http, institution.credentials())["access_token"])
    new = {
        "user_name": "medica.uno",
        "display_name": "Médica Demostración Uno",
        "roles": ["physician"],
    }
    keyed = {**admin, "Idempotency-Key": uuid.uuid4().hex}
    created = http.post("/api/identity/users", json=new, headers=keyed)
    assert created.status_code == 201, created.text
    again = http.post("/api/identity/users", json=new, headers=keyed)
    assert (again.status_code, again.json()) == (201, created.json())
    redeem(http, institution.tenant, "medica.uno", created.json()["one_time_code"]["code"])
    mine = institution.credentials("medica.uno")
    secret = http.post("/api/identity/second-factor", json=mine).json()["secret"]
    code = TOTP(base64.b32decode(secret), 6, SHA1(), 30).generate(time.time()).decode()
    confirm = http.post("/api/identity/second-factor/confirmation", json={**mine, "code": code})
    assert confirm.status_code == 200, confirm.text
    alone = http.post("/api/identity/sessions", json=mine)
    assert alone.json()["type"] == "urn:telesalud:problem:second-factor-required"
    recovery = confirm.json()["codes"][0]
    token = session(http, {**mine, "second_factor": recovery})["access_token"]
    assert http.get("/api/identity/users", headers=bearer(token)).status_code == 403


def test_the_browsers_cookie_passes_the_front_door_both_ways(
    http: httpx.Client, institution: Institution
) -> None:
    started = http.post("/api/identity/sessions", json=institution.credentials())
    assert started.json()["refresh_token"] is None
    assert "httponly" in started.headers["set-cookie"].lower()
    fresh = http.post("/api/identity/sessions/refresh")
    assert fresh.status_code == 200, fresh.text
    other_site = {"Origin": "https://evil.example"}
    assert http.post("/api/identity/sessions/refresh", headers=other_site).status_code == 403
    assert http.post("/api/identity/sessions/end").status_code == 204
    assert http.post("/api/identity/sessions/refresh").status_code == 400


def at_once(calls: int, act: Callable[[int], httpx.Response]) -> list[httpx.Response]:
    """Answers of calls made together; each may start a function of its own, which takes a while."""
    with ThreadPoolExecutor(calls) as pool:
        return list(pool.map(act, range(calls)))


def test_refreshes_at_once_agree_and_tabs_that_race_get_the_newest_token(
    http: httpx.Client, institution: Institution
) -> None:
    token = session(http, institution.credentials())["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token}
    answers = at_once(3, lambda _: http.post("/api/identity/token", data=form))
    assert {answer.status_code for answer in answers} <= {200, 503}
    successors = {a.json()["refresh_token"] for a in answers if a.status_code == 200}
    assert len(successors) == 1
    [successor] = successors
    after = {"grant_type": "refresh_token", "refresh_token": successor}
    last = http.post("/api/identity/token", data=after).json()["refresh_token"]
    replay = http.post("/api/identity/token", data=form)
    assert (replay.status_code, replay.json()["refresh_token"]) == (200, last)
    after["refresh_token"] = last
    assert http.post("/api/identity/token", data=after).status_code == 200


def test_guesses_at_once_are_each_counted(http: httpx.Client, institution: Institution) -> None:
    wrong = institution.credentials() | {"password": "wrong"}
    answers = at_once(4, lambda _: http.post("/api/identity/sessions", json=wrong))
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {401, 429, 503}
    while (answer := http.post("/api/identity/sessions", json=wrong)).status_code == 401:
        pass
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


def test_a_partner_gets_a_token_and_is_held_to_its_scopes(
    http: httpx.Client, institution: Institution, services: IdentityServices
) -> None:
    new = NewClient(name="Sistema Demostración", scopes=("consults.write",))
    created = bootstrap.register_client(services, institution.tenant, new)
    basic = (created.client.client_id, created.secret.secret)
    form = {"grant_type": "client_credentials"}
    answer = http.post("/api/identity/token", data=form, auth=basic)
    assert answer.status_code == 200, answer.text
    assert answer.json()["scope"] == "consults.write"
    token = answer.json()["access_token"]
    assert http.get("/api/identity/users", headers=bearer(token)).status_code == 403
    refused = http.post("/api/identity/token", data=form, auth=(basic[0], "wrong"))
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


def test_the_table_holds_no_name_in_clear(
    stacks: Stacks, http: httpx.Client, institution: Institution
) -> None:
    session(http, institution.credentials())
    table = stacks.outputs["IdentityTableName"]
    pages = stacks.client("dynamodb").get_paginator("scan").paginate(TableName=table)
    items = [item for page in pages for item in page["Items"]]
    assert any(institution.tenant in item["pk"]["S"] for item in items)
    text = repr(items)
    for clear in ("admin.demo", "Administración", "argon2", PASSWORD):
        assert clear not in text
