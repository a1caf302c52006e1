"""The identity API as clients see it: status codes, cookies, OAuth's dialect, bad input."""

import base64
import json
from http.cookies import SimpleCookie
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.openapi import document, load_app
from schemas import identity as contract
from telesalud.identity import bootstrap, wiring
from telesalud.identity.settings import IdentitySettings
from telesalud.platform.access import Role
from telesalud.platform.tokens import TokenVerifier
from tests.support.http import Api, HttpAnswer
from tests.worlds.identity.clinic import OTHER_PASSWORD, PASSWORD, Clinic, Person
from tests.worlds.tokens import Jwks, our_issuer
from tests.worlds.world import TENANT

APP: ModuleType = load_app("identity")
SETTINGS = wiring.settings()
"""Kept, because other tests of the same process install other backends."""


@pytest.fixture
def clinic() -> Clinic:
    return Clinic()


@pytest.fixture
def api(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Api:
    return wired(clinic, monkeypatch)


def wired(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> Api:
    services = clinic.services
    verifier = TokenVerifier([our_issuer()], Jwks([clinic.signer]), clinic.world.clock)
    monkeypatch.setattr(wiring, "services", lambda: services)
    monkeypatch.setattr(wiring, "settings", lambda: SETTINGS)
    monkeypatch.setattr(wiring, "verifier", lambda: verifier)
    return Api(APP.app)


def credentials(person: Person, **more: Any) -> dict[str, Any]:
    return {
        "tenant": TENANT,
        "user_name": person.user_name,
        "password": person.password,
        **more,
    }


def log_in(api: Api, person: Person, **more: Any) -> HttpAnswer:
    return api.post("/identity/sessions", json=credentials(person, **more))


def token_of(api: Api, person: Person) -> str:
    token: str = log_in(api, person).json["access_token"]
    return token


def cookie_of(answer: HttpAnswer) -> str:
    morsel = SimpleCookie(answer.cookies[0])["telesalud_refresh"]
    return f"telesalud_refresh={morsel.value}"


class TestSessions:
    def test_a_browser_gets_its_refresh_token_in_a_cookie_only(
        self, api: Api, clinic: Clinic
    ) -> None:
        answer = log_in(api, clinic.administrator)
        assert answer.status == 201
        assert answer.json["refresh_token"] is None
        assert answer.json["expires_in"] == 600
        assert answer.json["user"]["roles"] == ["administrator"]
        [cookie] = answer.cookies
        assert "; Path=/api/identity; HttpOnly; SameSite=Strict" in cookie
        assert answer.headers["cache-control"] == "no-store"

    def test_outside_local_stages_the_cookie_is_secure_and_cannot_be_planted(self) -> None:
        from telesalud.identity import browser  # noqa: PLC0415

        production = IdentitySettings(
            stage="prod",
            context="identity",
            table="t",
            data_key="k",
            signing_key="s",
            origin="https://clinic.example",
            front_door_sha256="0" * 64,
        )
        header = browser.keep(production, "abc")["Set-Cookie"]
        assert header == (
            "__Secure-telesalud_refresh=abc; Max-Age=43200; "
            "Path=/api/identity; HttpOnly; Secure; SameSite=Strict"
        )

    def test_a_program_gets_it_in_the_body_and_refreshes_at_the_token_endpoint(
        self, api: Api, clinic: Clinic
    ) -> None:
        answer = log_in(api, clinic.administrator, refresh="body")
        assert answer.cookies == ()
        form = {"grant_type": "refresh_token", "refresh_token": answer.json["refresh_token"]}
        fresh = api.post("/identity/token", form=form)
        assert fresh.status == 200
        assert fresh.json["token_type"] == "Bearer"
        assert fresh.json["refresh_token"] != form["refresh_token"]
        assert "scope" not in fresh.json
        assert api.get("/identity/me", token=fresh.json["access_token"]).status == 200

    def test_a_browser_refreshes_and_logs_out_by_its_cookie(self, api: Api, clinic: Clinic) -> None:
        cookie = cookie_of(log_in(api, clinic.administrator))
        fresh = api.post("/identity/sessions/refresh", headers={"Cookie": cookie})
        assert fresh.status == 200
        assert set(fresh.json) == {"access_token", "token_type", "expires_in"}
        renewed = cookie_of(fresh)
        assert renewed != cookie
        ended = api.post("/identity/sessions/end", headers={"Cookie": renewed})
        assert (ended.status, ended.body) == (204, "")
        assert "Max-Age=0" in ended.cookies[0]
        answer = api.post("/identity/sessions/refresh", headers={"Cookie": renewed})
        assert (answer.status, answer.json["type"]) == (400, "urn:telesalud:problem:invalid-grant")

    @pytest.mark.parametrize(
        ("headers", "status"),
        [
            ({"Sec-Fetch-Site": "same-origin"}, 200),
            ({"Origin": "http://127.0.0.1:8080"}, 200),
            ({}, 200),
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"Sec-Fetch-Site": "same-site"}, 403),
            ({"Origin": "https://evil.example"}, 403),
            ({"Origin": "null"}, 403),
        ],
    )
    def test_another_site_cannot_use_the_cookie(
        self, api: Api, clinic: Clinic, headers: dict[str, str], status: int
    ) -> None:
        cookie = cookie_of(log_in(api, clinic.administrator))
        sent = {"Cookie": cookie, **headers}
        assert api.post("/identity/sessions/refresh", headers=sent).status == status

    @pytest.mark.parametrize(
        "cookie", ["", "a=b", "telesalud_refresh=", ";;=", "telesalud_refresh"]
    )
    def test_a_request_without_a_usable_cookie_is_refused(self, api: Api, cookie: str) -> None:
        answer = api.post("/identity/sessions/refresh", headers={"Cookie": cookie})
        assert answer.status == 400

    def test_sessions_are_listed_and_ended_one_by_one(self, api: Api, clinic: Clinic) -> None:
        first = log_in(api, clinic.administrator).json
        token = token_of(api, clinic.administrator)
        listed = api.get("/identity/sessions", token=token).json["items"]
        assert [view["current"] for view in listed] == [True, False]
        gone = f"/identity/sessions/{first['session_id']}"
        assert api.delete(gone, token=token).status == 204
        assert api.delete(gone, token=token).status == 204
        assert len(api.get("/identity/sessions", token=token).json["items"]) == 1
        assert api.delete("/identity/sessions/unknown", token=token).status == 404

    def test_each_refusal_has_its_own_type_and_status(self, api: Api, clinic: Clinic) -> None:
        nurse = clinic.hire("enfermera.uno", Role.NURSE)
        wrong = log_in(api, nurse, password="wrong")
        assert (wrong.status, wrong.json["type"]) == (401, "urn:telesalud:problem:log-in-refused")
        clinic.enrol(nurse)
        missing = log_in(api, nurse)
        assert missing.status == 401
        assert missing.json["type"] == "urn:telesalud:problem:second-factor-required"
        for _ in range(6):
            locked = log_in(api, nurse, password="wrong")
        assert (locked.status, locked.headers["retry-after"]) == (429, "16")
        clinic.world.clock.advance(days=181)
        expired = log_in(api, nurse, second_factor=clinic.code(nurse))
        assert expired.status == 403
        assert expired.json["type"] == "urn:telesalud:problem:password-change-required"

    def test_from_enrolment_to_recovery_over_http(self, monkeypatch: pytest.MonkeyPatch) -> None:
        clinic = Clinic(second_factor_roles=("administrator",))
        api, admin = wired(clinic, monkeypatch), clinic.administrator
        demanded = log_in(api, admin)
        assert demanded.json["type"] == "urn:telesalud:problem:second-factor-enrolment-required"
        admin.secret = api.post("/identity/second-factor", json=credentials(admin)).json["secret"]
        confirmed = api.post(
            "/identity/second-factor/confirmation",
            json=credentials(admin, code=clinic.code(admin)),
        )
        codes = confirmed.json["codes"]
        assert len(codes) == 10
        assert log_in(api, admin, second_factor=codes[0]).status == 201

    def test_changing_the_password_over_http(self, api: Api, clinic: Clinic) -> None:
        admin = clinic.administrator
        weak = api.post("/identity/password-changes", json=credentials(admin, new_password="short"))
        assert (weak.status, weak.json["errors"][0]["pointer"]) == (422, "/new_password")
        done = api.post(
            "/identity/password-changes", json=credentials(admin, new_password=OTHER_PASSWORD)
        )
        assert (done.status, done.body) == (204, "")
        assert log_in(api, admin, password=OTHER_PASSWORD).status == 201


