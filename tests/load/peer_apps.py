"""Our side of bench_peer: the apps of patients and appointments on DynamoDB and KMS somewhere."""

import hashlib
import json
import os
import time
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from unittest.mock import patch

import boto3
from chalice.app import Chalice

from infra.openapi import load_app
from localstack.cloud import Cloud
from telesalud.appointments import wiring
from telesalud.platform import backend
from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.aws import lean
from telesalud.platform.aws.dynamodb import DynamoStore
from telesalud.platform.aws.kms import KmsWrapper
from telesalud.platform.http.serving import FRONT_DOOR_HEADER
from telesalud.platform.ids import new_id
from telesalud.platform.memory.backend import MemoryBackend
from telesalud.platform.store import SweepableStore
from tests.support.http import Api
from tests.support.tables import make_table
from tests.worlds.appointments.clinic import EveryPatient
from tests.worlds.world import TENANT

SECRET = "the front door's"  # of no installation
REGION = "us-east-1"
FOUND = 20
"""Patients whom a search finds."""
LISTED = 100
"""Appointments of the day that is read."""
PEOPLE = 200


class Served(MemoryBackend):
    """In memory but for items and keys, which are in `cloud`, asked as `transport` says."""

    def __init__(self, cloud: Cloud, transport: str) -> None:
        super().__init__({name: self._variables(name) for name in ("patients", "appointments")})
        key_id, secret = cloud.access_key()
        known = {
            "AWS_REGION": REGION,
            "AWS_ACCESS_KEY_ID": key_id,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_ENDPOINT_URL": cloud.endpoint,
        }
        session = boto3.session.Session(key_id, secret, region_name=REGION)
        self._boto: Any = session.client("dynamodb", endpoint_url=cloud.endpoint)
        self._keys: Any = session.client("kms", endpoint_url=cloud.endpoint)
        self._run = uuid.uuid4().hex[:8]
        self._tables: dict[str, SweepableStore] = {}
        self._lean = transport == "lean"
        self._dynamodb: Any = (
            lean.LeanDynamoDB(lean.service("dynamodb", known)) if self._lean else self._boto
        )
        self._key: str = self._keys.create_key()["KeyMetadata"]["KeyId"]
        self._kms: Any = lean.LeanKms(lean.service("kms", known)) if self._lean else self._keys

    @staticmethod
    def _variables(context: str) -> Mapping[str, str]:
        values = {
            "STAGE": "test",
            "CONTEXT": context,
            "TABLE": context,
            "DATA_KEY": "data",
            "BUS": "bus",
            "ORIGIN": "https://clinic.example",
            "TRUSTED_ISSUERS": "[]",
            "BLOBS_BUCKET": "blobs",
            "UPLOADS_BUCKET": "uploads",
            "DIGESTS_BUCKET": "digests",
            "SCANNER": "eicar",
            "SIGNING_KEY": "signing",
            "FRONT_DOOR_SHA256": hashlib.sha256(SECRET.encode()).hexdigest(),
        }
        return {f"TELESALUD_{name}": value for name, value in values.items()}

    def store(self, table: str) -> Any:
        """A table of this run's own."""
        if table not in self._tables:
            name = make_table(self._boto, f"{table}-{self._run}")
            self._tables[table] = DynamoStore(name, lambda: self._dynamodb)
        return self._tables[table]

    def key_wrapper(self, key: str) -> Any:  # one for all
        """The run's key."""
        return KmsWrapper(self._key, lambda: self._kms)


