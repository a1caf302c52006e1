"""CPU of a cold function until its first answer, against the floor of its libraries.

    python -m tests.load.bench_first_answer [--rounds 9]

Each start is a fresh process with byte-compiled code: the interpreter, the patients app as it is
packaged, and one read of a patient with its key unwrapped and its audit entry written, on an
emulator in another process. The floor is importing chalice, pydantic and one boto3 client, which
answers nothing. Both are taken above a bare interpreter, in turns. Target: at most 0.8.
"""

import argparse
import compileall
import hashlib
import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest.mock import patch

import boto3

from infra.openapi import FUNCTIONS, ROOT, load_app
from infra.route_table import write_table
from telesalud.platform import backend
from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.http.serving import FRONT_DOOR_HEADER
from telesalud.platform.ids import new_id
from tests.load.bench_cold_import import FLOOR, cpu_ms, empty_ms
from tests.load.bench_peer import direct, emulator
from tests.load.peer_apps import REGION, SECRET
from tests.support.http import Api
from tests.support.tables import make_table

START = """
import importlib.util, json
spec = importlib.util.spec_from_file_location("app", {path!r})
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
answer = module.app(json.loads({event!r}), None)
assert answer["statusCode"] == 200, answer
"""


class Recorded:
    """An app that keeps the event of each request."""

    def __init__(self, app: Any) -> None:
        self._app = app
        self.routes = app.routes
        self.event = ""

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        self.event = json.dumps(event)
        return self._app(event, context)


def environment(endpoint: str, key: tuple[str, str]) -> dict[str, str]:
    """Of the patients function, on a table and a key of its own at `endpoint`."""
    session: Any = boto3.session.Session(*key, region_name=REGION)
    made = session.client("kms", endpoint_url=endpoint).create_key()["KeyMetadata"]["KeyId"]
    table = make_table(session.client("dynamodb", endpoint_url=endpoint), "patients-cold")
    ours = {
        "STAGE": "test",
        "CONTEXT": "patients",
        "TABLE": table,
        "DATA_KEY": made,
        "BUS": "bus",
        "ORIGIN": "https://clinic.example",
        "TRUSTED_ISSUERS": "[]",
        "BLOBS_BUCKET": "blobs",
        "UPLOADS_BUCKET": "uploads",
        "DIGESTS_BUCKET": "digests",
        "SCANNER": "eicar",
        "FRONT_DOOR_SHA256": hashlib.sha256(SECRET.encode()).hexdigest(),
    }
    aws = {
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": key[0],
        "AWS_SECRET_ACCESS_KEY": key[1],
        "AWS_ENDPOINT_URL": endpoint,
    }
    return {f"TELESALUD_{name}": value for name, value in ours.items()} | aws


def first_read() -> str:
    """The event of reading a patient who was just registered."""
    backend.use(None)
    roles = frozenset({Role.PHYSICIAN, Role.FRONT_DESK})
    app: Any = Recorded(load_app("patients").app)
    api = Api(app, caller=Caller("hospital-demo", new_id(), CallerKind.USER, roles))
    body = {
        "name": {"given": "Paciente", "family": "Demostración"},
        "birth_date": "1980-05-17",
        "sex": "female",
    }
    headers = {FRONT_DOOR_HEADER: SECRET}
    made = api.post("/patients", json=body, key=new_id(), headers=headers)
    if api.get(f"/patients/{made.json['id']}", headers=headers).status != 200:
        raise SystemExit(f"no patient to read: {made.body}")
    event: str = app.event
    return event


def main() -> int:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    for place in ("layers/telesalud", "schemas"):
        compileall.compile_dir(ROOT / place, quiet=1)
    with emulator() as cloud, patch.dict(os.environ), direct(), tempfile.TemporaryDirectory() as at:
        os.environ.update(environment(cloud.endpoint, cloud.access_key()))
        event = first_read()
        packaged = Path(shutil.copy(FUNCTIONS / "patients" / "app.py", at))
        write_table("patients", packaged.parent)
        start = START.format(path=str(packaged), event=event)
        bare = empty_ms()
        found: dict[str, list[tuple[float, float]]] = {"lean": [], "boto3": []}
        for _ in range(rounds):
            for transport, pairs in found.items():
                os.environ["TELESALUD_AWS_TRANSPORT"] = transport
                pairs.append((cpu_ms(start) - bare, cpu_ms(FLOOR) - bare))
    print(f"load {os.getloadavg()[0]:.1f}, {rounds} rounds; CPU ms above a bare interpreter")
    for transport, pairs in found.items():
        ratios = sorted(ours / floor for ours, floor in pairs)
        ours, floor = (statistics.median(side) for side in zip(*pairs, strict=True))
        spread = f"{ratios[0]:.2f} / {statistics.median(ratios):.2f} / {ratios[-1]:.2f}"
        print(f"{transport:6} {ours:6.0f}   floor {floor:6.0f}   ratio {spread}   target 0.8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
