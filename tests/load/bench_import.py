"""From the end of a teleconsultation to its encounter in the record: median and worst.

    python -m tests.load.bench_import [--consults 200] [--at-once 4]

The local cloud must be running (make up). Each consultation is booked, held and finished through
the public API; the clock runs from the answer to `finish` until the record lists the encounter.
One consultation more, which starts the functions, is held first and not counted.
"""

import argparse
import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from localstack.client import Client, log_in
from localstack.cloud import default_cloud
from localstack.demo import TENANT, practitioner

PATIENCE = 300.0


class Bench:
    """The seeded clinic's staff."""

    def __init__(self, http: httpx.Client, password: str) -> None:
        self._http = http
        self._admin = log_in(http, TENANT, "administracion", password)
        self._desk = log_in(http, TENANT, "admision.uno", password)
        self._physician = log_in(http, TENANT, "medicina.dos", password)

    def one(self) -> float:
        """Seconds from the finish to the filed encounter, of one consultation."""
        with practitioner(self._admin, self._physician) as doctor:
            patient, links = self._booked(doctor)
            path = f"/consults/{links['consult']}"
            session = Client(self._http, self._physician.post(f"{path}/session")["token"])
            self._announce(path, links)
            session.post(f"{path}/admit", {})
            session.post(f"{path}/finish", {"note": {"text": "Nota de prueba", "base_version": 0}})
            return self._wait(lambda: self._listed(patient))

    def _booked(self, doctor: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        person = {
            "name": {"given": "Paciente", "family": "Demostración"},
            "birth_date": "1980-05-17",
            "sex": "female",
            "confirm_not_duplicate": True,
        }
        patient: str = self._desk.post("/patients", person)["id"]
        day = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
        where = {"practitioner": doctor["id"], "category": "telemedicina", "from_date": day}
        slot = self._desk.get("/appointments/slots", **where, limit=1)["items"][0]
        body = {
            "patient": {"id": patient, "display_name": "Paciente Demostración"},
            "practitioners": [doctor["id"]],
            "site": slot["site"],
            "category": "telemedicina",
            "start": slot["start"],
            "minutes": slot["minutes"],
        }
        appointment = self._desk.post("/appointments", body)["id"]
        self._wait(lambda: self._state(appointment)["link_status"] == "linked")
        return patient, self._desk.get(f"/appointments/{appointment}/links")

    def _state(self, appointment: str) -> dict[str, Any]:
        state: dict[str, Any] = self._desk.get(f"/appointments/{appointment}")
        return state

    def _announce(self, path: str, links: dict[str, Any]) -> None:
        url = next(x["url"] for x in links["links"] if x["participant"] == "patient")
        body = {"secret": url.partition("#")[2], "device": "b" * 32}
        token = Client(self._http).post("/consults/links/exchange", body)["token"]
        Client(self._http, token).post(f"{path}/announce", {})

    def _listed(self, patient: str) -> bool:
        answer = self._physician.call("GET", f"/patients/{patient}/encounters")
        return answer.is_success and bool(answer.json()["items"])

    @staticmethod
    def _wait(ready: Any) -> float:
        began = time.monotonic()
        while not ready():
            if time.monotonic() - began > PATIENCE:
                raise SystemExit("waited in vain")
            time.sleep(0.1)
        return time.monotonic() - began


def main() -> None:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--consults", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=4)
    arguments = parser.parse_args()
    cloud = default_cloud()
    password = json.loads((cloud.home / "demo.json").read_text("utf-8"))["password"]
    with httpx.Client(base_url=cloud.origin, timeout=60) as http:
        staff = [Bench(http, password) for _ in range(arguments.at_once)]
        print(f"the first, not counted: {staff[0].one():.2f} s", flush=True)

        def share(which: int) -> list[float]:
            numbers = range(which, arguments.consults, arguments.at_once)
            return [staff[which].one() for _ in numbers]

        with ThreadPoolExecutor(arguments.at_once) as pool:
            seconds = [s for part in pool.map(share, range(arguments.at_once)) for s in part]
    print(f"{len(seconds)} consultations, {arguments.at_once} at once")
    print(f"median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s")


if __name__ == "__main__":
    main()
