"""Small data types of FHIR R4, made from values of the contracts."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from telesalud.interop.fhir.exact import Exact, Object

ICD11: Final = "http://id.who.int/icd/release/11/mms"
ICD10: Final = "http://hl7.org/fhir/sid/icd-10"
LOINC: Final = "http://loinc.org"
UCUM: Final = "http://unitsofmeasure.org"
_TERMINOLOGY: Final = "http://terminology.hl7.org/CodeSystem/"
_SYSTEMS: Final = {
    "atc": "http://www.whocc.no/atc",
    "cie11": ICD11,
    "cvx": "http://hl7.org/fhir/sid/cvx",
    "snomed": "http://snomed.info/sct",
}
_OWN_CODES: Final = "urn:telesalud:"


def resource(
    type_: str, id_: str, version: int, at: datetime | None, sensitivity: Sequence[str] = ()
) -> Object:
    """The beginning of a resource; what is sensitive is labelled as restricted.

    Where a contract tells no moment of its last change, `lastUpdated` is absent, not guessed.
    """
    meta = kept({"versionId": str(version), "lastUpdated": moment(at) if at else None})
    if sensitivity:
        meta["security"] = [{"system": f"{_TERMINOLOGY}v3-Confidentiality", "code": "R"}]
    return {"resourceType": type_, "id": id_, "meta": meta}


def moment(at: datetime) -> str:
    """An instant."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def day(value: date | str | None) -> str | None:
    """A date with the precision that is known."""
    return value.isoformat() if isinstance(value, date) else value


def reference(type_: str, id_: str | None, display: str | None = None) -> Object | None:
    """A reference to a resource here."""
    if id_ is None:
        return None
    return kept({"reference": f"{type_}/{id_}", "display": display})


def known(system: str, code: str) -> Object:
    """A concept of HL7's own code systems."""
    return {"coding": [{"system": _TERMINOLOGY + system, "code": code}]}


def loinc(code: str | None, text: str) -> Object:
    """A concept of LOINC with the words that were used for it."""
    coding = [{"system": LOINC, "code": code}] if code else None
    return kept({"coding": coding, "text": text})


def concept(text: str, codes: Sequence[str] = ()) -> Object:
    """What an entry is called, and its codes (`atc:J01CA04`)."""
    coding = []
    for each in codes:
        scheme, _, code = each.partition(":")
        coding.append({"system": _SYSTEMS.get(scheme, _OWN_CODES + scheme), "code": code})
    return kept({"coding": coding or None, "text": text})


def quantity(value: Decimal | float, unit: str, comparator: str | None = None) -> Object:
    """A number with the digits that are kept of it, in UCUM."""
    number = Exact(format(value, "f") if isinstance(value, Decimal) else repr(value))
    return kept(
        {"value": number, "comparator": comparator, "unit": unit, "system": UCUM, "code": unit}
    )


def note(text: str | None) -> list[Object] | None:
    """An annotation."""
    return [{"text": text}] if text else None


def kept(elements: Object) -> Object:
    """The elements that have a value: FHIR knows no null and nothing empty."""
    return {name: value for name, value in elements.items() if value not in (None, "", [], {})}
