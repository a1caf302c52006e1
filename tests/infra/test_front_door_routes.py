"""The front door: every operation's path leads to the API that has it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from infra.front_door import SITE, behavior_of, behaviors
from infra.tools import ROOT, apps
from localstack.gateway import BEHAVIORS, Routes
from telesalud.consults.paho.routes import ROUTES
from tests.infra.conftest import rendered

DOCUMENTS = sorted((ROOT / "schemas" / "openapi").glob("*.json"))
VALUES = ("0192f0c4-0000-7000-8000-000000000001", "a%2Fb.c", "X")


def described() -> Iterator[tuple[str, str, str]]:
    """App, method and path, as callers send it, of every operation of every OpenAPI document."""
    for file in DOCUMENTS:
        document = json.loads(file.read_text())
        for path, operations in document["paths"].items():
            for value in VALUES:
                sent = document["servers"][0]["url"] + re.sub(r"\{\w+\}", value, path)
                yield from ((file.stem, method.upper(), sent) for method in operations)


def paho() -> Iterator[tuple[str, str, str]]:
    """The same of the earlier module's interface, which has no document."""
    for route in ROUTES:
        yield "paho", route.method, f"/api{route.path}"


def test_there_is_a_document_for_each_app_but_the_earlier_modules() -> None:
    known = {file.stem for file in DOCUMENTS} | {"paho"}
    assert known == set(apps()) - {"bridges", "canary"}, "these two answer nobody"


def test_every_operation_reaches_the_origin_of_its_own_app() -> None:
    deployed = behaviors(rendered("prod", "front_door").template)
    wanted = [*described(), *paho()]
    assert len(wanted) > 200
    for app, method, path in wanted:
        behavior = behavior_of(path, deployed)
        assert behavior.origin.name == app, (method, path)
        assert behavior.forwarded(path) == path
        assert method in behavior.methods, (method, path)


def test_the_local_gateway_sends_every_operation_to_the_same_api() -> None:
    ids = {f"{app.capitalize()}ApiId": f"{app}-id" for app in apps()}
    routes = Routes("http://emulator", ids, "secret")
    for app, _, path in (*described(), *paho()):
        target = routes.target(behavior_of(path, BEHAVIORS), path)
        assert target == f"http://emulator/_aws/execute-api/{app}-id{path}"


@pytest.mark.parametrize(
    ("path", "origin", "at"),
    [
        ("/videoconsultation", "paho-pages", "/api/videoconsultation"),
        ("/ws", "live", "/ws"),
        ("/blobs/t/owner/name.pdf", "blobs", "/t/owner/name.pdf"),
        ("/uploads", "uploads", "/"),
        ("/", SITE, "/"),
        ("/c/link", SITE, "/c/link"),
        ("/API/patients", SITE, "/API/patients"),
        ("/patients/0192", SITE, "/patients/0192"),
    ],
)
def test_what_is_no_operation_goes_where_it_belongs(path: str, origin: str, at: str) -> None:
    behavior = behavior_of(path, behaviors())
    assert (behavior.origin.name, behavior.forwarded(path)) == (origin, at)


def test_files_are_only_read_through_the_front_door() -> None:
    assert behavior_of("/blobs/t/o/n", behaviors()).methods == {"GET", "HEAD"}


def test_no_behaviour_is_hidden_by_one_before_it() -> None:
    deployed = behaviors()
    for behavior in deployed:
        path = behavior.pattern.replace("*", "/x") if behavior.pattern != "*" else "/x"
        assert behavior_of(path, deployed) == behavior
