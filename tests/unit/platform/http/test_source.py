"""Whose address a request counts against."""

import hashlib

import pytest
from chalice.app import Chalice
from pydantic import BaseModel

from telesalud.platform.http.on_chalice import serve
from telesalud.platform.http.operations import Auth, Group, Request
from telesalud.platform.http.serving import FRONT_DOOR_HEADER
from tests.support.http import SOURCE_IP, Api, api_of
from tests.worlds.world import World

SECRET = "front-door-secret-of-this-test"


class Source(BaseModel):
    """The address."""

    ip: str


def api(*, behind_door: bool) -> Api:
    app = Chalice(app_name="example")
    door = hashlib.sha256(SECRET.encode()).hexdigest() if behind_door else ""
    group = Group("/example")

    @group.get(answer=Source, auth=Auth.PUBLIC)
    def source(request: Request) -> Source:
        """Source."""
        return Source(ip=request.source_ip)

    serve(app, api_of("example", group, lambda: World().services, front_door_sha256=door), None)
    return Api(app)


@pytest.mark.parametrize(
    ("forwarded", "source"),
    [
        (f"198.51.100.1, {SOURCE_IP}", "198.51.100.1"),
        (f"10.0.0.1, 198.51.100.1, {SOURCE_IP}", "198.51.100.1"),
        (f"{SOURCE_IP}, 198.51.100.1, {SOURCE_IP}", "198.51.100.1"),
        ("10.0.0.1, 198.51.100.1", "198.51.100.1"),
        ("2001:db8::1", "2001:db8::1"),
        (SOURCE_IP, SOURCE_IP),
        ("", SOURCE_IP),
        ("x" * 5000, "x" * 45),
    ],
)
def test_behind_the_front_door_the_address_is_what_the_door_saw(
    forwarded: str, source: str
) -> None:
    headers = {FRONT_DOOR_HEADER: SECRET, "X-Forwarded-For": forwarded}
    assert api(behind_door=True).get("/example", headers=headers).json == {"ip": source}


def test_without_a_front_door_nobody_may_claim_another_address() -> None:
    headers = {"X-Forwarded-For": "198.51.100.1"}
    assert api(behind_door=False).get("/example", headers=headers).json == {"ip": SOURCE_IP}
