"""The chart's first screen of a patient with 500 encounters, against one with 5.

    python -m tests.load.bench_summary [--endpoint http://127.0.0.1:4566] [--encounters 500]

Both patients have the same problems, allergies, medications and vital signs. Round trips and units
are counted; CPU is that of this process, of calls in turns (without an endpoint moto's own work is
in it, so give one for CPU). Target: at most 1.5 times.
"""

import argparse
import json
import statistics
import time
import uuid
from datetime import timedelta
from typing import Any

from schemas import chart as c
from schemas.summary import Summary
from schemas.vitals import VitalsBody
from telesalud.patients.chart import entries, timeline
from telesalud.patients.encounters import writing
from telesalud.patients.measurements import recording
from telesalud.patients.summary import reading
from telesalud.platform.aws.dynamodb import DynamoStore
from telesalud.platform.ids import new_id
from telesalud.platform.vault import Vault
from telesalud.platform.work import Call, Services
from tests.load.bench_booking import client_of
from tests.support.counting import Meter, Usage
from tests.support.tables import make_table
from tests.worlds.patients.people import dni, register
from tests.worlds.patients.ward import DOCTOR, doctor, new_encounter
from tests.worlds.world import START, World, call

FEW = 5
ENTRIES = 20
ROUNDS, CALLS = 9, 20


class Record:
    """One patient with so many encounters."""

    def __init__(self, services: Services, world: World, number: int, count: int) -> None:
        self.services = services
        self.by: Call = call(doctor())
        name = {"given": "Paciente", "family": f"Demostración {'AB'[number]}"}
        made = register(
            world, services=services, subject=DOCTOR, documents=(dni(number + 1),), name=name
        )
        self.patient = made.id
        for turn in range(count):
            begun = new_encounter(started_at=START - timedelta(hours=1 + turn))
            writing.begin(services, self.by, self.patient, begun)
        for turn in range(ENTRIES):
            body: c.AnyBody = c.ProblemBody(text=f"Problema {turn}")
            if turn % 3 == 1:
                body = c.MedicationBody(text=f"Medicamento {turn}")
            if turn % 3 == 2:
                body = c.AllergyBody(text=f"Alergia {turn}")
            entries.record(services, self.by, self.patient, body)
        values = {"pulse": {"value": 70, "unit": "/min"}, "weight": {"value": 70, "unit": "kg"}}
        vitals = {"measured_at": START.isoformat(), "values": values}
        told = VitalsBody.model_validate_json(json.dumps(vitals))
        recording.record(services, self.by, self.patient, told)

    def look(self) -> Summary:
        """The chart's first screen."""
        return reading.summary(self.services, self.by, self.patient)

    def page(self) -> int:
        """A page of the timeline."""
        query = c.ChartQuery(limit=50)
        return len(timeline.timeline(self.services, self.by, self.patient, query).items)

    def cpu(self) -> float:
        """Milliseconds of this process for one look."""
        before = time.process_time()
        for _ in range(CALLS):
            self.look()
        return (time.process_time() - before) * 1000 / CALLS


def used(meter: Meter, what: Any) -> Usage:
    """What one call costs."""
    with meter.measuring() as usage:
        what()
    return usage


def main() -> None:
    """Fill two records, then measure both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoint")
    parser.add_argument("--encounters", type=int, default=500)
    arguments = parser.parse_args()
    with client_of(arguments.endpoint) as client:
        table = make_table(client, f"bench-summary-{uuid.uuid4().hex[:8]}")
        try:
            compare(client, table, arguments.encounters)
        finally:
            client.delete_table(TableName=table)


def compare(client: Any, table: str, encounters_of_many: int) -> None:
    """Print what both cost, and their ratio."""
    world = World()
    store = DynamoStore(table, lambda: client)
    services = Services(store, Vault(store, world.wrapper, "bench"), world.clock, new_id)
    few = Record(services, world, 0, FEW)
    many = Record(services, world, 1, encounters_of_many)
    if len(few.look().encounters) != len(many.look().encounters) != FEW:
        raise SystemExit("the summaries do not show the last five encounters")
    meter = Meter(client)
    for name, record in ((FEW, few), (encounters_of_many, many)):
        print(f"summary, {name:4} encounters: {used(meter, record.look)}")
        print(f"timeline page of 50, {name:4} encounters: {used(meter, record.page)}")
    pairs = [(few.cpu(), many.cpu()) for _ in range(ROUNDS)]
    print(f"CPU, {FEW} encounters   {statistics.median(a for a, _ in pairs):6.2f} ms")
    print(f"CPU, {encounters_of_many} encounters {statistics.median(b for _, b in pairs):6.2f} ms")
    print(f"ratio               {statistics.median(b / a for a, b in pairs):6.2f}")


if __name__ == "__main__":
    main()
