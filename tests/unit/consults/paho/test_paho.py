"""An unmodified client of the earlier module, played against the compatible interface.

What it sends and expects is taken from the facts about that module: seven keys on creation, five
webhook topics, the export's keys, an envelope around everything.
"""

import base64
import hashlib
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

from infra.environment import app_environment
from schemas.consult_content import Finish, NewFile, NewMessage, NoteDraft
from schemas.consult_notifications import NewTarget
from schemas.consult_sessions import Announce, Exchange
from schemas.consults import ConsultSettings
from telesalud.consults import tenant_settings, wiring
from telesalud.consults.content import chat, files, finishing, inspection, notes
from telesalud.consults.notifications import notices as notifications
from telesalud.consults.paho import tokens, usecases
from telesalud.consults.scheduling import links
from telesalud.consults.visit import presence
from telesalud.consults.visit.sessions import SessionTokens
from telesalud.platform.access import Role
from telesalud.platform.errors import Gone
from telesalud.platform.memory.files import MemoryBlobs
from telesalud.platform.scanners import EicarScanner
from telesalud.platform.work import Call
from tests.support.http import Api, HttpAnswer
from tests.worlds.tokens import MemorySigner
from tests.worlds.world import TENANT, World, call, user

APP = Path(__file__).parents[4] / "functions" / "paho" / "app.py"
ORIGIN = "http://127.0.0.1:8080"
HOOK = "https://record.example/interface/main/calendar/index.php?action=vcNotify"
ADMINISTRATOR = call(user(Role.ADMINISTRATOR))
PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"


def booking(**changes: Any) -> dict[str, Any]:
    """As the record's booking hook posts it: local time, one day, its own notification URL."""
    return {
        "appointment_date": "2026-11-21 07:30:00",  # Bogota; 12:30 UTC
        "days_before_expiration": 1,
        "medic_name": "Profesional Demostración",
        "patient_name": "Paciente Demostración Uno",
        "patient_id": 17,
        "patient_number": "DOC 0001",
        "id_turno": 5,
        "extra": {"notification_url": HOOK, "eid": 5},
    } | changes


