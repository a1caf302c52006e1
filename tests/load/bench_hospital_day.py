"""A day of a hospital on the local cloud: no error, no lost write, an audit trail that holds.

    python -m tests.load.bench_hospital_day [--practitioners 60] [--visits 900] [--at-once 4]

against the running local cloud (`make up`), through the public API and the front door only, in an
institution of its own. The desk registers and books everybody; then each visit arrives, has its
vital signs taken, is attended, written up, signed, and checked out; every third gets a
prescription and every fourth an imaging order. Afterwards every acknowledged write is read back,
the reports of the day must agree with it, and the audit chains of the three tables are verified (as
`telesalud audit verify --no-archive` does). The whole day takes 30 to 50 minutes.
Exits with 1 when anything was refused, lost or unsound.
"""

from __future__ import annotations

import argparse
import csv
import io
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from infra.running import settings_of
from localstack.cloud import default_cloud, stage_of
from operations.command import enter
from telesalud.platform.aws import clients
from telesalud.platform.aws.dynamodb import DynamoStore
from telesalud.platform.clock import utc_now
from telesalud.platform.trail.verifying import Report as Chain
from telesalud.platform.trail.verifying import verify
from tests.cloud.stacks import Stacks
from tests.load.hospital import (
    MINUTES,
    ZONE,
    Actor,
    Hospital,
    Meter,
    Refused,
    open_hospital,
    patiently,
    spoken,
)

SEALED_WITHIN = 900.0
"""Seconds for the last audit entries to be sealed."""
MADE_WITHIN = 600.0
"""Seconds for a report."""
LINE = {
    "item": "DEMO-0007",
    "dose": {"value": 1, "unit": "tableta"},
    "route": "oral",
    "frequency": {"times": 1, "hours": 8},
    "duration_days": 3,
    "quantity": 9,
}


@dataclass
class Visit:
    """One visit, and what the cloud has acknowledged of it."""

    number: int
    patient: dict[str, Any] = field(default_factory=dict)
    appointment: dict[str, Any] = field(default_factory=dict)
    vitals: dict[str, Any] = field(default_factory=dict)
    encounter: dict[str, Any] = field(default_factory=dict)
    note: dict[str, Any] = field(default_factory=dict)
    prescription: dict[str, Any] = field(default_factory=dict)
    order: dict[str, Any] = field(default_factory=dict)
    failed: str = ""

    @property
    def text(self) -> str:
        """What its note says."""
        return f"Evolución de la visita {spoken(self.number)}. Se mantiene la indicación."


def book(hospital: Hospital, visit: Visit) -> None:
    """The desk registers and books, and gives the patient to the nurse."""
    number = visit.number
    person = {
        "name": {"given": "Paciente Jornada", "family": spoken(number)},
        "birth_date": (date(1940, 1, 1) + timedelta(days=29 * number)).isoformat(),
        "sex": ("female", "male")[number % 2],
        "confirm_not_duplicate": True,
    }
    desk = hospital.desk
    visit.patient = desk.send("register", "POST", "/patients", person)
    which = visit.patient["id"]
    booking = {
        "patient": {"id": which, "display_name": f"Paciente Jornada {spoken(number)}"},
        "practitioners": [hospital.agendas[number % len(hospital.agendas)]],
        "site": hospital.site,
        "category": "visit",
        "start": hospital.start_of(number).isoformat(),
        "minutes": MINUTES,
    }
    visit.appointment = desk.send("book", "POST", "/appointments", booking)
    team = {"user": hospital.nurse.caller.subject, "kind": "team", "days": 1}
    desk.send("join the team", "POST", f"/patients/{which}/relations", team)


def attend(hospital: Hospital, visit: Visit) -> None:
    """From the patient's arrival to their leaving."""
    if not visit.appointment:
        raise Refused("attend: it was not booked")
    doctor = hospital.doctors[visit.number % len(hospital.doctors)]
    which = visit.patient["id"]
    _move(hospital.desk, visit, "arrived")
    measured = {
        "measured_at": datetime.now(UTC).isoformat(),
        "values": {
            "pulse": {"value": 60 + visit.number % 40, "unit": "/min"},
            "temperature": {"value": 36.5, "unit": "Cel"},
        },
    }
    vitals = f"/patients/{which}/vitals"
    visit.vitals = hospital.nurse.send("vitals", "POST", vitals, measured)
    doctor.wait_for_chart(which)
    _move(hospital.desk, visit, "in_room")
    _write_up(hospital, doctor, visit)
    if visit.number % 3 == 0:
        _prescribe(doctor, visit)
    if visit.number % 4 == 0:
        _order(doctor, visit)
    _move(hospital.desk, visit, "checked_out")


def _move(desk: Actor, visit: Visit, status: str) -> None:
    path = f"/appointments/{visit.appointment['id']}/status"
    body = {"status": status}
    visit.appointment = desk.send(status, "POST", path, body, visit.appointment["version"])