class TestAdministration:
    def test_a_user_from_creation_to_log_in_over_http(self, api: Api, clinic: Clinic) -> None:
        token = token_of(api, clinic.administrator)
        new = {"user_name": "medica.uno", "display_name": "Médica Demostración"}
        body = {**new, "roles": ["physician"]}
        created = api.post("/identity/users", json=body, token=token, key="create-user-1")
        assert (created.status, created.etag) == (201, '"1"')
        again = api.post("/identity/users", json=body, token=token, key="create-user-1")
        assert (again.status, again.json) == (201, created.json)
        other = api.post(
            "/identity/users", json={**body, "roles": ["nurse"]}, token=token, key="create-user-1"
        )
        assert other.status == 422
        code = created.json["one_time_code"]["code"]
        redeemed = api.post(
            "/identity/password-resets",
            json={
                "tenant": TENANT,
                "user_name": "medica.uno",
                "code": code,
                "new_password": PASSWORD,
            },
        )
        assert redeemed.status == 204
        person = Person(created.json["user"]["id"], "medica.uno", (Role.PHYSICIAN,))
        assert log_in(api, person).status == 201

    def test_updates_need_if_match(self, api: Api, clinic: Clinic) -> None:
        token, nurse = token_of(api, clinic.administrator), clinic.hire("uno.uno", Role.NURSE)
        path = f"/identity/users/{nurse.id}"
        body = {"display_name": "Otra", "roles": ["nurse"], "active": True, "language": "pt"}
        assert api.put(path, json=body, token=token).status == 428
        read = api.get(path, token=token)
        done = api.put(path, json=body, token=token, etag=read.etag)
        assert (done.status, done.etag, done.json["language"]) == (200, '"2"', "pt")
        assert api.put(path, json=body, token=token, etag=read.etag).status == 412

    def test_a_nurse_is_denied_and_the_denial_audited(self, api: Api, clinic: Clinic) -> None:
        nurse = clinic.hire("enfermera.uno", Role.NURSE)
        answer = api.get("/identity/users", token=token_of(api, nurse))
        assert (answer.status, answer.json["right"]) == (403, "identity.admin")
        assert clinic.world.audited()[-1] == ("identity.list_users", nurse.id, "denied")

    @pytest.mark.parametrize(
        "id_", ["x", "%C3%A9" * 90, "a%2Fb", "%00", "x" * 500, "%F0%9F%92%8A" * 500]
    )
    def test_what_is_no_id_names_nothing(self, api: Api, clinic: Clinic, id_: str) -> None:
        token = token_of(api, clinic.administrator)
        assert api.get(f"/identity/users/{id_}", token=token).status in (400, 404)

    def test_partners_and_tenant_over_http(self, api: Api, clinic: Clinic) -> None:
        token = token_of(api, clinic.administrator)
        body = {"name": "Sistema Demostración", "scopes": ["consults.write"]}
        created = api.post("/identity/clients", json=body, token=token, key="register-1")
        path = f"/identity/clients/{created.json['client']['id']}"
        secret = api.post(f"{path}/secrets", token=token, key="secret-01")
        assert secret.status == 201
        first = created.json["secret"]["id"]
        removed = api.delete(f"{path}/secrets/{first}", token=token, etag='"2"')
        assert [kept["id"] for kept in removed.json["secrets"]] == [secret.json["id"]]
        update = {**body, "active": False}
        assert api.put(path, json=update, token=token, etag=removed.etag).json["active"] is False
        rules = api.get("/identity/tenant", token=token)
        changed = {"name": "Otro", "password_days": 90, "second_factor_roles": []}
        answer = api.put("/identity/tenant", json=changed, token=token, etag=rules.etag)
        assert (answer.status, answer.json["password_days"]) == (200, 90)

    def test_the_auditor_reads_the_trail_over_http(self, api: Api, clinic: Clinic) -> None:
        auditor = clinic.hire("auditora.uno", Role.AUDITOR)
        token = token_of(api, auditor)
        page = api.get("/identity/audit", query={"subject": auditor.id}, token=token).json
        assert page["items"][0]["action"] == "identity.log_in"
        assert page["items"][0]["request_id"].startswith("request-")
        assert api.get("/identity/audit", token=token).status == 422
        wrong = {"subject": auditor.id, "cursor": "%%%"}
        assert api.get("/identity/audit", query=wrong, token=token).status == 422

    def test_the_auditor_searches_the_trail_and_reads_whose_ids_they_are(
        self, api: Api, clinic: Clinic
    ) -> None:
        auditor = clinic.hire("auditora.uno", Role.AUDITOR)
        token = token_of(api, auditor)
        asked = {"subject": auditor.id, "action": "identity.log_in", "outcome": "denied"}
        assert api.get("/identity/audit", query=asked, token=token).json["items"] == []
        asked = {"subject": auditor.id, "actor": auditor.id, "since": "2020-01-01T00:00:00-05:00"}
        assert api.get("/identity/audit", query=asked, token=token).json["items"] != []
        asked |= {"until": "2019-01-01T00:00:00-05:00"}
        assert api.get("/identity/audit", query=asked, token=token).status == 422
        people = api.get("/identity/people", token=token).json["items"]
        assert {"id": auditor.id, "user_name": "auditora.uno"}.items() <= people[-1].items()
        desk = token_of(api, clinic.hire("admision.uno", Role.FRONT_DESK))
        assert api.get("/identity/people", token=desk).status == 403


