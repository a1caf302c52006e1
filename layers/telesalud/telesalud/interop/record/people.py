"""Patients as FHIR has them."""

from typing import Final

from schemas.patients import Address, ContactPerson, IdentityDocument, Patient, PersonName
from telesalud.interop.fhir.exact import Object
from telesalud.interop.record.shapes import kept, known, resource

DOCUMENTS: Final = "urn:telesalud:identity-document:"
"""Followed by country and kind: `urn:telesalud:identity-document:PE:DNI`."""
RECORD_NUMBER: Final = "urn:telesalud:record-number"


def patient(one: Patient) -> Object:
    """A registered patient."""
    precision = one.birth_date_precision
    digits = {"year": 4, "month": 7}.get(str(precision) if precision else "", 10)
    made = resource("Patient", one.id, one.version, None)
    identifiers = [_record_number(one.record_number), *map(_document, one.documents)]
    return made | kept(
        {
            "identifier": identifiers,
            "active": True,
            "name": _names(one.name),
            "telecom": _telecom(one),
            "gender": str(one.sex),
            "birthDate": one.birth_date.isoformat()[:digits],
            "deceasedDateTime": one.deceased_on.isoformat() if one.deceased_on else None,
            "address": [_address(one.address)] if one.address else None,
            "contact": _contacts(one),
            "communication": [
                {
                    "language": {"coding": [{"system": "urn:ietf:bcp:47", "code": one.language}]},
                    "preferred": True,
                }
            ],
        }
    )


def _record_number(number: str) -> Object:
    return {
        "use": "usual",
        "type": known("v2-0203", "MR"),
        "system": RECORD_NUMBER,
        "value": number,
    }


def _document(one: IdentityDocument) -> Object:
    code = "PPN" if one.type == "PASSPORT" else "NI"
    return {
        "use": "official",
        "type": known("v2-0203", code) | {"text": one.type},
        "system": f"{DOCUMENTS}{one.country}:{one.type}",
        "value": one.number,
    }


def _names(name: PersonName) -> list[Object]:
    given = [part for part in (name.given, name.middle) if part]
    family = " ".join(part for part in (name.family, name.second_family) if part)
    names: list[Object] = [{"use": "official", "family": family, "given": given}]
    if name.social_name:
        names.append({"use": "usual", "text": name.social_name})
    if name.birth_name:
        names.append({"use": "maiden", "family": name.birth_name})
    return names


def _telecom(one: Patient) -> list[Object]:
    found: list[Object] = [{"system": "phone", "value": phone} for phone in one.phones]
    return found + ([{"system": "email", "value": one.email}] if one.email else [])


def _address(one: Address) -> Object:
    return kept(
        {
            "line": list(one.lines),
            "city": one.city,
            "district": one.district,
            "state": one.region,
            "postalCode": one.postal_code,
            "country": one.country,
        }
    )


def _contacts(one: Patient) -> list[Object]:
    who = ((one.emergency_contact, "C"), (one.guardian, "N"))
    return [_contact(person, code) for person, code in who if person]


def _contact(person: ContactPerson, code: str) -> Object:
    relationship = known("v2-0131", code)
    if person.relationship:
        relationship |= {"text": person.relationship}
    phone = [{"system": "phone", "value": person.phone}] if person.phone else None
    return kept({"relationship": [relationship], "name": {"text": person.name}, "telecom": phone})
