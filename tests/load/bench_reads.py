"""CPU of a read through the whole app, against the bare boto3 calls that it needs.

    python -m tests.load.bench_reads          (the local cloud must be running: make up)

The app runs in this process against the local cloud's tables, so the processor time of this
process is the handler's. In turns with it run the same DynamoDB requests by a bare client: what is
above them is parsing, authorisation, decryption, validation and JSON. Target: at most 2.
"""

import os
import statistics
import time
from collections.abc import Callable
from typing import Any

import boto3

from infra.openapi import load_app
from infra.running import settings_of
from infra.stages import load_stage
from localstack.cloud import default_cloud
from operations.command import enter
from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.ids import new_id
from tests.support.http import Api

CALLS = 200
ROUNDS = 7


def cpu(work: Callable[[], object]) -> float:
    """Milliseconds of this process's processor time for one call of `work`, over CALLS calls."""
    before = time.process_time()
    for _ in range(CALLS):
        work()
    return (time.process_time() - before) * 1000 / CALLS


class Recorder:
    """Notes the DynamoDB requests that a read makes, to repeat them bare."""

    def __init__(self, client: Any) -> None:
        self.calls: list[tuple[str, dict[str, Any]]] = []
        client.meta.events.register("provide-client-params.dynamodb", self._note)

    def _note(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        self.calls.append((model.name, params))


def main() -> None:
    """Measure reading a patient."""
    stage = load_stage(default_cloud().stage)
    enter(stage)
    os.environ.update(settings_of(stage, "patients"))
    os.environ["TELESALUD_FRONT_DOOR_SHA256"] = ""
    from telesalud.platform.aws import clients  # noqa: PLC0415  # after the environment is set

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
    recorder = Recorder(clients.dynamodb())
    if api.get(path).status != 200:
        raise SystemExit(f"reading the patient failed: {api.get(path).body}")
    needed = list(recorder.calls)
    bare = boto3.client("dynamodb")
    methods = {"GetItem": "get_item", "BatchGetItem": "batch_get_item", "PutItem": "put_item"}

    def repeat() -> None:
        for name, params in needed:
            sent = {k: v for k, v in params.items() if k != "ConditionExpression"}
            sent.pop("ReturnValuesOnConditionCheckFailure", None)
            if "ConditionExpression" not in sent:
                sent.pop("ExpressionAttributeNames", None)
            getattr(bare, methods[name])(**sent)

    pairs = [(cpu(lambda: api.get(path)), cpu(repeat)) for _ in range(ROUNDS)]
    print(f"requests of one read: {', '.join(name for name, _ in needed)}")
    print(f"app   {statistics.median(a for a, _ in pairs):6.2f} ms CPU")
    print(f"bare  {statistics.median(b for _, b in pairs):6.2f} ms CPU")
    print(f"ratio {statistics.median(a / b for a, b in pairs):6.2f}")


if __name__ == "__main__":
    main()
