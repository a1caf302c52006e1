"""The HTTP edge on a small app of its own: what every operation of every app promises."""

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError
from chalice.app import AuthResponse, Chalice
from hypothesis import given
from hypothesis import strategies as st

from schemas.common import Contract, Id, Line, PageQuery
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, NotFound
from telesalud.platform.http import serving
from telesalud.platform.http.on_chalice import serve
from telesalud.platform.http.operations import MAX_BODY, Answer, Auth, Group, Request
from telesalud.platform.http.serving import routes_in
from telesalud.platform.store import ABSENT, Key, Put, StoreBusy
from telesalud.platform.work import Work
from tests.support.http import Api, api_of
from tests.worlds.world import World, user

CLERK = user(Role.FRONT_DESK)


class NewThing(Contract):
    name: Line
    size: int = 1


class Thing(Contract):
    id: Id
    name: str


class Tags(PageQuery):
    tag: tuple[str, ...] = ()


class Small:
    """An app with one operation of each sort."""

    def __init__(self, world: World, front_door_sha256: str = "") -> None:
        self.app = Chalice(app_name="things")
        self.world = world
        self.made = 0
        self.fault: Exception | None = None
        group = Group("")
        group.post("/things", body=NewThing, answer=Thing, status=201, idempotent=True)(self.make)
        group.get("/things", query=Tags, answer=Thing)(self.list_them)
        group.get("/things/{name}", answer=Thing)(self.read)
        group.put("/things/{name}", body=NewThing, answer=Thing, versioned=True)(self.change)
        group.get("/open", auth=Auth.PUBLIC)(self.open)
        self.api = api_of(
            "things", group, lambda: world.services, front_door_sha256=front_door_sha256
        )
        serve(self.app, self.api, self._authorizer())

    def _authorizer(self) -> Any:
        @self.app.authorizer()
        def authorizer(request: Any) -> AuthResponse:
            return AuthResponse(routes=[], principal_id=request.token)

        return authorizer

    def make(self, request: Request) -> Answer:
        """Make."""
        if self.fault:
            raise self.fault
        self.made += 1
        thing = Thing(id=self.world.new_id(), name=request.body.name)
        work = Work(self.world.services, request.call)
        work.add(Put(Key("THING", thing.id), {"name": thing.name}, when=ABSENT))
        work.commit(thing, version=1)
        return Answer(thing, version=1)

    def list_them(self, request: Request) -> Thing:
        """List."""
        return Thing(id=self.world.new_id(), name="+".join(request.query.tag))

    def read(self, request: Request) -> Thing:
        """Read."""
        if request.path["name"] == "secret":
            raise Forbidden("not yours", right="things.read")
        return Thing(id=self.world.new_id(), name=request.path["name"])

    def change(self, request: Request) -> Answer:
        """Change."""
        return Answer(Thing(id=self.world.new_id(), name="x"), version=request.if_match + 1)

    def open(self, request: Request) -> None:
        """Open."""
        if self.fault:
            raise self.fault


@pytest.fixture
def small() -> Small:
    return Small(World())


@pytest.fixture
def api(small: Small) -> Api:
    return Api(small.app, caller=CLERK)


def test_a_repeated_post_answers_the_same_and_acts_once(small: Small, api: Api) -> None:
    first = api.post("/things", json={"name": "a"}, key="key-0001")
    again = api.post("/things", json={"name": "a"}, key="key-0001")
    assert (first.status, again.status) == (201, 201)
    assert again.body == first.body
    assert again.etag == first.etag == '"1"'
    assert again.headers["idempotency-replayed"] == "true"
    assert small.made == 1


def test_the_same_key_with_another_payload_is_refused(small: Small, api: Api) -> None:
    api.post("/things", json={"name": "a"}, key="key-0001")
    other = api.post("/things", json={"name": "b"}, key="key-0001")
    assert other.status == 422
    assert other.json["type"] == "urn:telesalud:problem:idempotency-key-reused"
    assert small.made == 1


def test_keys_of_two_callers_do_not_meet(small: Small, api: Api) -> None:
    api.post("/things", json={"name": "a"}, key="key-0001")
    other = user(Role.FRONT_DESK, subject="user-2")
    assert api.post("/things", json={"name": "b"}, key="key-0001", caller=other).status == 201
    assert small.made == 2


