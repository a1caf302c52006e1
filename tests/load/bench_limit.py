"""How soon after its deadline a running consult ends when fifty end at once.

`python -m tests.load.bench_limit [consults] [seconds ahead]` against the running local cloud
(`make up`), or a throwaway one: `python -m localstack.throwaway .venv/bin/python -m
tests.load.bench_limit`. The consults are brought into progress by the use cases themselves, with
the stacks' own table and keys; everything that is measured runs in the cloud: stream, bus, queue,
state machine and the function that ends them. The end is the time at which the server wrote it.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from infra.running import settings_of
from localstack.cloud import default_cloud, stage_of
from schemas.consult_sessions import Announce
from schemas.consults import EventType, NewConsult, PatientRef, PractitionerRef
from telesalud.consults.access import participant_caller
from telesalud.consults.model import Seat
from telesalud.consults.scheduling import consults
from telesalud.consults.settings import ConsultsSettings
from telesalud.consults.visit import presence
from telesalud.platform.access import Caller
from telesalud.platform.parts import services_from
from telesalud.platform.relay import of_subject
from telesalud.platform.work import Call, Services

TARGET_SECONDS = 5.0
TENANT = "bench-demo"
_GIVE_UP = 120.0


def bring_into_progress(services: Services, closes: datetime, number: int) -> str:
    """A consult in progress that ends at `closes`; its id."""
    new = NewConsult(
        start=closes - timedelta(minutes=8),
        planned_minutes=8,
        grace_minutes=0,
        practitioners=(PractitionerRef(id="user-1", display_name="Profesional Demostración"),),
        patient=PatientRef(id=f"DOC-{number}", display_name="Paciente Demostración Uno"),
    )
    partner = Call(Caller.system(TENANT, "bench"))
    made = consults.schedule(services, partner, "http://127.0.0.1", new)
    patient, doctor = (
        Call(participant_caller(TENANT, made.id, Seat(id=seat)))
        for seat in ("patient", "practitioner-1")
    )
    presence.announce(services, patient, made.id, Announce())
    presence.admit(services, doctor, made.id)
    return made.id


def ended_at(services: Services, consult_id: str) -> datetime | None:
    """When the step was written that ended the consult."""
    events = of_subject(services.store, TENANT, consult_id)
    return next((e.at for e in events if e.type == EventType.FINISHED), None)


def measure(services: Services, count: int, ahead: float) -> list[float]:
    """Seconds between deadline and end, per consult, in order. Raises TimeoutError."""
    closes = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=ahead)
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda n: bring_into_progress(services, closes, n), range(count)))
    left = (closes - datetime.now(UTC)).total_seconds()
    if left < 0:
        raise TimeoutError(f"preparing took {-left:.0f} s too long: give more seconds ahead")
    print(f"{count} consults in progress, ending in {left:.0f} s", flush=True)
    time.sleep(left)
    late: dict[str, float] = {}
    give_up = time.monotonic() + _GIVE_UP
    while len(late) < count:
        if time.monotonic() > give_up:
            raise TimeoutError(f"{count - len(late)} consults did not end")
        time.sleep(5)  # reading costs the same processors that end the consults
        for consult_id in ids:
            if consult_id not in late and (ended := ended_at(services, consult_id)):
                late[consult_id] = (ended - closes).total_seconds()
    return sorted(late.values())


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    ahead = float(sys.argv[2]) if len(sys.argv) > 2 else 90.0
    cloud = default_cloud()
    os.environ.update(cloud.environ())
    own = ConsultsSettings.load(settings_of(stage_of(cloud), "consults"))
    late = measure(services_from(own), count, ahead)
    verdict = "met" if late[-1] <= TARGET_SECONDS else "MISSED"
    print(
        f"end after the deadline, {count} at once: median {statistics.median(late):.2f} s, "
        f"worst {late[-1]:.2f} s (target {TARGET_SECONDS} s: {verdict})"
    )


if __name__ == "__main__":
    main()