def _write_up(hospital: Hospital, doctor: Actor, visit: Visit) -> None:
    begun = {
        "kind": "ambulatory",
        "reason": "Control",
        "started_at": datetime.now(UTC).isoformat(),
        "site": hospital.site,
        "appointment": visit.appointment["id"],
    }
    path = f"/patients/{visit.patient['id']}/encounters"
    visit.encounter = doctor.send("begin", "POST", path, begun)
    notes = f"/patients/encounters/{visit.encounter['id']}/notes"
    first = doctor.send("note", "POST", notes, {"text": "Evolución."})
    one = f"{notes}/{first['note']}"
    body = {"text": visit.text}
    saved = doctor.send("save the note", "PUT", one, body, first["version"])
    visit.note = saved or first
    read = doctor.get("read back", f"/patients/encounters/{visit.encounter['id']}")
    sign = f"/patients/encounters/{visit.encounter['id']}/sign"
    visit.encounter = doctor.send("sign", "POST", sign, {}, read["version"])


def _prescribe(doctor: Actor, visit: Visit) -> None:
    body = {"patient": visit.patient["id"], "lines": [LINE]}
    drafted = doctor.send("prescribe", "POST", "/orders/prescriptions", body)
    path = f"/orders/prescriptions/{drafted['id']}/sign"
    visit.prescription = doctor.send("sign the prescription", "POST", path, {}, drafted["version"])


def _order(doctor: Actor, visit: Visit) -> None:
    body = {"kind": "imaging", "order_set": "DEMO-TORAX", "reason": "Control"}
    named = {**body, "patient": visit.patient["id"]}
    drafted = doctor.send("order", "POST", "/orders/requests", named)
    path = f"/orders/requests/{drafted['id']}/sign"
    visit.order = doctor.send("sign the order", "POST", path, {}, drafted["version"])


def losses(hospital: Hospital, visit: Visit) -> list[str]:
    """What was acknowledged and is not there, or is not what was acknowledged."""
    doctor = hospital.doctors[visit.number % len(hospital.doctors)]
    lost: list[str] = []

    def same(what: str, found: Any, told: Any) -> None:
        if found != told:
            lost.append(f"visit {visit.number}: {what}")

    if visit.patient:
        path = f"/patients/{visit.patient['id']}"
        same("patient", hospital.desk.get("verify", path), visit.patient)
    if visit.appointment:
        path = f"/appointments/{visit.appointment['id']}"
        same("appointment", hospital.desk.get("verify", path), visit.appointment)
    if visit.vitals:
        sets = hospital.nurse.get("verify", f"/patients/{visit.patient['id']}/vitals")["items"]
        same("vitals", [one for one in sets if one["id"] == visit.vitals["id"]], [visit.vitals])
    if visit.encounter:
        found = doctor.get("verify", f"/patients/encounters/{visit.encounter['id']}")
        same("encounter", {name: found[name] for name in visit.encounter}, visit.encounter)
        versions = [v["text"] for note in found["notes"] for v in note["versions"]]
        same("note", versions[-1:], [visit.text] if visit.note else versions[-1:])
    for kind, told in (("prescriptions", visit.prescription), ("requests", visit.order)):
        if told:
            same(kind, doctor.get("verify", f"/orders/{kind}/{told['id']}"), told)
    return lost


def disagreements(hospital: Hospital, visits: Sequence[Visit]) -> list[str]:
    """Where the reports of the day say something else than what was acknowledged."""
    day = hospital.opens.astimezone(UTC).date().isoformat()
    today = {"since": (date.fromisoformat(day) - timedelta(days=2)).isoformat(), "until": day}
    booked = [visit for visit in visits if visit.appointment]
    counted = Counter(visit.appointment["status"] for visit in booked)
    agenda = _report(hospital, "appointments", {"kind": "agenda", "since": day, "until": day})
    activity = _report(hospital, "appointments", {"kind": "activity", "since": day, "until": day})
    zoned = {**today, "zone": ZONE}
    unsigned = _report(hospital, "patients", {"kind": "unsigned_notes", **zoned})
    orders = _report(hospital, "orders", {"kind": "open_orders", **zoned})
    open_notes = {v.encounter["id"] for v in visits if v.encounter.get("status") == "open"}
    checks = {
        "agenda": (len(agenda), len(booked)),
        "activity": (sum(int(row["Appointments"]) for row in activity), len(booked)),
        "attended": (sum(int(row["seen"]) for row in activity), counted["checked_out"]),
        "unsigned notes": ({row["Encounter"] for row in unsigned}, open_notes),
        "open orders": (
            {row["Order"] for row in orders},
            {visit.order["id"] for visit in visits if visit.order},
        ),
    }
    return [f"report {name}" for name, (found, told) in checks.items() if found != told]