def test_the_remembered_answer_is_not_kept_in_clear(small: Small, api: Api) -> None:
    api.post("/things", json={"name": "Paciente Demostración"}, key="key-0001")
    kept = small.world.store.get(Key(f"ONCE#{CLERK.tenant}#{CLERK.subject}", "key-0001"))
    assert kept is not None
    assert b"Paciente" not in kept.blob("answer")


@pytest.mark.parametrize("key", ["", "short", "x" * 129, "ñandú-ñandú"])
def test_a_creating_post_needs_a_usable_key(api: Api, key: str) -> None:
    assert api.post("/things", json={"name": "a"}, key=key).status == 400


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ('{"name": "a", "extra": 1}', "/extra"),
        ('{"name": 3}', "/name"),
        ('{"name": "a", "size": "1"}', "/size"),
        ('{"size": 1}', "/name"),
        ('{"name": "a\\u0000b"}', "/name"),
    ],
)
def test_fields_are_refused_one_by_one(api: Api, body: str, pointer: str) -> None:
    answer = api.post("/things", body=body, key="key-0001")
    assert answer.status == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


def test_a_refusal_does_not_echo_what_was_typed(api: Api) -> None:
    answer = api.post("/things", json={"name": 3, "diagnosis": "very private"}, key="key-0001")
    assert "very private" not in answer.body


@pytest.mark.parametrize("body", ["", "{", "[1", '{"name": "\\ud800"}'])
def test_what_is_not_json_is_refused_without_a_fault_of_ours(api: Api, body: str) -> None:
    assert api.post("/things", body=body, key="key-0001").status in (400, 422)


def test_another_media_type_is_refused(api: Api) -> None:
    headers = {"content-type": "text/xml"}
    assert api.post("/things", body="<a/>", headers=headers, key="key-0001").status == 415


def test_an_oversized_body_is_refused_before_it_is_parsed(api: Api) -> None:
    answer = api.post("/things", body="x" * (MAX_BODY + 1), key="key-0001")
    assert answer.status == 413
    assert answer.json["limit"] == MAX_BODY


def test_updates_need_the_version_they_saw(api: Api) -> None:
    assert api.put("/things/a", json={"name": "a"}).status == 428
    assert api.put("/things/a", json={"name": "a"}, etag='W/"3"').status == 400
    assert api.put("/things/a", json={"name": "a"}, etag='"3"').etag == '"4"'


def test_path_parameters_are_decoded_once(api: Api) -> None:
    assert api.get("/things/caf%C3%A9%2525").json["name"] == "café%25"
    assert api.get("/things/%ff").status == 400
    assert api.get("/things/a%00b").status == 400


def test_query_parameters_are_strict(api: Api) -> None:
    assert api.get("/things?tag=a&tag=b").json["name"] == "a+b"
    assert api.get("/things?colour=red").json["errors"][0]["pointer"] == "/query/colour"
    assert api.get("/things?limit=3&limit=4").json["errors"][0]["code"] == "repeated"
    assert "params" not in api.get("/things?colour=red").json["errors"][0]  # it names no number
    assert api.get("/things?limit=0").status == 422
    assert api.get("/things/a?x=1").status == 422


def test_nobody_gets_in_without_a_token(small: Small) -> None:
    assert Api(small.app).get("/things/a").status == 401
    assert Api(small.app, token="forged").get("/things/a").status == 401
    assert Api(small.app).get("/open").status == 200


def test_a_denial_is_answered_and_left_in_the_trail(small: Small, api: Api) -> None:
    assert api.get("/things/secret").status == 403
    assert small.world.audited() == [("things.read", CLERK.subject, "denied")]


def test_requests_come_in_by_the_front_door_only() -> None:
    secret = "only CloudFront knows"
    small = Small(World(), hashlib.sha256(secret.encode()).hexdigest())
    api = Api(small.app, caller=CLERK)
    assert api.get("/things/a").status == 403
    headers = {"x-telesalud-front-door": secret}
    assert api.get("/things/a", headers=headers).status == 200


def test_while_the_doors_secret_is_rotated_both_pass() -> None:
    """Functions change before the door does: nobody is refused in the minutes between."""
    hashes = [hashlib.sha256(each.encode()).hexdigest() for each in ("new", "before")]
    api = Api(Small(World(), " ".join(hashes)).app, caller=CLERK)
    for secret, status in (("new", 200), ("before", 200), ("older", 403)):
        answer = api.get("/things/a", headers={"x-telesalud-front-door": secret})
        assert answer.status == status, secret


