"""Two years of a patient's record, synthetic: what a chart looks like when it is in use.

Dates are reckoned back from a given moment. What was written is kept as the API keeps it: recorded
now, about then.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

SIGNER = "Profesional Demostración Uno"

_ENTRIES: Final[tuple[tuple[str, Mapping[str, Any]], ...]] = (
    ("problems", {"text": "Hipertensión arterial", "status": "chronic", "verification": "confirmed",
                  "diagnoses": [{"code": "BA00"}], "days": {"onset_on": 720}}),
    ("problems", {"text": "Diabetes tipo 2", "status": "active", "verification": "confirmed",
                  "diagnoses": [{"code": "5A11"}], "days": {"onset_on": 540}}),
    ("problems", {"text": "Rinitis alérgica", "status": "resolved", "verification": "confirmed",
                  "diagnoses": [{"code": "CA08"}], "days": {"onset_on": 400, "ended_on": 310}}),
    ("allergies", {"text": "Penicilina", "codes": ["substance:benzylpenicillin"],
                   "criticality": "high", "reaction": "Urticaria generalizada",
                   "verification": "confirmed"}),
    ("medications", {"text": "Enalapril 10 mg", "codes": ["atc:C09AA02"], "dose": "1 tableta",
                     "route": "oral", "frequency": "cada 12 horas", "days": {"started_on": 700}}),
    ("medications", {"text": "Metformina 850 mg", "codes": ["atc:A10BA02"], "dose": "1 tableta",
                     "route": "oral", "frequency": "con el desayuno y la cena",
                     "days": {"started_on": 530}}),
    ("medications", {"text": "Loratadina 10 mg", "codes": ["atc:R06AX13"], "dose": "1 tableta",
                     "route": "oral", "frequency": "por la noche", "status": "completed",
                     "days": {"started_on": 400, "ended_on": 370}}),
    ("immunizations", {"text": "Influenza estacional", "dose_number": 1, "lot": "DEMO-A1",
                       "body_site": "Deltoides izquierdo", "days": {"given_on": 560}}),
    ("immunizations", {"text": "Influenza estacional", "dose_number": 2, "lot": "DEMO-B7",
                       "body_site": "Deltoides izquierdo", "days": {"given_on": 190}}),
    ("immunizations", {"text": "Tétanos y difteria", "dose_number": 3, "lot": "DEMO-C4",
                       "body_site": "Deltoides derecho", "days": {"given_on": 430}}),
    ("procedures", {"text": "Electrocardiograma", "outcome": "Ritmo sinusal, sin isquemia",
                    "performer": SIGNER, "days": {"performed_on": 365}}),
    ("procedures", {"text": "Fondo de ojo", "outcome": "Sin retinopatía",
                    "performer": "Oftalmología Demostración", "days": {"performed_on": 150}}),
    ("family-history", {"text": "Infarto de miocardio", "relationship": "Padre", "onset_age": 58,
                        "deceased": True}),
    ("family-history", {"text": "Diabetes tipo 2", "relationship": "Madre", "onset_age": 49}),
    ("social-history", {"topic": "tobacco", "text": "Dejó de fumar; 8 paquetes-año",
                        "days": {"since": 1400}}),
    ("social-history", {"topic": "occupation", "text": "Trabajo de oficina, turno de día"}),
    ("social-history", {"topic": "activity", "text": "Camina 30 minutos tres veces por semana"}),
    ("consents", {"text": "Atención por teleconsulta", "decision": "permit", "channel": "in_person",
                  "form": "https://telesalud.example/fhir/Questionnaire/teleconsultation-consent|1.0.0",
                  "days": {"given_at": 300}}),
)  # fmt: skip

# Days ago; systolic, diastolic (mm[Hg]), pulse (/min), weight (kg), waist (cm).
_VITALS: Final = (
    (720, 162, 98, 82, 92.4, 106),
    (640, 154, 94, 80, 91.0, 105),
    (540, 150, 92, 78, 90.2, 104),
    (430, 146, 90, 76, 88.6, 102),
    (310, 142, 88, 76, 87.1, 101),
    (200, 138, 86, 74, 86.0, 99),
    (120, 136, 84, 72, 84.8, 98),
    (28, 131, 82, 72, 83.9, 97),
)
HEIGHT_CM = 171


@dataclass(frozen=True)
class _Visit:
    days: int
    reason: str
    soap: tuple[str, str, str, str]
    remote: bool = False


_VISITS: Final = (
    _Visit(540, "Sed y cansancio", (
        "Dos meses de sed, orina frecuente y cansancio.",
        "PA 150/92. Glucosa capilar en ayunas 168 mg/dL.",
        "Diabetes tipo 2, de comienzo. Hipertensión aún alta.",
        "Metformina 850 mg. Educación en diabetes. Hemoglobina A1c en tres meses.")),
    _Visit(310, "Control de presión y glucosa", (
        "Toma la medicación, camina tres veces por semana.",
        "PA 142/88. Peso 87,1 kg. Pies sin lesiones.",
        "Mejoría en ambos. Rinitis resuelta.",
        "Mismo tratamiento. Fondo de ojo. Control en cuatro meses.")),
    _Visit(120, "Teleconsulta de resultados", (
        "Sin molestias. Pregunta por sus análisis.",
        "Por video: buen aspecto. PA en casa 136/84.",
        "Hemoglobina A1c 6,9 %. Creatinina normal.",
        "Sigue igual. Control presencial en tres meses."), remote=True),
)  # fmt: skip


class Api(Protocol):
    """The public API with a clinician's token who may see the record."""

    def get(self, path: str) -> Any:
        """The answer's body."""

    def post(self, path: str, body: Mapping[str, Any] | None = None, **headers: str) -> Any:
        """The answer's body."""


