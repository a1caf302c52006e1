"""`make demo`: a teleconsultation from booking to the filed encounter, traced step by step.

A client of the public API plays the front desk, the practitioner, the patient and a partner of the
seeded institution on the running local cloud. The session limit is short, so that its warning and
its end are seen. Prints every step and event with the seconds since the start, and
leaves with status 1 when something that must happen does not.
"""

from __future__ import annotations

import hashlib
import json
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
from rich.console import Console

from localstack import processes
from localstack.client import ApiRefused, Client, log_in, partner
from localstack.cloud import Cloud, default_cloud
from telesalud.platform.ids import new_id

T = TypeVar("T")
PATIENCE = 90.0
"""Seconds to wait for what the platform does by itself."""
TENANT = "clinica-norte"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << >>\n%%EOF\n"


class DemoFailed(Exception):
    """Something that must happen did not; the message says what."""


@dataclass
class Trace:
    """Prints who did what, when, and how long the platform took."""

    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    began: float = field(default_factory=time.monotonic)

    def __call__(self, who: str, what: str) -> None:
        self.console.print(
            f"[dim]{time.monotonic() - self.began:7.2f} s[/]  [bold]{who:<13}[/] {what}"
        )

    def wait(self, what: str, ready: Callable[[], T | None]) -> T:
        """Poll until `ready` returns something; say how long it took. Raises DemoFailed."""
        start = time.monotonic()
        while time.monotonic() - start < PATIENCE:
            found = ready()
            if found is not None:
                self("platform", f"{what} after {time.monotonic() - start:.2f} s")
                return found
            time.sleep(0.25)
        raise DemoFailed(f"{what}: not within {PATIENCE:.0f} s")


@dataclass
class Watch:
    """Reads one side's change feed and says what is new."""

    trace: Trace
    who: str
    client: Client
    path: str
    after: int = 0

    def read(self) -> dict[str, Any] | None:
        """The consult as this side sees it, or None once the session has ended."""
        answer = self.client.call("GET", f"{self.path}/changes?after={self.after}")
        if answer.status_code in (401, 410):
            return None
        if not answer.is_success:
            raise ApiRefused(f"changes: {answer.status_code} {answer.text}")
        changes: dict[str, Any] = answer.json()
        for change in changes["items"]:
            self.after = change["sequence"]
            self.trace(self.who, f"sees change {change['sequence']}: {change['kind']}")
        consult: dict[str, Any] = changes["consult"]
        return consult


@contextmanager
def practitioner(
    admin: Client, physician: Client | None, name: str = "Profesional Demostración Trazado"
) -> Iterator[dict[str, Any]]:
    """A practitioner with a free agenda at every hour, retired when the demonstration is over."""
    body: dict[str, Any] = {
        "name": name,
        "user_id": physician.get("/identity/me")["id"] if physician else None,
        "specialties": ["medicina-general"],
        "sites": [admin.get("/appointments/sites")["items"][0]["id"]],
    }
    made = admin.post("/appointments/practitioners", body)
    weekly = [
        {"weekday": day, "start": "00:00", "site": body["sites"][0], "slot_minutes": 5}
        for day in range(1, 8)
    ]
    admin.put(f"/appointments/practitioners/{made['id']}/availability", {"weekly": weekly})
    try:
        yield made
    finally:
        retired = {**body, "active": False}
        admin.put(f"/appointments/practitioners/{made['id']}", retired, made["version"])


def book(trace: Trace, desk: Client, doctor: dict[str, Any]) -> tuple[str, str]:
    """Register a patient and book them a teleconsultation that opens at once; ids of both."""
    person = {
        "name": {"given": "Paciente", "family": "Demostración", "second_family": "Trazado"},
        "birth_date": "1980-05-17",
        "sex": "female",
        "confirm_not_duplicate": True,
    }
    patient = desk.post("/patients", person)
    trace("front desk", f"registers a patient, record number {patient['record_number']}")
    slots = desk.get(
        "/appointments/slots",
        practitioner=doctor["id"],
        category="telemedicina",
        from_date=(datetime.now(UTC) - timedelta(days=1)).date().isoformat(),
        limit=20,
    )["items"]
    trace("front desk", f"finds {len(slots)} free slots, the first at {slots[0]['local_start']}")
    reference = {"id": patient["id"], "display_name": "Paciente Demostración Trazado"}
    booked = desk.post(
        "/appointments",
        {
            "patient": reference,
            "practitioners": [doctor["id"]],
            "site": slots[0]["site"],
            "category": "telemedicina",
            "start": slots[0]["start"],
            "minutes": slots[0]["minutes"],
        },
    )
    trace("front desk", f"books it: appointment {booked['status']}, link {booked['link_status']}")
    return patient["id"], booked["id"]


