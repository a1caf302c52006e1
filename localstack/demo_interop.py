"""`make demo-interop`: from a citizen's chat to a result in the record, traced step by step.

A citizen's triage arrives signed, a nurse says who they are and books, the citizen hears of each
change, an order goes out, its result comes back as HL7 v2 over HTTPS and, corrected, over MLLP.
Runs against the running local cloud and leaves with status 1 when something that must happen does
not.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from localstack import processes
from localstack.citizen_channel import Channel, Told, listening, register, triage
from localstack.client import ApiRefused, Client, log_in, partner
from localstack.cloud import Cloud, default_cloud
from localstack.demo import DemoFailed, Trace, linked, meet, practitioner

TENANT = "clinica-norte"
LABORATORY = ("interop.write", "orders.result", "orders.read_orders")


@dataclass
class Clinic:
    """Who takes part, each with their own token."""

    http: httpx.Client
    admin: Client
    nurse: Client
    physician: Client
    category: str
    hold: Callable[[Trace, str], None]
    """Holds an appointment, from the patient's arrival to its end."""


def play(trace: Trace, clinic: Clinic, doctor: dict[str, Any]) -> None:
    """The whole exercise. Raises DemoFailed, ApiRefused, httpx.HTTPError."""
    told = Told()
    with listening(told) as url:
        channel = register(clinic.http, clinic.admin, told, url)
        trace("channel", "is registered, with a secret of its own")
        patient, appointment = _triaged(trace, clinic, channel, told, doctor)
        order = _ordered(trace, clinic, patient)
        _resulted(trace, clinic, order)
        _attended(trace, clinic, told, appointment)
    if told.forged:
        raise DemoFailed(f"{told.forged} webhooks did not verify")


def _triaged(
    trace: Trace, clinic: Clinic, channel: Channel, told: Told, doctor: dict[str, Any]
) -> tuple[str, str]:
    born = "1984-02-11"
    name = {"given": "Paciente", "family": "Demostración", "second_family": "Canal"}
    person = {"name": name, "birth_date": born, "sex": "female", "confirm_not_duplicate": True}
    registered = clinic.nurse.post("/patients", person)
    message = triage(birth_date=born)
    receipt = channel.send(message)
    trace("citizen", f"asks for care: request {receipt['id']}, mapped {receipt['mapped']}")
    if not channel.send(message)["repeated"]:
        raise DemoFailed("the same message became two requests")
    path = f"/interop/triage/{receipt['id']}"
    request = _step(clinic.nurse, path, "take", 1)
    found = clinic.nurse.get(f"{path}/candidates")["items"]
    trace("nurse", f"takes it; the record proposes {len(found)} patients, by what agrees")
    if registered["id"] not in {each["id"] for each in found}:
        raise DemoFailed("the citizen's registration is not among the proposed ones")
    match = {"patient": registered["id"]}
    request = _step(clinic.nurse, path, "match", request["version"], match)
    slot = _slot(clinic, doctor)
    booking = {
        "practitioners": [doctor["id"]],
        "site": slot["site"],
        "category": clinic.category,
        "start": slot["start"],
        "minutes": slot["minutes"],
        "text": "Tenga a mano sus medicinas.",
    }
    request = _step(clinic.nurse, path, "book", request["version"], booking)
    trace("nurse", f"books appointment {request['appointment']}")

    def heard() -> str | None:
        return (
            told.in_sequence()[-1]["data"]["words"]["text"] if "booked" in told.states() else None
        )

    trace("citizen", f"hears: {trace.wait('citizen told of the booking', heard)!r}")
    return registered["id"], request["appointment"]


def _step(
    client: Client, path: str, step: str, version: int, body: dict[str, Any] | None = None
) -> dict[str, Any]:
    done: dict[str, Any] = client.post(f"{path}/{step}", body, **{"If-Match": f'"{version}"'})
    return done


def _slot(clinic: Clinic, doctor: dict[str, Any]) -> dict[str, Any]:
    slots = clinic.nurse.get(
        "/appointments/slots",
        practitioner=doctor["id"],
        category=clinic.category,
        from_date=(datetime.now(UTC) - timedelta(days=1)).date().isoformat(),
        limit=20,
    )["items"]
    if not slots:
        raise DemoFailed("the practitioner has no free time")
    found: dict[str, Any] = slots[0]
    return found


def _ordered(trace: Trace, clinic: Clinic, patient: str) -> dict[str, Any]:
    body = {
        "patient": patient,
        "kind": "laboratory",
        "tests": [{"loinc": "718-7", "display": "Hemoglobina"}],
        "reason": "Tos y fiebre",
    }
    draft = clinic.physician.post("/orders/requests", body)
    at = {"If-Match": f'"{draft["version"]}"'}
    signed: dict[str, Any] = clinic.physician.post(f"/orders/requests/{draft['id']}/sign", {}, **at)
    trace("physician", f"signs order {signed['id']}, {signed['status']}")
    return signed