class LegacyClient:
    """Knows the old paths, the bearer token, and nothing else."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.world = World()
        self.services = self.world.services
        self.blobs = MemoryBlobs(self.world.clock)
        self.tokens = SessionTokens(MemorySigner(), ORIGIN, self.world.clock)
        tenant_settings.change_settings(
            self.services, ADMINISTRATOR, ConsultSettings(notification_hosts=("record.example",)), 0
        )
        self.target = notifications.register_target(
            self.services, ADMINISTRATOR, NewTarget(url=HOOK), local=False
        ).target.id
        self.token = tokens.issue_token(
            self.services,
            ADMINISTRATOR,
            partner="legacy-record",
            name="Registro anterior",
            time_zone="America/Bogota",
        )
        with app_environment("consults"):
            wiring.settings.cache_clear()
            own = wiring.settings()
            spec = importlib.util.spec_from_file_location("paho_app", APP)
            assert spec
            assert spec.loader
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
        monkeypatch.setattr(wiring, "settings", lambda: own)
        monkeypatch.setattr(wiring, "services", lambda: self.services)
        monkeypatch.setattr(wiring, "blobs", lambda: self.blobs)
        self.api = Api(module.app, token=self.token)

    def create(self, **changes: Any) -> HttpAnswer:
        return self.api.post("/videoconsultation", json=booking(**changes))

    def data(self, created: Any) -> HttpAnswer:
        query = {"vc": created["id"], "medic": created["medic_secret"]}
        return self.api.get("/videoconsultation/data", query=query)

    def enter(self, url: str, device: str) -> Call:
        """What the page behind a link does."""
        asked = Exchange(secret=url.partition("#")[2], device=device * 22)
        session = links.exchange(self.services, self.tokens, "r", asked)
        return Call(self.tokens.caller(session.token))

    def webhooks(self) -> list[Any]:
        """Bodies of the notifications so far."""
        events = self.world.events()
        notices = [notifications.notice_for(self.services, event) for event in events]
        return [json.loads(notice.body) for notice in notices if notice]


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> LegacyClient:
    return LegacyClient(monkeypatch)


def test_creating_answers_with_the_seven_keys(client: LegacyClient) -> None:
    answer = client.create()
    assert (answer.status, answer.json["success"]) == (200, True)
    created = answer.json["data"]
    assert list(created) == [
        "id",
        "medic_secret",
        "valid_from",
        "valid_to",
        "patient_url",
        "medic_url",
        "data_url",
    ]
    assert created["valid_from"] == "2026-11-21 07:20:00"
    assert created["valid_to"] == "2026-11-22 07:30:00"
    assert client.api.get("/user").json["data"] == {
        "id": "legacy-record",
        "name": "Registro anterior",
    }


def test_a_form_is_read_as_the_earlier_framework_read_it(client: LegacyClient) -> None:
    fields = booking()
    extra = fields.pop("extra")
    form = {name: str(value) for name, value in fields.items()}
    form |= {f"extra[{name}]": str(value) for name, value in extra.items()}
    assert client.api.post("/videoconsultation", form=form).json["success"] is True


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"appointment_date": None}, "appointment_date"),
        ({"appointment_date": "mañana"}, "appointment_date"),
        ({"appointment_date": "2020-01-01 00:00:00"}, "appointment_date"),
        ({"appointment_date": "9999-12-31T23:59:59-14:00"}, "appointment_date"),
        ({"appointment_date": "0001-01-01T00:00:00+14:00"}, "appointment_date"),
        ({"days_before_expiration": 0}, "days_before_expiration"),
        ({"medic_name": ""}, "medic_name"),
        ({"patient_name": None}, "patient_name"),
        ({"id_turno": "x"}, "id_turno"),
        ({"extra": "x"}, "extra"),
        ({"extra": {"notification_url": "http://169.254.169.254/"}}, "extra.notification_url"),
    ],
)
def test_bad_fields_are_400_by_name(
    client: LegacyClient, changes: dict[str, Any], field: str
) -> None:
    answer = client.create(**changes)
    assert (answer.status, answer.json["success"]) == (400, False)
    assert list(answer.json["data"]) == [field]
    assert client.world.events() == []


@pytest.mark.parametrize(
    "extra", [{"a": "\ud800"}, {"\udfff": 1}, {"a": json.loads("[" * 300 + "]" * 300)}]
)
def test_what_could_never_be_sent_on_is_not_taken(client: LegacyClient, extra: Any) -> None:
    answer = client.create(extra=extra)
    assert (answer.status, answer.json["success"]) == (400, False)
    assert client.world.events() == []


def test_without_a_good_token_everything_is_401(client: LegacyClient) -> None:
    for token in ("", "tsl_" + "x" * 43, "short"):
        for answer in (
            client.api.post("/videoconsultation", json=booking(), token=token),
            client.api.get("/user", token=token),
            client.api.get("/login", token=token),
        ):
            assert (answer.status, answer.json["success"]) == (401, False)
    tokens.revoke_token(client.services, ADMINISTRATOR, client.token)
    assert client.create().status == 401


def test_the_whole_consultation_reaches_the_old_client(client: LegacyClient) -> None:
    created = client.create().json["data"]
    client.world.clock.advance(minutes=25)
    consult = client.world.events()[0].subject
    doctor = client.enter(created["medic_url"], "d")
    presence.beat(client.services, doctor, consult, "poll")
    patient = client.enter(created["patient_url"], "p")
    presence.beat(client.services, patient, consult, "poll")
    presence.announce(client.services, patient, consult, Announce())
    presence.admit(client.services, doctor, consult)
    assert client.data(created).status == 409
    client.world.clock.advance(seconds=10)
    said = NewMessage(client_id="01900000-0000-7000-8000-0000000000aa", text="Tengo tos")
    chat.send(client.services, patient, consult, said)
    share(client, patient, consult)
    presence.disconnected(client.services, doctor, consult)
    unmarked = client.webhooks()[-1]
    assert unmarked["topic"] == "medic-unset-attendance"
    assert unmarked["vc"]["medic_attendance_date"] is None
    presence.beat(client.services, doctor, consult, "poll")
    unsaved = Finish(note=NoteDraft(text="L'évolution: reposo", base_version=0))
    finishing.finish(client.services, doctor, consult, unsaved)
    hooks = client.webhooks()
    assert [hook["topic"] for hook in hooks] == [
        "medic-set-attendance",
        "patient-set-attendance",
        "videoconsultation-started",
        "medic-unset-attendance",
        "medic-set-attendance",
        "videoconsultation-finished",
    ]
    last = hooks[-1]["vc"]
    assert list(last) == [
        "secret",
        "medic_secret",
        "status",
        "medic_attendance_date",
        "patient_attendance_date",
        "start_date",
        "finish_date",
        "extra",
    ]
    assert (last["secret"], last["status"]) == (created["id"], "Finished")
    assert last["extra"] == {"notification_url": HOOK, "eid": 5}
    export = client.data(created)
    assert (export.status, export.json["success"]) == (200, True)
    data = export.json["data"]
    assert data["evolution"] == "L'évolution: reposo"
    assert data["chat"] == "[2026-11-21 07:25:10] Paciente Demostración Uno:\nTengo tos"
    assert (data["patient_id"], data["patient_number"]) == ("17", "DOC 0001")
    assert data["medic_attendance_date"] == "2026-11-21 07:25:00"
    [file] = data["files"]["patient"]
    assert data["files"]["medic"] == []
    assert base64.b64decode(file["file"]) == PDF
    assert (file["type"], file["description"], file["mime"]) == (
        "pdf",
        "Examen de sangre",
        "application/pdf",
    )
    assert [c["what"] for c in data["connections"]].count("joined") == 3


def share(client: LegacyClient, who: Call, consult: str) -> None:
    """Upload a file and have it examined."""
    new = NewFile(
        name="examen.pdf",
        description="Examen de sangre",
        size=len(PDF),
        sha256=hashlib.sha256(PDF).hexdigest(),
    )
    offer = files.start(client.services, client.blobs, who, consult, new)
    client.blobs.receive(offer.fields, PDF)
    files.complete(client.services, client.blobs, who, consult, offer.file_id)
    inspection.inspect(
        client.services,
        client.blobs,
        EicarScanner(),
        tenant=TENANT,
        consult_id=consult,
        file_id=offer.file_id,
    )


def test_wrong_secrets_get_no_data(client: LegacyClient) -> None:
    created = client.create().json["data"]
    client.world.clock.advance(days=2)
    assert client.data(created).status == 200
    assert client.data(created | {"medic_secret": "0" * 32}).status == 403
    assert client.data(created | {"id": "0" * 40}).status == 403
    other = tokens.issue_token(
        client.services, ADMINISTRATOR, partner="other", name="Otro", time_zone="America/Lima"
    )
    client.api.token = other
    assert client.data(created).status == 403


def test_a_large_export_is_fetched_from_storage(
    client: LegacyClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    created = client.create().json["data"]
    client.world.clock.advance(days=2)
    monkeypatch.setattr(usecases, "INLINE", 10)
    answer = client.data(created)
    assert answer.status == 303
    [(_, body)] = [found for (area, _), found in client.blobs.files.items() if area == "clean"]
    assert json.loads(body)["data"]["id"] == created["id"]


def test_the_old_page_path_moves_the_secret_out_of_sight(client: LegacyClient) -> None:
    created = client.create().json["data"]
    medic = created["medic_url"].partition("#")[2]
    for query, secret in (
        ({"vc": created["id"]}, created["id"]),
        ({"vc": created["id"], "medic": medic}, medic),
    ):
        answer = client.api.get("/videoconsultation", query=query, token="")
        assert (answer.status, answer.headers["location"]) == (302, f"{ORIGIN}/c/#{secret}")
        assert answer.headers["referrer-policy"] == "no-referrer"
    for wrong in (
        {"vc": "0" * 40},
        {"vc": created["id"], "medic": "0" * 43},
        {"vc": created["id"], "medic": created["medic_secret"]},
        {"vc": "https://evil.example/aaaaaaaaaaaaaaaa"},
        {},
    ):
        assert client.api.get("/videoconsultation", query=wrong, token="").status == 404


def test_an_old_link_moves_to_a_new_device_and_ends_the_former_session(
    client: LegacyClient,
) -> None:
    created = client.create().json["data"]
    client.world.clock.advance(minutes=25)
    consult = client.world.events()[0].subject
    first = client.enter(created["patient_url"], "a")
    presence.beat(client.services, first, consult, "poll")
    second = client.enter(created["patient_url"], "b")
    presence.beat(client.services, second, consult, "poll")
    with pytest.raises(Gone):
        presence.beat(client.services, first, consult, "poll")


def test_an_idempotency_key_makes_creation_repeatable(client: LegacyClient) -> None:
    first, again = (
        client.api.post("/videoconsultation", json=booking(), key="booking-5") for _ in range(2)
    )
    assert again.json == first.json
    assert len(client.world.events()) == 1


def test_notes_do_not_pass_the_apostrophe_on_as_sql(client: LegacyClient) -> None:
    created = client.create().json["data"]
    client.world.clock.advance(minutes=25)
    consult = client.world.events()[0].subject
    doctor = client.enter(created["medic_url"], "d")
    text = "<script>alert('x')</script> D'Angelo"
    notes.save_note(client.services, doctor, consult, NoteDraft(text=text, base_version=0))
    client.world.clock.advance(days=1, minutes=10)
    assert client.data(created).json["data"]["evolution"] == text


def _nested(levels: int) -> dict[str, Any]:
    inner: Any = []
    for _ in range(levels):
        inner = [inner]
    return {"notification_url": HOOK, "deep": inner}


@pytest.mark.parametrize(
    "changes",
    [
        {"appointment_date": "9999-12-31 23:59:59"},
        {"appointment_date": "0001-01-01T00:00:00+14:00"},
        {"extra": {"notification_url": HOOK, "half": "\ud800"}},
        {"extra": _nested(300)},
    ],
    ids=["far-future", "far-past", "half-a-character", "deep"],
)
def test_what_could_not_be_given_back_is_refused_at_creation(
    client: LegacyClient, changes: dict[str, Any]
) -> None:
    assert client.api.post("/videoconsultation", json=booking(**changes)).status == 400
