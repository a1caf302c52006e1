"""The record side on the running stacks: people, agendas, and a teleconsultation that is filed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from telesalud.platform.ids import new_id
from tests.cloud.clinic import FOLLOWED, Clinic
from tests.cloud.parties import enter, share, until

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"


def soon(minutes: int) -> datetime:
    """The next five-minute mark after `minutes` from now."""
    moment = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=minutes)
    return moment + timedelta(minutes=-moment.minute % 5)


def test_people_are_found_by_the_beginnings_of_their_names(clinic: Clinic) -> None:
    word = "".join(chr(ord("a") + int(digit, 16)) for digit in new_id()[-8:])
    mine = clinic.patient(f"Núñez{word.capitalize()}")
    found = clinic.staff.get(f"/patients?name=nunez{word[:4]}+nub")
    assert [one["id"] for one in found["items"]] == [mine]


def test_of_many_who_want_one_slot_one_gets_it(clinic: Clinic) -> None:
    start = soon(60 * 24)
    patients = [clinic.patient(f"Carrera {chr(ord('A') + n)}") for n in range(6)]

    def book(patient: str) -> int:
        body, key = clinic.booking(patient, start, "visit"), {"Idempotency-Key": new_id()}

        def answered() -> int:
            status = clinic.staff.call("POST", "/appointments", body, **key).status_code
            return 0 if status == 503 else status  # unavailable: the same request is repeated

        return int(until(answered, seconds=120))

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(book, patients))
    assert statuses == [201, 409, 409, 409, 409, 409]


def test_the_teleconsultation_follows_reschedule_and_cancel(clinic: Clinic) -> None:
    patient, start = clinic.patient("Seguida"), soon(60 * 30)
    booked = clinic.staff.post("/appointments", clinic.booking(patient, start, "telemedicine"))
    first = clinic.linked(booked["id"])
    path = f"/appointments/{booked['id']}"
    later = {"start": (start + timedelta(hours=1)).isoformat(), "outside_hours": True}
    moved = clinic.staff.call("POST", f"{path}/reschedule", later, **{"If-Match": '"1"'})
    assert moved.status_code == 200, moved.text
    second = clinic.linked(booked["id"])
    assert second["consult"] == first["consult"]
    consult = f"/consults/{first['consult']}"
    assert clinic.staff.get(consult)["start"] == second["start"]
    etag = moved.headers["etag"]
    gone = clinic.staff.call("POST", f"{path}/cancel", {}, **{"If-Match": etag})
    assert gone.status_code == 200, gone.text
    until(lambda: clinic.staff.get(path)["link_status"] == "withdrawn", seconds=FOLLOWED)
    assert clinic.staff.get(consult)["status"] == "cancelled"


def test_a_finished_teleconsultation_is_filed_in_the_record(
    clinic: Clinic, http_module: httpx.Client
) -> None:
    patient = clinic.patient("Atendida")
    body = clinic.booking(patient, soon(0), "telemedicine")
    booked = clinic.staff.post("/appointments", body)
    consult = clinic.linked(booked["id"])["consult"]
    links = clinic.staff.get(f"/appointments/{booked['id']}/links")["links"]
    by_participant = {link["participant"]: link["url"] for link in links}
    visitor = enter(http_module, by_participant["patient"])
    doctor = enter(http_module, by_participant[clinic.practitioner])
    path = f"/consults/{consult}"
    visitor.post(f"{path}/announce", {})
    doctor.post(f"{path}/admit", {})
    for side in (visitor, doctor):
        side.get(f"{path}/changes?after=0")  # polling is presence
    visitor.post(f"{path}/chat", {"client_id": new_id(), "text": "Buenos días"})
    share(visitor, path, "examen.pdf", PDF)
    until(lambda: doctor.get(f"{path}/files")["items"], seconds=60)  # shown once it is clean
    doctor.post(f"{path}/finish", {"note": {"text": "Control en 30 días", "base_version": 0}})

    def filed() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = clinic.staff.get(f"/patients/{patient}/encounters")["items"]
        return found

    [summary] = until(filed, seconds=FOLLOWED)
    assert (summary["consult"], summary["kind"]) == (consult, "telemedicine")
    encounter = clinic.staff.get(f"/patients/encounters/{summary['id']}")
    assert encounter["notes"][0]["versions"][-1]["text"] == "Control en 30 días"
    assert [line["text"] for line in encounter["chat"]] == ["Buenos días"]
    assert encounter["connections"]
    [document] = encounter["files"]
    link = clinic.staff.get(f"/patients/encounters/{summary['id']}/documents/{document['id']}/link")
    assert httpx.get(link["url"]).content == PDF
    until(
        lambda: clinic.staff.get(f"/appointments/{booked['id']}")["status"] == "checked_out",
        seconds=FOLLOWED,
    )
