"""The authorizer and the edge together, on a small app of one route."""

from typing import Any

import pytest
from chalice.app import AuthRequest, AuthResponse, Chalice
from pydantic import BaseModel

from telesalud.platform.access import Role
from telesalud.platform.errors import Unavailable
from telesalud.platform.http.on_chalice import CACHED_SECONDS, authorize, serve
from telesalud.platform.http.operations import Group, Request
from telesalud.platform.tokens import TokenVerifier
from tests.support.http import Api, api_of
from tests.worlds.tokens import Jwks, MemorySigner, claims_of, our_issuer
from tests.worlds.world import FrozenClock, World, partner, user

SIGNER = MemorySigner()


class Who(BaseModel):
    """The caller as the domain sees it."""

    tenant: str
    subject: str
    roles: list[str]
    scopes: list[str]


def app_with(jwks: Jwks) -> Chalice:
    app = Chalice(app_name="example")
    world = World()
    verifier = TokenVerifier([our_issuer()], jwks, FrozenClock())

    @app.authorizer(ttl_seconds=CACHED_SECONDS)
    def authorizer(request: AuthRequest) -> AuthResponse:
        return authorize(request, verifier)

    group = Group("/example")

    @group.get("/me", answer=Who)
    def me(request: Request) -> Who:
        """Who am I."""
        caller = request.call.caller
        return Who(
            tenant=caller.tenant,
            subject=caller.subject,
            roles=sorted(caller.roles),
            scopes=sorted(caller.scopes),
        )

    serve(app, api_of("example", group, lambda: world.services), authorizer)
    return app


@pytest.fixture
def api() -> Api:
    return Api(app_with(Jwks([SIGNER])))


def test_a_valid_token_reaches_the_domain_as_its_caller(api: Api) -> None:
    answer = api.get("/example/me", token=SIGNER.sign(claims_of(user(Role.NURSE))))
    assert (answer.status, answer.json["roles"]) == (200, ["nurse"])
    answer = api.get("/example/me", token=SIGNER.sign(claims_of(partner("consults.read"))))
    assert answer.json["scopes"] == ["consults.read"]


def test_no_token_and_a_forged_token_are_401(api: Api) -> None:
    assert api.get("/example/me").status == 401
    assert api.get("/example/me", token="forged").status == 401
    forged = MemorySigner(kid=SIGNER.kid).sign(claims_of(user()))
    assert api.get("/example/me", token=forged).status == 401


@pytest.mark.parametrize("header", ["Basic dTpw", "Bearer", "Bearer ", "bearer x y", "Token x"])
def test_other_schemes_are_refused(api: Api, header: str) -> None:
    assert api.get("/example/me", headers={"Authorization": header}).status == 401


def test_the_policy_of_a_valid_token_spans_all_routes_and_carries_no_token() -> None:
    verifier = TokenVerifier([our_issuer()], Jwks([SIGNER]), FrozenClock())
    token = SIGNER.sign(claims_of(user(Role.NURSE)))
    request = AuthRequest("TOKEN", f"Bearer {token}", "arn:aws:execute-api:r:1:a/api/GET/x")
    policy: dict[str, Any] = authorize(request, verifier).to_dict(request)
    assert policy["policyDocument"]["Statement"][0]["Resource"] == [
        "arn:aws:execute-api:r:1:a/api/*/*"
    ]
    assert token not in str(policy)


def test_unreachable_keys_fail_loudly_so_that_no_denial_is_cached() -> None:
    api = Api(app_with(Jwks([SIGNER], down=True)))
    with pytest.raises(Unavailable):
        api.get("/example/me", token=SIGNER.sign(claims_of(user())))


def test_a_route_called_without_its_authorizer_knows_nobody(api: Api) -> None:
    event = {
        "requestContext": {"httpMethod": "GET", "resourcePath": "/example/me", "requestId": "r"},
        "headers": {},
        "multiValueQueryStringParameters": None,
        "pathParameters": None,
        "stageVariables": None,
        "body": None,
    }
    assert api.app(event, None)["statusCode"] == 401