class TestTokenEndpoint:
    @pytest.fixture
    def partner(self, clinic: Clinic) -> contract.ClientCreated:
        new = contract.NewClient(name="Sistema Demostración", scopes=("consults.write",))
        return bootstrap.register_client(clinic.services, TENANT, new)

    def basic(self, partner: contract.ClientCreated, secret: str = "") -> dict[str, str]:
        text = f"{partner.client.client_id}:{secret or partner.secret.secret}"
        return {"Authorization": "Basic " + base64.b64encode(text.encode()).decode()}

    def test_client_credentials_by_basic_and_by_body(
        self, api: Api, partner: contract.ClientCreated
    ) -> None:
        form = {"grant_type": "client_credentials"}
        answer = api.post("/identity/token", form=form, headers=self.basic(partner))
        assert answer.status == 200
        assert set(answer.json) == {"access_token", "token_type", "expires_in", "scope"}
        assert answer.headers["cache-control"] == "no-store"
        client = {"client_id": partner.client.client_id, "client_secret": partner.secret.secret}
        assert api.post("/identity/token", form={**form, **client}).status == 200
        both = api.post("/identity/token", form={**form, **client}, headers=self.basic(partner))
        assert (both.status, both.json["error"]) == (400, "invalid_request")

    def test_errors_are_those_of_rfc_6749(self, api: Api, partner: contract.ClientCreated) -> None:
        def refused(form: dict[str, str], **options: Any) -> tuple[int, str]:
            answer = api.post("/identity/token", form=form, **options)
            assert answer.headers["content-type"] == "application/json"
            assert set(answer.json) == {"error", "error_description"}
            return answer.status, answer.json["error"]

        grant = {"grant_type": "client_credentials"}
        right, wrong = self.basic(partner), self.basic(partner, "wrong")
        assert refused({}) == (400, "unsupported_grant_type")
        assert refused({"grant_type": "password"}) == (400, "unsupported_grant_type")
        assert refused(grant) == (401, "invalid_client")
        assert refused(grant, headers=wrong) == (401, "invalid_client")
        assert refused({**grant, "scope": "x"}, headers=right) == (400, "invalid_scope")
        assert refused({"grant_type": "refresh_token"}) == (400, "invalid_grant")
        assert refused({**grant, "scope": "x" * 3000}) == (422, "invalid_request")
        refusal = api.post("/identity/token", form=grant, headers=wrong)
        assert refusal.headers["www-authenticate"] == 'Basic realm="telesalud"'

    @pytest.mark.parametrize(
        "body", ["grant_type=a&grant_type=b", "a=" + "%FF", "\u00e9=1", "&".join(["a=1"] * 50)]
    )
    def test_an_unreadable_form_is_refused(self, api: Api, body: str) -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = api.post("/identity/token", body=body, headers=headers)
        assert (answer.status, answer.json["error"]) == (400, "invalid_request")

    def test_json_is_not_a_form(self, api: Api) -> None:
        assert api.post("/identity/token", json={"grant_type": "x"}).status == 415

    @pytest.mark.parametrize(
        "header",
        ["Basic", "Basic ???", "Basic YWJj", "Bearer abc", "Basic /w==", "Basic é", "Basic ²"],
    )
    def test_an_unreadable_authorization_header_is_refused(self, api: Api, header: str) -> None:
        form = {"grant_type": "client_credentials"}
        answer = api.post("/identity/token", form=form, headers={"Authorization": header})
        assert (answer.status, answer.json["error"]) == (400, "invalid_request")

    @pytest.mark.parametrize("text", ["a" * 1100 + ":s", "t." + "é" * 600 + ":s", "." + ":s"])
    def test_a_client_that_nobody_can_be_is_refused_as_any_other(self, api: Api, text: str) -> None:
        header = "Basic " + base64.b64encode(text.encode()).decode()
        form = {"grant_type": "client_credentials"}
        answer = api.post("/identity/token", form=form, headers={"Authorization": header})
        assert (answer.status, answer.json["error"]) == (401, "invalid_client")

    def test_unknown_and_empty_parameters_are_ignored(
        self, api: Api, partner: contract.ClientCreated
    ) -> None:
        form = {"grant_type": "client_credentials", "scope": "", "resource": "x"}
        assert api.post("/identity/token", form=form, headers=self.basic(partner)).status == 200

    def test_revoking_ends_the_session_and_is_never_an_error(
        self, api: Api, clinic: Clinic
    ) -> None:
        token = log_in(api, clinic.administrator, refresh="body").json["refresh_token"]
        for _ in range(2):
            answer = api.post("/identity/token/revocation", form={"token": token})
            assert answer.status == 200
        refresh = {"grant_type": "refresh_token", "refresh_token": token}
        assert api.post("/identity/token", form=refresh).status == 400

    def test_keys_and_metadata_are_public_and_name_each_other(
        self, api: Api, clinic: Clinic
    ) -> None:
        keys = api.get("/identity/.well-known/jwks.json")
        assert keys.json == {"keys": [dict(clinic.signer.public_jwk)]}
        assert keys.headers["cache-control"] == "public, max-age=300"
        about = api.get("/identity/.well-known/openid-configuration").json
        assert about["jwks_uri"] == f"{about['issuer']}/.well-known/jwks.json"
        assert about["token_endpoint"] == f"{about['issuer']}/token"