def linked(trace: Trace, desk: Client, appointment: str) -> dict[str, Any]:
    """Wait until the appointment has its teleconsultation; the links."""

    def ready() -> dict[str, Any] | None:
        state = desk.get(f"/appointments/{appointment}")["link_status"]
        if state == "failed":
            raise DemoFailed("the appointment's teleconsultation was refused")
        return desk.get(f"/appointments/{appointment}/links") if state == "linked" else None

    links = trace.wait("appointment linked to its teleconsultation", ready)
    trace("platform", f"window {links['opens_at']} to {links['closes_at']}")
    return links


def enter(trace: Trace, http: httpx.Client, who: str, url: str) -> tuple[Client, dict[str, Any]]:
    """Open a link as the page does: a patient accepts, and the secret gives a session."""
    link = {"secret": url.partition("#")[2], "device": uuid.uuid4().hex}
    text = Client(http).post("/consults/links/look", link)["consent"]
    if text is not None:
        boxes = [box["code"] for box in text["boxes"] if box["required"]]
        said = {"language": text["language"], "text": text["sha256"], "boxes": boxes}
        Client(http).post("/consults/links/consent", link | said | {"decision": "accepted"})
        trace(who, f"accepts {text['id']} {text['version']} ({', '.join(boxes)})")
    session = Client(http).post("/consults/links/exchange", link)
    trace(who, f"opens the link as {session['participant']}, status {session['consult']['status']}")
    return Client(http, session["token"]), session["consult"]


def share(trace: Trace, who: str, client: Client, path: str) -> None:
    """Upload a file through quarantine and wait for the scanner's verdict."""
    offer = client.post(
        f"{path}/files",
        {"name": "examen.pdf", "size": len(PDF), "sha256": hashlib.sha256(PDF).hexdigest()},
    )
    sent = client.http.post(offer["url"], data=offer["fields"], files={"file": ("examen.pdf", PDF)})
    sent.raise_for_status()
    client.post(f"{path}/files/{offer['file_id']}/complete", {})
    trace(who, "uploads examen.pdf into quarantine")

    def checked() -> str | None:
        found = [f for f in client.get(f"{path}/files")["items"] if f["id"] == offer["file_id"]]
        state: str = found[0]["status"]
        return state if state in ("ready", "refused") else None

    if trace.wait("file examined", checked) != "ready":
        raise DemoFailed("a clean file was refused")


def consult_now(trace: Trace, http: httpx.Client, system: Client) -> None:
    """A partner's own consultation that closes within a minute or so, held to its limit."""
    closes = datetime.now(UTC) + timedelta(seconds=75)
    created = system.post(
        "/consults",
        {
            "start": (closes - timedelta(minutes=2)).isoformat(),
            "planned_minutes": 2,
            "grace_minutes": 0,
            "practitioners": [{"id": "P-1", "display_name": "Profesional Demostración Externo"}],
            "patient": {"id": "X-1", "display_name": "Paciente Demostración Externo"},
        },
    )
    path = f"/consults/{created['id']}"
    trace("partner", f"creates a consultation that closes at {created['closes_at']}")
    visitor, _ = enter(trace, http, "patient", created["patient_link"])
    doctor, _ = enter(trace, http, "practitioner", created["practitioner_link"])
    visitor.post(f"{path}/announce", {})
    trace("patient", "waits")
    doctor.post(f"{path}/admit", {})
    trace("practitioner", "admits the patient")
    doctor.put(f"{path}/notes", {"text": "Nota guardada antes del límite.", "base_version": 0})
    watch = Watch(trace, "patient", visitor, path)

    def ended() -> str | None:
        view = watch.read()
        return "finished" if view is None or view["status"] == "finished" else None

    trace.wait("patient's session ended by the limit", ended)

    def closed() -> dict[str, Any] | None:
        view: dict[str, Any] = system.get(path)
        return view if view["status"] == "finished" else None

    state = trace.wait("consultation finished by the limit", closed)
    late = datetime.fromisoformat(state["ended_at"]) - datetime.fromisoformat(created["closes_at"])
    trace("platform", f"ended {late.total_seconds():.2f} s after its deadline")
    if state["end_cause"] != "limit":
        raise DemoFailed(f"it ended by {state['end_cause']}")