class Apps:
    """Both apps, and the operations that are measured."""

    def __init__(self, cloud: Cloud, transport: str) -> None:
        self._backend = Served(cloud, transport)
        self._made = 0
        self._patients: list[str] = []
        self.enter()
        roles = frozenset({Role.ADMINISTRATOR, Role.PHYSICIAN, Role.FRONT_DESK})
        caller = Caller(TENANT, new_id(), CallerKind.USER, roles)
        names = ("patients", "appointments")
        self._handlers = {name: Handler(load_app(name).app) for name in names}
        self._apis = {
            name: Api(cast("Chalice", handler), caller=caller)
            for name, handler in self._handlers.items()
        }

    @property
    def spent(self) -> float:
        """Milliseconds of processor time in the handlers so far."""
        return 1000 * sum(handler.spent for handler in self._handlers.values())

    def enter(self) -> None:
        """From now on the process stands on this backend."""
        backend.use(self._backend)
        given = EveryPatient()
        patch.object(wiring, "patients", lambda: given).start()

    def _ask(self, app: str, method: str, path: str, **more: Any) -> Any:
        headers = {FRONT_DOOR_HEADER: SECRET}
        key = new_id() if method != "GET" else ""
        answer = self._apis[app].request(method, path, headers=headers, key=key, **more)
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {answer.body}")
        return answer

    def prepare(self) -> None:
        """People, an agenda, and a full day of it."""
        self.enter()
        for _ in range(PEOPLE):
            self.create()
        site = self._ask(
            "appointments",
            "POST",
            "/appointments/sites",
            json={"name": "Sede Demostración", "zone": "America/Lima"},
        ).json["id"]
        self._ask(
            "appointments", "PUT", "/appointments/categories/visit", json=_CATEGORY, etag='"0"'
        )
        self._site = site
        self._people = [self._practitioner(n) for n in range(20)]
        self._day = datetime(2027, 1, 4, 5, tzinfo=UTC)
        self._slot = 0
        for _ in range(LISTED):
            self.book()
        self._listed = self._day
        self._day += timedelta(days=1)
        self._slot = 0

    def _practitioner(self, number: int) -> str:
        body = {
            "name": f"Médica Demostración {number}",
            "sites": [self._site],
            "specialties": ["general"],
        }
        person: str = self._ask(
            "appointments", "POST", "/appointments/practitioners", json=body
        ).json["id"]
        weekly = [
            {
                "weekday": day,
                "start": "00:00",
                "end": "23:30",
                "site": self._site,
                "slot_minutes": 30,
            }
            for day in range(1, 8)
        ]
        path = f"/appointments/practitioners/{person}/availability"
        self._ask("appointments", "PUT", path, json={"weekly": weekly}, etag='"0"')
        return person

    def read(self) -> None:
        self._made += 1
        patient = self._patients[self._made * 37 % len(self._patients)]
        self._ask("patients", "GET", f"/patients/{patient}")

    def create(self) -> None:
        self._made += 1
        family = _word(self._made // FOUND)
        body = {
            "name": {"given": _word(-self._made), "family": family},
            "birth_date": str((datetime(1940, 1, 1) + timedelta(days=self._made)).date()),  # noqa: DTZ001  # a day
            "sex": "female",
            "phones": [],
        }
        body.pop("phones")
        self._patients.append(self._ask("patients", "POST", "/patients", json=body).json["id"])

    def book(self) -> None:
        person = self._people[self._slot % 20]
        at = self._day + timedelta(minutes=30 * (self._slot // 20))
        self._slot += 1
        if self._slot == 20 * 46:
            self._day, self._slot = self._day + timedelta(days=1), 0
        body = {
            "patient": {
                "id": self._patients[self._slot % PEOPLE],
                "display_name": "Paciente Demostración",
            },
            "practitioners": [person],
            "site": self._site,
            "category": "visit",
            "start": at.isoformat(),
            "minutes": 30,
        }
        self._ask("appointments", "POST", "/appointments", json=body)

    def day(self) -> None:
        until = self._listed + timedelta(days=1)
        query = {
            "site": self._site,
            "since": self._listed.isoformat(),
            "until": until.isoformat(),
            "limit": "200",
        }
        found = self._ask("appointments", "GET", "/appointments/agenda", query=query).json["items"]
        assert len(found) == LISTED, len(found)

    def search(self) -> None:
        self._made += 1
        name = _word(1 + self._made % (PEOPLE // FOUND - 1))
        found = self._ask("patients", "GET", "/patients", query={"name": name}).json["items"]
        assert len(found) == FOUND, len(found)


_CATEGORY = {
    "title_es": "Consulta",
    "title_pt": "Consulta",
    "title_en": "Visit",
    "minutes": 30,
    "telemedicine": False,
}


def _word(number: int) -> str:
    """A name of its own for a number, whose beginning is no other's."""
    digest = hashlib.sha256(str(number).encode()).digest()
    return "".join("aeioulnrst"[byte % 10] for byte in digest[:8]).title()


class Handler:
    """A function as Lambda's runtime calls it: from the event's text to the answer's."""

    def __init__(self, app: Chalice) -> None:
        self._app = app
        self.spent = 0.0
        """Seconds of processor time so far."""

    @property
    def routes(self) -> Any:
        """Those of the app."""
        return self._app.routes

    def __call__(self, event: dict[str, Any], context: Any) -> Any:
        text = json.dumps(event)
        before = time.process_time()
        answer = self._app(json.loads(text), context)
        json.dumps(answer)
        self.spent += time.process_time() - before
        return answer


os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
