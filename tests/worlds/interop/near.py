"""The contexts that keep the record, as interop sees them: answers by path, one token's view."""

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from pydantic import BaseModel

from schemas import chart, patients
from schemas import orders as o
from schemas.care import Admission
from schemas.common import Contract
from schemas.formulary import OrderedTest, OrderKind
from schemas.prescriptions import PatientLabel
from schemas.vitals import VitalsList
from telesalud.platform.errors import NotFound

PATIENT = "019ab000-0000-7000-8000-000000000001"
ENTRY = "019ab000-0000-7000-8000-00000000e001"
ORDER = "019ab000-0000-7000-8000-00000000d001"
AT = datetime(2026, 3, 1, 15, 30, tzinfo=UTC)
RIGHTS = (
    "interop.read",
    "interop.write",
    "patients.read",
    "patients.read_record",
    "orders.read_chart",
    "orders.read_orders",
    "orders.read_prescriptions",
    "appointments.read",
)


Told = TypeVar("Told", bound=BaseModel)


def told(model: type[Told], fields: dict[str, Any]) -> Told:
    """A contract as it comes over HTTP."""
    return model.model_validate_json(json.dumps(fields, default=_text))


def _text(value: Any) -> Any:
    return value.model_dump(mode="json") if isinstance(value, BaseModel) else value.isoformat()


@dataclass
class Near:
    """`telesalud.interop.record.clinic.Clinic` from a table of answers."""

    answers: dict[str, Contract] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    posted: dict[str, tuple[str, str]] = field(default_factory=dict)
    refusal: Exception | None = None

    def get(self, path: str) -> bytes:
        self.asked.append(path)
        if self.refusal is not None:
            raise self.refusal
        for known, answer in self.answers.items():
            if path == known or path.startswith(known + "?"):
                return answer.model_dump_json().encode()
        raise NotFound

    def post(self, path: str, body: str, key: str) -> bytes:
        if self.refusal is not None:
            raise self.refusal
        made, _ = self.posted.setdefault(
            key, (f"019ab000-0000-7000-8000-{len(self.posted):012d}", "")
        )
        self.posted[key] = (made, path + " " + body)
        return f'{{"id":"{made}"}}'.encode()


def near() -> Near:
    """A record with one patient in it."""
    one = person()
    summary = patients.PatientSummary(
        id=PATIENT,
        record_number=one.record_number,
        display_name="Paciente Demostración Uno",
        birth_date=one.birth_date,
        sex=one.sex,
        documents=one.documents,
        deceased=False,
    )
    members = (PATIENT,)
    admission = Admission(patient=PATIENT, members=members, relations=(), deceased=False)
    return Near(
        {
            "/patients": patients.PatientList(items=(summary,)),
            f"/patients/{PATIENT}": one,
            f"/patients/{PATIENT}/admission": admission,
            f"/patients/{PATIENT}/vitals": VitalsList(items=()),
        }
    )


def person(**more: Any) -> patients.Patient:
    """The patient."""
    fields: dict[str, Any] = {
        "id": PATIENT,
        "record_number": "00000018",
        "version": 3,
        "registered_at": AT,
        "name": {"given": "Paciente", "family": "Demostración", "second_family": "Uno"},
        "birth_date": date(1980, 5, 1),
        "sex": "female",
        "documents": [{"country": "PE", "type": "DNI", "number": "40000001"}],
    }
    return told(patients.Patient, fields | more)


def recorded(**more: Any) -> dict[str, Any]:
    """What every entry has."""
    fields = {"id": ENTRY, "patient": PATIENT, "version": 2, "recorded_by": "u", "recorded_at": AT}
    return fields | more


def allergy(**more: Any) -> chart.Allergy:
    """An allergy to penicillin."""
    fields = {"text": "Penicilina", "codes": ["substance:penicillin"], "reaction": "urticaria"}
    return told(chart.Allergy, recorded(**fields) | more)


def order(**more: Any) -> o.Order:
    """A haemoglobin that was measured."""
    label = PatientLabel(
        name="Paciente Demostración Uno",
        birth_date=date(1980, 5, 1),
        record_number="00000018",
        language="es",
    )
    value = o.Observation(display="Hemoglobina", loinc="718-7", value=9.5, unit="g/dL", low=12.0)
    result = o.Result(
        number=1,
        status=o.ResultStatus.FINAL,
        observations=(value,),
        conclusion=None,
        correction_reason=None,
        entered_at=AT,
        entered_by="u",
        critical=False,
    )
    fields: dict[str, Any] = {
        "id": ORDER,
        "patient": PATIENT,
        "kind": OrderKind.LABORATORY,
        "status": o.OrderStatus.RESULTED,
        "encounter": None,
        "tests": (OrderedTest(loinc="718-7", display="Hemoglobina"),),
        "priority": "routine",
        "reason": "Control",
        "result_within_hours": 24,
        "patient_label": label,
        "created_at": AT,
        "created_by": "u",
        "result": result,
        "resulted_at": AT,
        "version": 4,
    }
    return told(o.Order, fields | more)