def _resulted(trace: Trace, clinic: Clinic, order: dict[str, Any]) -> None:
    made = clinic.admin.post(
        "/identity/clients", {"name": "Laboratorio Demostración", "scopes": list(LABORATORY)}
    )
    client_id, secret = made["client"]["client_id"], made["secret"]["secret"]
    laboratory = partner(clinic.http, client_id, secret)
    born = date.fromisoformat(order["patient_label"]["birth_date"])
    message = _oru(order["id"], born, "DEMO-1", "13.5", "F")
    answer = clinic.http.post(
        "/api/interop/v2",
        content=message,
        headers={
            "Authorization": f"Bearer {laboratory.token}",
            "Content-Type": "application/hl7-v2",
        },
    )
    _accepted(trace, "HTTPS", answer.text)
    with bridged(str(clinic.http.base_url).rstrip("/"), client_id, secret) as port:
        corrected = _oru(order["id"], born, "DEMO-2", "12.9", "C")
        _accepted(trace, "MLLP", asyncio.run(_over_mllp(port, corrected)))
    result = clinic.physician.get(f"/orders/requests/{order['id']}")
    value = result["result"]["observations"][0]["value"]
    trace("record", f"order {result['status']}, hemoglobin {value}, version {result['results']}")
    if (value, result["results"]) != (12.9, 2):
        raise DemoFailed("the corrected result is not in the record")
    at = {"If-Match": f'"{result["version"]}"'}
    body = {"result": result["results"]}
    done = clinic.physician.post(f"/orders/requests/{order['id']}/sign-off", body, **at)
    trace("physician", f"signs the result off: {done['status']}")


def _oru(order: str, born: date, control: str, value: str, status: str) -> bytes:
    now = f"{datetime.now(UTC):%Y%m%d%H%M%S}"
    lines = (
        f"MSH|^~\\&|LIS|LAB-DEMO|TELESALUD|CLINICA|{now}||ORU^R01|{control}-{now}|P|2.5.1",
        f"PID|1||77||Demostración^Paciente||{born:%Y%m%d}",
        f"OBR|1|{order}|L-1|58410-2^Hemograma^LN" + "|" * 21 + status,
        f"OBX|1|NM|718-7^Hemoglobina^LN||{value}|g/dL|12-16|N|||{status}",
    )
    return ("\r".join(lines) + "\r").encode()


def _accepted(trace: Trace, way: str, answer: str) -> None:
    said = next((line for line in answer.split("\r") if line.startswith("MSA")), answer)
    trace("laboratory", f"sends the result over {way}: {said}")
    if not said.startswith("MSA|AA|"):
        raise DemoFailed(f"the result was not accepted: {answer!r}")


@contextmanager
def bridged(origin: str, client_id: str, secret: str) -> Iterator[int]:
    """A bridge of MLLP as a process of its own, on a free port of loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "secret")
        file.write_text(secret, "utf-8")
        given = {
            "TELESALUD_MLLP_ORIGIN": origin,
            "TELESALUD_MLLP_CLIENT_ID": client_id,
            "TELESALUD_MLLP_CLIENT_SECRET_FILE": str(file),
            "TELESALUD_MLLP_PORT": str(port),
        }
        command = [sys.executable, "-m", "operations.mllp"]
        running = subprocess.Popen(command, env={**os.environ, **given}, stderr=subprocess.DEVNULL)
        try:
            _answers(running, port)
            yield port
        finally:
            running.terminate()
            running.wait(60)


def _answers(running: subprocess.Popen[bytes], port: int) -> None:
    """Wait until the bridge listens. Raises DemoFailed."""
    for _ in range(150):
        if running.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise DemoFailed("the MLLP bridge does not start")


async def _over_mllp(port: int, message: bytes) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x0b" + message + b"\x1c\r")
    await writer.drain()
    answer = await asyncio.wait_for(reader.readuntil(b"\x1c\r"), 60)
    writer.close()
    return answer.removeprefix(b"\x0b").removesuffix(b"\x1c\r").decode()


def _attended(trace: Trace, clinic: Clinic, told: Told, appointment: str) -> None:
    clinic.hold(trace, appointment)

    def heard() -> str | None:
        return (
            told.in_sequence()[-1]["data"]["words"]["text"] if "attended" in told.states() else None
        )

    trace("citizen", f"hears: {trace.wait('citizen told of the end', heard)!r}")
    trace("channel", f"was told {', '.join(told.states())}, each signed")
    if told.states() != ["assigned", "booked", "attended"]:
        raise DemoFailed("the channel was not told every change once, in sequence")


def run(trace: Trace, cloud: Cloud) -> None:
    """The exercise at the seeded institution. Raises DemoFailed, ApiRefused, httpx.HTTPError."""
    place = cloud.home / "demo.json"
    if not processes.answers(cloud.origin) or not place.exists():
        raise DemoFailed("the local cloud is not running: run make up first")
    password = json.loads(place.read_text())["password"]
    with httpx.Client(base_url=cloud.origin, timeout=60) as http:
        people = {
            role: log_in(http, TENANT, user, password)
            for role, user in (
                ("admin", "administracion"),
                ("nurse", "enfermeria.uno"),
                ("physician", "medicina.dos"),
            )
        }

        def hold(trace: Trace, appointment: str) -> None:
            links = linked(trace, people["nurse"], appointment)
            meet(trace, http, links, people["physician"])

        clinic = Clinic(http, **people, category="telemedicina", hold=hold)
        with practitioner(people["admin"], people["physician"]) as doctor:
            play(trace, clinic, doctor)
    trace("demo", "everything happened as it must")


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