def _report(hospital: Hospital, context: str, body: dict[str, Any]) -> list[dict[str, str]]:
    director = hospital.director
    path = f"/{context}/reports"
    asked = {**body, "scope": "institution", "language": "en"}
    made = director.send("ask for a report", "POST", path, asked)
    began = time.monotonic()
    while made["status"] in ("queued", "running"):
        if time.monotonic() - began > MADE_WITHIN:
            raise Refused(f"report {body['kind']}: not made in {MADE_WITHIN:.0f} s")
        time.sleep(2)
        made = director.get("follow a report", f"{path}/{made['id']}")
    if made["status"] != "ready":
        raise Refused(f"report {body['kind']}: {made['error']}")
    director.meter.done(f"report {body['kind']}", time.monotonic() - began)
    link = director.get("link a report", f"{path}/{made['id']}/link?format=csv")
    content = httpx.get(link["url"], timeout=60).raise_for_status().content
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def chain_of(context: str, tenant: str) -> Chain:
    """The audit trail of one table once nothing waits to be sealed."""
    settings = patiently(lambda: settings_of(stage_of(default_cloud()), context))
    store = DynamoStore(settings["TELESALUD_TABLE"], clients.dynamodb)
    began = time.monotonic()
    while True:
        chain = patiently(lambda: verify(store, tenant, utc_now(), None))
        if not chain.pending or time.monotonic() - began > SEALED_WITHIN:
            return chain
        time.sleep(20)  # each look recomputes the whole chain


def over_all(
    visits: Sequence[Visit], at_once: int, step: Callable[[Visit], object], name: str
) -> None:
    """Run a step for all visits, some at once; a visit that was refused keeps why."""
    began = time.monotonic()

    def one(visit: Visit) -> None:
        if visit.failed:
            return
        try:
            step(visit)
        except (Refused, httpx.HTTPError, KeyError) as error:
            visit.failed = f"{name}: {type(error).__name__} {error}"

    with ThreadPoolExecutor(at_once) as pool:
        for count, _ in enumerate(pool.map(one, visits), 1):
            if count % 50 == 0 or count == len(visits):
                print(
                    f"{name}: {count} of {len(visits)} in {time.monotonic() - began:.0f} s",
                    flush=True,
                )


def show(meter: Meter) -> None:
    """The times of each step, as its client saw them."""
    print(f"{'step':24} {'count':>6} {'median ms':>10} {'p95 ms':>8}")
    for step, times in meter.times.items():
        ordered = sorted(times)
        p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
        print(
            f"{step:24} {len(ordered):6} {1000 * statistics.median(ordered):10.0f} "
            f"{1000 * p95:8.0f}"
        )
    if meter.waits:
        print(f"a booking opened the record within {max(meter.waits):.1f} s of the visit")
    print(f"repeated requests: {dict(meter.retries) or 'none'}")


def run(hospital: Hospital, visits: list[Visit], at_once: int) -> list[str]:
    """The whole day; what is wrong with it."""
    over_all(visits, at_once, lambda visit: book(hospital, visit), "book")
    over_all(visits, at_once, lambda visit: attend(hospital, visit), "attend")
    wrong = [f"visit {visit.number}: {visit.failed}" for visit in visits if visit.failed]
    for visit in visits:
        visit.failed = ""
    over_all(visits, at_once, lambda visit: wrong.extend(losses(hospital, visit)), "verify")
    wrong += [f"visit {visit.number}: {visit.failed}" for visit in visits if visit.failed]
    wrong += disagreements(hospital, visits)
    for context in ("patients", "appointments", "orders"):
        chain = chain_of(context, hospital.tenant)
        print(
            f"audit of {context}: {chain.entries} entries in {chain.links} links, "
            f"{'sound' if chain.sound else 'NOT SOUND'}"
        )
        if not chain.sound or chain.pending:
            wrong.append(f"audit of {context}")
    return wrong


def main() -> int:
    """Parse, run, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--practitioners", type=int, default=60)
    parser.add_argument("--visits", type=int, default=900)
    parser.add_argument("--at-once", type=int, default=4, help="clients at the same time")
    arguments = parser.parse_args()
    cloud = default_cloud()
    enter(stage_of(cloud))
    meter, began = Meter(), time.monotonic()
    with httpx.Client(base_url=cloud.origin, timeout=90) as http:
        hospital = open_hospital(Stacks(cloud), http, meter, arguments.practitioners)
        print(f"{hospital.tenant}: {arguments.practitioners} practitioners are at work", flush=True)
        visits = [Visit(number) for number in range(arguments.visits)]
        wrong = run(hospital, visits, arguments.at_once)
    show(meter)
    written = sum(len(times) for step, times in meter.times.items() if step != "verify")
    print(
        f"{arguments.visits} visits, {written} acknowledged requests, "
        f"{time.monotonic() - began:.0f} s"
    )
    for fault in wrong[:50]:
        print(f"WRONG {fault}")
    print("nothing was refused or lost" if not wrong else f"{len(wrong)} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