def test_an_unexpected_fault_tells_nothing_but_its_request(small: Small, api: Api) -> None:
    small.fault = RuntimeError("the patient's name is in this message")
    answer = api.get("/open")
    assert answer.status == 500
    assert "patient" not in answer.body
    assert answer.json["instance"] == "urn:telesalud:request:request-1"


@pytest.mark.parametrize(("fault", "status"), [(StoreBusy("x"), 503), (NotFound(), 404)])
def test_refusals_keep_their_status(small: Small, api: Api, fault: Exception, status: int) -> None:
    small.fault = fault
    assert api.get("/open").status == status


def aws_error(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "GetItem")


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (ReadTimeoutError(endpoint_url="https://dynamodb.example"), 503),
        (EndpointConnectionError(endpoint_url="https://kms.example"), 503),
        (aws_error("InternalServerError", 500), 503),
        (aws_error("ThrottlingException", 400), 503),
        (aws_error("AccessDeniedException", 400), 500),
    ],
)
def test_an_aws_outage_asks_to_try_again_and_our_mistake_does_not(
    small: Small, api: Api, fault: Exception, status: int
) -> None:
    small.fault = fault
    assert api.get("/open").status == status


def test_every_answer_forbids_caching_and_names_its_request(api: Api) -> None:
    for answer in (api.get("/things/a"), api.get("/things/secret")):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-request-id"].startswith("request-")


def test_a_public_operation_cannot_ask_for_an_idempotency_key() -> None:
    declare = Group("/x").post(auth=Auth.PUBLIC, idempotent=True)

    def handler(_: Request) -> None:
        """X."""

    with pytest.raises(ValueError, match="known caller"):
        declare(handler)


def test_an_operation_without_a_docstring_is_refused() -> None:
    """Its first line is what the API's readers see."""

    def handler(_: Request) -> None: ...

    with pytest.raises(ValueError, match="docstring"):
        Group("/x").get()(handler)


def test_a_route_that_two_operations_claim_is_refused() -> None:
    group = Group("/x")
    for name in ("one", "two"):
        group.add("GET", "", lambda _: None, name=name, summary="X")
    with pytest.raises(ValueError, match="served twice"):
        api_of("x", group, lambda: World().services)


@given(st.text(), st.dictionaries(st.text(max_size=20), st.text(max_size=20), max_size=4))
def test_no_body_or_query_makes_a_fault_of_ours(body: str, query: dict[str, str]) -> None:
    api = Api(Small(World()).app, caller=CLERK)
    assert api.post("/things", body=body, key="key-0001").status in (400, 422)
    assert api.get("/things", query=query).status in (200, 422)


# --- modules of operations -----------------------------------------------------------------------

MODULE = '''
from schemas.common import Contract
from telesalud.platform.http.operations import Group

class Empty(Contract):
    pass

group = Group("/{part}")

@group.get("/{{name}}", answer=Empty)
def read_{part}(_):
    """Read."""
    return Empty()
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The name of a package with two modules of one operation each."""
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "__init__.py").touch()
    for part in ("early", "late"):
        (tmp_path / "parts" / f"{part}.py").write_text(MODULE.format(part=part))
    monkeypatch.syspath_prepend(str(tmp_path))
    _forget()
    yield "parts"
    _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "parts"]:
        del sys.modules[name]


def test_every_group_of_a_package_is_served(package: str) -> None:
    assert [(route.path, route.module) for route in routes_in(package)] == [
        ("/early/{name}", "parts.early"),
        ("/late/{name}", "parts.late"),
    ]


def test_with_the_table_a_request_imports_only_the_module_that_serves_it(
    package: str, tmp_path: Path
) -> None:
    table = tmp_path / "operations.json"
    table.write_text(json.dumps([list(route) for route in routes_in(package)]))
    _forget()
    app = Chalice(app_name="parts")
    parts = serving.Api("parts", routes_in(package, table), lambda: World().services)
    serve(app, parts, Small(World())._authorizer())
    assert not [name for name in sys.modules if name.startswith("parts.")]
    assert Api(app, caller=CLERK).get("/late/x").status == 200
    assert [name for name in sys.modules if name.startswith("parts.")] == ["parts.late"]
    assert [operation.name for operation in parts.operations] == ["read_early", "read_late"]
