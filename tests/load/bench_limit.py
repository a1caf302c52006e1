"""How soon after its deadline a running consult ends when fifty end at once.

`python -m tests.load.bench_limit [consults]` against the running local cloud (`make up`), or a
throwaway one: `python -m localstack.throwaway .venv/bin/python -m tests.load.bench_limit`. Creates
the consults through the public API, brings each into progress, then reads when its end was
recorded by the server: the time of the audit entry of the step, less the deadline.
"""

from __future__ import annotations

import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import httpx

from localstack.cloud import default_cloud
from telesalud.platform.clock import from_text
from tests.cloud.conftest import Stacks
from tests.cloud.parties import TENANT, Party, enter, new_consult, partner_token

TARGET_SECONDS = 5.0
_PREPARE = timedelta(seconds=4)
"""Of every consult, on the local cloud; on AWS it takes well under a second."""


def bring_into_progress(http: httpx.Client, partner: Party, closes: datetime) -> str:
    """A consult in progress that ends at `closes`; its id. Another one if the gateway is busy."""
    for _ in range(3):
        try:
            return _in_progress(http, partner, closes)
        except httpx.TransportError as error:
            print(f"again after {type(error).__name__}", flush=True)
    return _in_progress(http, partner, closes)


def _in_progress(http: httpx.Client, partner: Party, closes: datetime) -> str:
    start = closes - timedelta(minutes=8)
    made = partner.post("/consults", new_consult(start, planned_minutes=8, grace_minutes=0))
    path = f"/consults/{made['id']}"
    enter(http, made["patient_link"]).post(f"{path}/announce", {})
    enter(http, made["practitioner_link"]).post(f"{path}/admit")
    return str(made["id"])


def recorded_end(stacks: Stacks, consult_id: str) -> datetime | None:
    """When the step was written that made the consult end: the time of its event."""
    found = stacks.client("dynamodb").query(
        TableName=stacks.outputs["ConsultsTableName"],
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"EVENT#{TENANT}#{consult_id}"}},
        ConsistentRead=True,
    )
    for item in found["Items"]:
        if '"consults.finished"' in item["event"]["S"]:
            return from_text(item["at"]["S"])
    return None


def measure(stacks: Stacks, count: int) -> list[float]:
    """Seconds between deadline and recorded end, per consult. Raises TimeoutError."""
    with httpx.Client(base_url=stacks.origin, timeout=60) as http:
        partner = Party(http, partner_token(stacks))
        closes = datetime.now(UTC).replace(microsecond=0) + _PREPARE * max(10, count)
        with ThreadPoolExecutor(2) as pool:
            started = [
                pool.submit(bring_into_progress, http, partner, closes) for _ in range(count)
            ]
            ids = [each.result() for each in started]
    prepared = (datetime.now(UTC) - closes).total_seconds()
    if prepared > 0:
        raise TimeoutError(f"preparing took {prepared:.0f} s too long for this machine")
    print(f"{count} consults in progress, ending in {-prepared:.0f} s", flush=True)
    time.sleep(-prepared)
    late: dict[str, float] = {}
    give_up = time.monotonic() + 120
    while len(late) < count:
        if time.monotonic() > give_up:
            raise TimeoutError(f"{count - len(late)} consults did not end")
        for consult_id in ids:
            if consult_id not in late and (ended := recorded_end(stacks, consult_id)):
                late[consult_id] = (ended - closes).total_seconds()
        time.sleep(0.5)
    return sorted(late.values())


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    late = measure(Stacks(default_cloud()), count)
    verdict = "met" if late[-1] <= TARGET_SECONDS else "MISSED"
    print(
        f"end after the deadline, {count} at once: median {statistics.median(late):.2f} s, "
        f"worst {late[-1]:.2f} s (target {TARGET_SECONDS} s: {verdict})"
    )


if __name__ == "__main__":
    main()
