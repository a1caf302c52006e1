"""The appointments app over HTTP, on a clinic of its own."""

from typing import Any

import pytest

from infra.openapi import load_app
from telesalud.appointments import wiring
from tests.support.http import Api, HttpAnswer
from tests.worlds.appointments.clinic import MONDAY, PATIENT, Clinic, desk

OTHERS = desk("clinic-two")


class Wire(Clinic):
    """The app on a clinic of its own."""

    def connect(self, monkeypatch: pytest.MonkeyPatch) -> Api:
        module = load_app("appointments")
        services = self.world.services
        monkeypatch.setattr(wiring, "services", lambda: services)
        monkeypatch.setattr(wiring, "patients", lambda: self.patients)
        monkeypatch.setattr(module.api, "_services", lambda: services)
        return Api(module.app, caller=desk())

    def body(self, **changes: Any) -> dict[str, Any]:
        return {
            "patient": {"id": PATIENT, "display_name": "Paciente Demostración Uno"},
            "practitioners": [self.ana],
            "site": self.site,
            "category": "visit",
            "start": MONDAY.isoformat(),
            "minutes": 30,
            **changes,
        }


def slug(answer: HttpAnswer) -> str:
    return str(answer.json["type"]).rpartition(":")[2]
