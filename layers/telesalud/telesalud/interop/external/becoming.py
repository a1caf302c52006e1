"""What an external resource becomes in the chart: an entry of the clinician who adopts it.

The entry is unconfirmed and says where it comes from; codes are taken over as far as the chart has
a place for them. What would change its meaning on the way is not adopted.
"""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from schemas import chart as c
from schemas.clinical_events import ClinicalCode, Criticality
from schemas.external import ExternalKind
from telesalud.interop.external import telling
from telesalud.interop.fhir.exact import Json, Object
from telesalud.platform.errors import Conflict

KINDS: Final = {
    "AllergyIntolerance": ExternalKind.ALLERGY,
    "Condition": ExternalKind.PROBLEM,
    "MedicationStatement": ExternalKind.MEDICATION,
    "Immunization": ExternalKind.IMMUNIZATION,
}
_SCHEMES: Final = {
    "http://www.whocc.no/atc": "atc",
    "http://snomed.info/sct": "snomed",
    "http://id.who.int/icd/release/11/mms": "cie11",
    "http://hl7.org/fhir/sid/cvx": "cvx",
}
_CODE: Final = TypeAdapter[str](ClinicalCode)
_VACCINE: Final = re.compile(r"cvx:[0-9]{2,3}")
_PARTIAL: Final = re.compile(r"([12]\d{3})(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?(T.*)?")
_OVER: Final = ("inactive", "remission", "resolved")
_NOT_SO: Final = ("entered-in-error", "refuted", "not-done", "not-taken")
_NO_KNOWN: Final = ("716186003", "no-allergy-info", "no-known-allergies")


def kind_of(resource: Object) -> ExternalKind | None:
    """What it would become; None for what is to be looked at only."""
    if telling.status(resource) in _NOT_SO or resource.get("modifierExtension"):
        return None
    kind = KINDS.get(resource["resourceType"])
    if kind is ExternalKind.IMMUNIZATION and not _day(resource.get("occurrenceDateTime")):
        return None
    codes = {each.get("code") for each in _codings(resource.get("code"))}
    if kind is ExternalKind.ALLERGY and codes.intersection(_NO_KNOWN):
        # that none is known is asked of the patient, not taken over from elsewhere
        return None
    return kind


def body_of(resource: Object, source: str) -> c.AnyBody:
    """The entry that it becomes. Raises Conflict for what cannot be adopted."""
    kind = kind_of(resource)
    if kind is None:
        raise Conflict("this is to be looked at only; write an entry of your own")
    name = f"{resource['resourceType']}/{resource['id']}"
    told = "; ".join(telling.details(resource))
    comment = f"{told}\n\n[{name}] {source}".strip()[:4_000]
    common = {"text": telling.title(resource)[:200], "comment": comment}
    try:
        return _BODIES[kind](resource, common)
    except ValidationError:
        raise Conflict("what it says does not fit into an entry; write one of your own") from None


def _allergy(resource: Object, common: dict[str, Any]) -> c.AnyBody:
    criticality = {"low": Criticality.LOW, "high": Criticality.HIGH}
    reactions = [
        telling.concept(each) for r in resource.get("reaction", ()) for each in r["manifestation"]
    ]
    is_over = telling.concept(resource.get("clinicalStatus")) in _OVER
    if is_over:
        raise Conflict("the sender says that it is over; write an entry of your own")
    is_intolerance = resource.get("type") == "intolerance"
    return c.AllergyBody(
        **common,
        type=c.AllergyType.INTOLERANCE if is_intolerance else c.AllergyType.ALLERGY,
        codes=tuple(_codes(resource.get("code"))),
        criticality=criticality.get(resource.get("criticality", ""), Criticality.UNKNOWN),
        reaction=", ".join(filter(None, reactions))[:200] or None,
        onset_on=_day(resource.get("onsetDateTime")),
    )


def _problem(resource: Object, common: dict[str, Any]) -> c.AnyBody:
    statuses = {
        "recurrence": c.ProblemStatus.RECURRING,
        "relapse": c.ProblemStatus.RECURRING,
        "inactive": c.ProblemStatus.IMPROVED,
        "remission": c.ProblemStatus.IMPROVED,
        "resolved": c.ProblemStatus.RESOLVED,
    }
    icd11 = [
        c.DiagnosisGiven(code=str(each["code"]))
        for each in _codings(resource.get("code"))
        if _SCHEMES.get(each.get("system", "")) == "cie11" and each.get("code")
    ]
    status = _status_code(resource.get("clinicalStatus"))
    return c.ProblemBody(
        **common,
        diagnoses=tuple(icd11[:1]),
        onset_on=_day(resource.get("onsetDateTime")),
        ended_on=_day(resource.get("abatementDateTime")),
        status=statuses.get(status, c.ProblemStatus.ACTIVE),
    )


def _medication(resource: Object, common: dict[str, Any]) -> c.AnyBody:
    statuses = {
        "on-hold": c.MedicationStatus.ON_HOLD,
        "stopped": c.MedicationStatus.STOPPED,
        "completed": c.MedicationStatus.COMPLETED,
    }
    period = resource.get("effectivePeriod", {})
    doses = [str(each.get("text", "")) for each in resource.get("dosage", ())]
    return c.MedicationBody(
        **common,
        codes=tuple(_codes(resource.get("medicationCodeableConcept"))),
        dose=next((text[:200] for text in doses if text), None),
        started_on=_day(period.get("start") or resource.get("effectiveDateTime")),
        ended_on=_day(period.get("end")),
        status=statuses.get(resource.get("status", ""), c.MedicationStatus.ACTIVE),
    )


def _immunization(resource: Object, common: dict[str, Any]) -> c.AnyBody:
    lot = str(resource.get("lotNumber", ""))[:200] or None
    given = _day(resource.get("occurrenceDateTime"))
    if given is None:
        raise Conflict("nobody knows when it was given; write an entry of your own")
    codes = tuple(_codes(resource.get("vaccineCode")))
    return c.ImmunizationBody(**common, codes=codes, given_on=given, lot=lot, primary_source=False)


_BODIES: Final[dict[ExternalKind, Callable[[Object, dict[str, Any]], c.AnyBody]]] = {
    ExternalKind.ALLERGY: _allergy,
    ExternalKind.PROBLEM: _problem,
    ExternalKind.MEDICATION: _medication,
    ExternalKind.IMMUNIZATION: _immunization,
}


def _codings(value: Json) -> list[Object]:
    given = value.get("coding", ()) if isinstance(value, dict) else ()
    return [each for each in given if isinstance(each, dict)]


def _status_code(value: Json) -> str:
    return next((str(each.get("code", "")) for each in _codings(value)), "")


def _codes(value: Json) -> Iterator[str]:
    """The codes that the chart has a place for."""
    for each in _codings(value)[:20]:
        scheme = _SCHEMES.get(str(each.get("system", "")))
        code = f"{scheme}:{each.get('code', '')}"
        if scheme == "cvx" and _VACCINE.fullmatch(code):
            yield code
        elif scheme and scheme != "cvx":
            try:
                yield _CODE.validate_python(code)
            except ValidationError:
                continue  # of a form that the chart does not know; the words stay


def _day(value: Json) -> Any:
    """A date with the precision that the sender knew; None when there is none."""
    match = _PARTIAL.fullmatch(str(value)) if value else None
    if match is None:
        return None
    text = str(value)[:10]
    try:
        return date.fromisoformat(text) if match[4] else text
    except ValueError:
        return None  # the 30th of February: the sender's words keep it