def meet(trace: Trace, http: httpx.Client, links: dict[str, Any], physician: Client) -> str:
    """Both sides meet, write, chat, share a file, and the practitioner finishes early."""
    [url] = [link["url"] for link in links["links"] if link["participant"] == "patient"]
    visitor, consult = enter(trace, http, "patient", url)
    path = f"/consults/{consult['id']}"
    doctor = Client(http, physician.post(f"{path}/session")["token"])
    trace("practitioner", "joins from the agenda, as the practitioner whom the consult names")
    visitor.post(
        f"{path}/announce", {"device": {"camera": True, "microphone": True, "speaker": True}}
    )
    trace("patient", "passes the device check and enters the waiting room")
    doctor.post(f"{path}/admit", {})
    trace("practitioner", "admits the patient")
    room = doctor.get(f"{path}/video")
    trace("practitioner", f"gets a room of the provider {room['provider']}")
    for who, client, text in (
        ("practitioner", doctor, "Buenos días, ¿cómo se siente?"),
        ("patient", visitor, "Mejor, gracias. Le envío el examen."),
    ):
        client.post(f"{path}/chat", {"client_id": new_id(), "text": text})
        trace(who, f"writes in the chat: {text}")
    share(trace, "patient", visitor, path)
    doctor.put(f"{path}/notes", {"text": "Evolución favorable.", "base_version": 0})
    trace("practitioner", "saves the note")
    Watch(trace, "patient", visitor, path).read()
    note = {"text": "Evolución favorable. Control en 30 días.", "base_version": 1}
    done = doctor.post(f"{path}/finish", {"note": note})
    trace(
        "practitioner",
        f"finishes with unsaved text: {done['status']}, note version {done['note_version']}",
    )
    gone = visitor.call("GET", f"{path}/changes?after=0").status_code
    trace("patient", f"is told that it has ended (HTTP {gone})")
    return str(consult["id"])


def filed(trace: Trace, physician: Client, patient: str, consult: str) -> None:
    """Wait for the encounter in the record and show what is in it."""

    def ready() -> dict[str, Any] | None:
        items = physician.get(f"/patients/{patient}/encounters")["items"]
        return next((e for e in items if e["consult"] == consult), None)

    found = trace.wait("encounter filed in the record", ready)
    consents = physician.get(f"/patients/{patient}/consents")["items"]
    if not any(c["evidence"] and c["evidence"]["consult"] == consult for c in consents):
        raise DemoFailed("the record does not hold what the patient accepted")
    trace("record", f"consents: {', '.join(consent['form'] for consent in consents)}")
    encounter = physician.get(f"/patients/encounters/{found['id']}")
    text = encounter["notes"][0]["versions"][-1]["text"]
    trace("record", f"note: {text}")
    trace(
        "record",
        f"{len(encounter['chat'])} chat lines, {len(encounter['connections'])} connections, "
        f"documents: {', '.join(f['name'] for f in encounter['files'])}",
    )
    if "Control en 30 días" not in text or len(encounter["files"]) != 1:
        raise DemoFailed("the encounter does not hold what was written")


def run(trace: Trace, cloud: Cloud) -> None:
    """The whole demonstration. Raises DemoFailed, ApiRefused and httpx.HTTPError."""
    place = cloud.home / "demo.json"
    if not processes.answers(cloud.origin) or not place.exists():
        raise DemoFailed("the local cloud is not running: run make up first")
    password = json.loads(place.read_text())["password"]
    with httpx.Client(base_url=cloud.origin, timeout=60) as http:
        admin = log_in(http, TENANT, "administracion", password)
        desk = log_in(http, TENANT, "admision.uno", password)
        physician = log_in(http, TENANT, "medicina.dos", password)
        trace("everybody", "logs in")
        with practitioner(admin, physician) as doctor:
            patient, appointment = book(trace, desk, doctor)
            consult = meet(trace, http, linked(trace, desk, appointment), physician)
        filed(trace, physician, patient, consult)
        consult_now(trace, http, new_partner(http, admin))
    trace("demo", "everything happened as it must")


def new_partner(http: httpx.Client, admin: Client) -> Client:
    """A partner system, registered by the administrator."""
    scopes = ["consults.read", "consults.write"]
    made = admin.post("/identity/clients", {"name": "Sistema asociado", "scopes": scopes})
    return partner(http, made["client"]["client_id"], made["secret"]["secret"])


def main() -> int:
    """Run it; 0 when everything happened as it must."""
    trace = Trace()
    try:
        run(trace, default_cloud())
    except (DemoFailed, ApiRefused, httpx.HTTPError) as error:
        trace("demo", f"[red]failed: {error}[/]")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
