"""CPU of a read through the whole app, against the bare boto3 calls that it needs.

    python -m tests.load.bench_reads          (the local cloud must be running: make up)

The app runs in this process against the local cloud's tables, so the processor time of this
process is the handler's. In turns with it run the same DynamoDB requests by a bare client: what is
between them is parsing, authorisation, decryption, validation and JSON, less what the lean
transport saves. Target: at most 1.
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import boto3

from infra.openapi import load_app
from infra.running import settings_of
from infra.stages import load_stage
from localstack.cloud import default_cloud
from operations.command import enter
from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.aws import wire
from telesalud.platform.ids import new_id
from tests.support.http import Api, HttpAnswer

CALLS = 200
ROUNDS = 7
METHODS = {"GetItem": "get_item", "BatchGetItem": "batch_get_item", "PutItem": "put_item"}


def cpu(work: Callable[[], object]) -> float:
    """Milliseconds of this process's processor time for one call of `work`, over CALLS calls."""
    before = time.process_time()
    for _ in range(CALLS):
        work()
    return (time.process_time() - before) * 1000 / CALLS


def requests_of(work: Callable[[], HttpAnswer]) -> list[tuple[str, dict[str, Any]]]:
    """The DynamoDB requests that a read makes, to repeat them bare."""
    calls: list[tuple[str, dict[str, Any]]] = []
    through = wire.Service.call

    def noted(service: wire.Service, operation: str, request: dict[str, Any]) -> wire.Answer:
        calls.append((operation, request))
        return through(service, operation, request)

    with patch.object(wire.Service, "call", noted):
        answer = work()
    if answer.status != 200:
        raise SystemExit(f"reading the patient failed: {answer.body}")
    return [call for call in calls if call[0] in METHODS]


def main() -> None:
    """Measure reading a patient."""
    stage = load_stage(default_cloud().stage)
    enter(stage)
    os.environ.update(settings_of(stage, "patients"))
    os.environ["TELESALUD_FRONT_DOOR_SHA256"] = ""
    roles = frozenset({Role.PHYSICIAN, Role.FRONT_DESK})
    caller = Caller(f"bench-{new_id()[-12:]}", new_id(), CallerKind.USER, roles)
    api = Api(load_app("patients").app, caller=caller)
    body = {
        "name": {"given": "Paciente", "family": "Demostración"},
        "birth_date": "1980-05-17",
        "sex": "female",
    }
    made = api.post("/patients", json=body, key=new_id())
    path = f"/patients/{made.json['id']}"
    api.get(path)  # with the key of the tenant unwrapped
    needed = requests_of(lambda: api.get(path))
    bare = boto3.client("dynamodb")

    def repeat() -> None:
        for name, params in needed:
            sent = {k: v for k, v in params.items() if k != "ConditionExpression"}
            sent.pop("ReturnValuesOnConditionCheckFailure", None)
            if "ConditionExpression" not in sent:
                sent.pop("ExpressionAttributeNames", None)
            getattr(bare, METHODS[name])(**sent)

    pairs = [(cpu(lambda: api.get(path)), cpu(repeat)) for _ in range(ROUNDS)]
    print(f"requests of one read: {', '.join(name for name, _ in needed)}")
    print(f"app   {statistics.median(a for a, _ in pairs):6.2f} ms CPU")
    print(f"bare  {statistics.median(b for _, b in pairs):6.2f} ms CPU")
    print(f"ratio {statistics.median(a / b for a, b in pairs):6.2f}")


if __name__ == "__main__":
    main()
