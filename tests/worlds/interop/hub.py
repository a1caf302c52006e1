"""Another system at the FHIR address of an institution."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from infra.openapi import load_app
from telesalud.interop import wiring
from telesalud.interop.fhir.services import FhirServices
from telesalud.platform.access import Caller, CallerKind
from tests.support.http import Api, HttpAnswer
from tests.worlds.world import TENANT, World

BASE = "http://127.0.0.1:8080/api/interop/fhir/r4"
ROOT = "/interop/fhir/r4"
DOCUMENTS = "urn:oid:2.16.840.1.113883.4.904"
EVERYTHING = ("interop.read", "interop.write")


def machine(*scopes: str, tenant: str = TENANT) -> Caller:
    """A partner system with these scopes."""
    return Caller(tenant, "laboratory-demo", CallerKind.PARTNER, scopes=frozenset(scopes))


@dataclass
class Hub:
    """A FHIR client; `api` sends anything else."""

    world: World
    api: Api

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        caller: Caller | None = None,
        **headers: str,
    ) -> HttpAnswer:
        """One request below the base; `body` is an object or JSON text."""
        text = body if isinstance(body, str) or body is None else json.dumps(body)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if text is not None:
            sent = {"content-type": "application/fhir+json", **sent}
        address, _, query = path.partition("?")
        target = f"{ROOT}/{address}".rstrip("/") + (f"?{query}" if query else "")
        return self.api.request(method, target, body=text, headers=sent, caller=caller)

    def get(self, path: str, **headers: str) -> HttpAnswer:
        """GET."""
        return self.send("GET", path, None, None, **headers)

    def post(self, path: str, body: Any, **headers: str) -> HttpAnswer:
        """POST."""
        return self.send("POST", path, body, None, **headers)

    def put(self, path: str, body: Any, **headers: str) -> HttpAnswer:
        """PUT."""
        return self.send("PUT", path, body, None, **headers)

    def delete(self, path: str, **headers: str) -> HttpAnswer:
        """DELETE."""
        return self.send("DELETE", path, None, None, **headers)

    def add(self, resource: Mapping[str, Any]) -> str:
        """Create a resource; its id."""
        answer = self.post(str(resource["resourceType"]), resource)
        assert answer.status == 201, answer.body
        return str(answer.json["id"])

    def patient(self, number: str = "40000001", **more: Any) -> str:
        """Create a patient; their id."""
        return self.add(patient(number, **more))

    def ids(self, path: str) -> list[str]:
        """Ids of the matches of a search's first page."""
        answer = self.get(path)
        assert answer.status == 200, answer.body
        return [
            entry["resource"]["id"]
            for entry in answer.json.get("entry", [])
            if entry["search"]["mode"] == "match"
        ]

    def pages(self, path: str) -> Iterator[Any]:
        """The bundles of a search, following its next links."""
        while path:
            bundle = self.get(path).json
            yield bundle
            links = {link["relation"]: link["url"] for link in bundle["link"]}
            path = links.get("next", "").removeprefix(BASE + "/")


def hub(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A client that may do everything, in a world of its own."""
    world = World(context="interop")
    own = world.services
    services = FhirServices(own.store, own.vault, own.clock, own.new_id, BASE)
    monkeypatch.setattr(wiring, "services", lambda: own)
    monkeypatch.setattr(wiring, "fhir", lambda: services)
    app = load_app("interop").app
    return Hub(world, Api(app, caller=machine(*EVERYTHING)))


def patient(number: str = "40000001", **more: Any) -> dict[str, Any]:
    """A patient with a document number."""
    return {
        "resourceType": "Patient",
        "identifier": [{"system": DOCUMENTS, "value": number}],
        "name": [{"family": "Demostración", "given": ["Paciente", "Uno"]}],
        "gender": "female",
        "birthDate": "1980-05-01",
        **more,
    }


def observation(subject: str, **more: Any) -> dict[str, Any]:
    """A pulse."""
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4"}]},
        "subject": {"reference": f"Patient/{subject}"},
        "effectiveDateTime": "2026-03-01T10:30:00-05:00",
        "valueQuantity": {
            "value": 72,
            "unit": "/min",
            "system": "http://unitsofmeasure.org",
            "code": "/min",
        },
        **more,
    }