def test_every_private_route_demands_a_token(api: Api) -> None:
    private = [operation for operation in APP.api.operations if operation.auth == "caller"]
    assert len(private) >= 15
    for operation in private:
        path = operation.path.replace("{", "").replace("}", "")
        assert api.request(operation.method, path).status == 401
        assert api.request(operation.method, path, token="forged").status == 401


WITH_BODY = [
    (o.method, o.path.replace("{", "").replace("}", "")) for o in APP.api.operations if o.body
]
NAMES = st.sampled_from(["tenant", "user_name", "password", "code", "new_password", "x"])


@settings(max_examples=150, deadline=None)
@given(
    operation=st.sampled_from(WITH_BODY),
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=10),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner),
        max_leaves=6,
    ),
)
def test_no_body_whatsoever_causes_a_failure(operation: tuple[str, str], body: Any) -> None:
    with pytest.MonkeyPatch.context() as patch:
        caller = SHARED.administrator.caller
        answer = wired(SHARED, patch).request(
            *operation, body=json.dumps(body), caller=caller, key="anything-1", etag='"1"'
        )
    assert 400 <= answer.status < 500, answer.body


SHARED = Clinic()


def test_the_openapi_document_describes_every_operation() -> None:
    described = document("identity", APP.api)
    token = described["paths"]["/identity/token"]["post"]
    assert "application/x-www-form-urlencoded" in token["requestBody"]["content"]
    refusal = token["responses"]["401"]["content"]["application/json"]["schema"]
    assert refusal == {"$ref": "#/components/schemas/OAuthError"}
    assert {"/identity/sessions", "/identity/audit"} <= described["paths"].keys()


def test_the_stream_functions_take_their_kind_of_item_only(
    api: Api, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    from telesalud.platform.aws.backend import AwsBackend  # noqa: PLC0415
    from tests.worlds.world import stream_record  # noqa: PLC0415

    sent: list[str] = []

    class Bus:
        def publish(self, events: list[Any]) -> int:
            sent.extend(event.type for event in events)
            return len(events)

    monkeypatch.setattr(AwsBackend, "bus", lambda *_: Bus())
    changes = [
        change
        for change in clinic.world.store.changes
        if change.new is not None and change.new.attributes.get("kind")
    ]
    event = {"Records": [stream_record(change, n) for n, change in enumerate(changes, start=1)]}
    assert APP.relay(event, None) == {"batchItemFailures": []}
    assert sent == ["identity.user_created"]
    assert APP.seal_audit(event, None) == {"batchItemFailures": []}
    sealed = {c.key.pk for c in clinic.world.store.changes if c.key.pk.startswith("SEALED#")}
    assert len(sealed) >= 2