def fill(api: Api, patient: str, now: datetime) -> None:
    """Entries, measurements and signed visits of the two years before `now`."""
    for kind, entry in _ENTRIES:
        api.post(f"/patients/{patient}/{kind}", _dated(entry, now))
    _measure(api, patient, now)
    for visit in _VISITS:
        _attend(api, patient, visit, now)


def _dated(entry: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """With the dates that `days` counts back from `now`; a consent's has a time of day."""
    body = {name: value for name, value in entry.items() if name != "days"}
    for name, days in entry.get("days", {}).items():
        at = now - timedelta(days=days)
        body[name] = at.isoformat() if name.endswith("_at") else at.date().isoformat()
    return body


def _measure(api: Api, patient: str, now: datetime) -> None:
    """Blood pressure that comes down over two years, and weight with it."""
    for days, systolic, diastolic, pulse, weight, waist in _VITALS:
        values = {
            "systolic": (systolic, "mm[Hg]"),
            "diastolic": (diastolic, "mm[Hg]"),
            "pulse": (pulse, "/min"),
            "weight": (weight, "kg"),
            "height": (HEIGHT_CM, "cm"),
            "waist": (waist, "cm"),
        }
        record(api, patient, now - timedelta(days=days), values)


# Days ago, kg, cm.
_GROWTH: Final = (
    (660, 5.1, 57.5),
    (600, 6.4, 62),
    (540, 7.3, 66),
    (450, 8.3, 70.5),
    (365, 9.1, 74),
    (180, 10.4, 80.5),
    (10, 11.6, 86),
)


def grow(api: Api, patient: str, now: datetime) -> None:
    """Weights and lengths of a girl who is two years old now."""
    for days, kg, cm in _GROWTH:
        values = {"weight": (kg, "kg"), "height": (cm, "cm")}
        record(api, patient, now - timedelta(days=days), values)


def record(api: Api, patient: str, at: datetime, values: Mapping[str, tuple[float, str]]) -> None:
    """One set of vital signs: values in UCUM units."""
    given = {name: {"value": value, "unit": unit} for name, (value, unit) in values.items()}
    body = {"measured_at": at.isoformat(), "values": given}
    api.post(f"/patients/{patient}/vitals", body)


def _attend(api: Api, patient: str, visit: _Visit, now: datetime) -> None:
    start = now - timedelta(days=visit.days)
    begun = api.post(
        f"/patients/{patient}/encounters",
        {
            "kind": "telemedicine" if visit.remote else "ambulatory",
            "reason": visit.reason,
            "started_at": start.isoformat(),
            "ended_at": (start + timedelta(minutes=20)).isoformat(),
            "practitioner_name": SIGNER,
        },
    )
    path = f"/patients/encounters/{begun['id']}"
    sections = ("subjective", "objective", "assessment", "plan")
    soap = dict(zip(sections, visit.soap, strict=True))
    api.post(f"{path}/notes", {"soap": soap})
    found = api.get(path)
    if found["status"] == "open":
        api.post(f"{path}/sign", {"name": SIGNER}, **{"If-Match": f'"{found["version"]}"'})
