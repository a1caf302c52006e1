"""An institution's country profile: what its country's rules demand of records.

PROFILE#<t> / COUNTRY    country, and whether diagnoses carry ICD-10 beside ICD-11
"""

from collections.abc import Mapping
from typing import Final

from schemas.terminology import RETENTION_YEARS, CountryProfile, CountryProfileBody
from telesalud.patients.policy import CONNECT, GRANTS, READ
from telesalud.platform.access import require
from telesalud.platform.errors import FieldError, Invalid, NotFound, StaleVersion
from telesalud.platform.store import ABSENT, ConditionFailed, Key, Put, Value, at_version
from telesalud.platform.work import Call, Services, Work

FLOORS: Final[Mapping[str, int]] = {
    "AR": 10,  # Ley 26.529, art. 18
    "BR": 20,  # Lei 13.787/2018, art. 6
    "CL": 15,  # Ley 20.584 and Decreto 41/2012, art. 12
    "CO": 15,  # Resolución 839 de 2017, art. 3
    "MX": 5,  # NOM-004-SSA3-2012, 5.4
    "PE": 20,  # NTS 139-MINSA/2018
}
"""Years that the law of a country asks for at least, counted from the last addition."""


def floor_of(code: str | None) -> int:
    """The least number of years; where nobody entered a country's law, the product's default."""
    return FLOORS.get(code or "", RETENTION_YEARS)


def read_profile(services: Services, call: Call) -> CountryProfile:
    """The profile; without country and ICD-10 (version 0) until one is set."""
    require(call.caller, READ, GRANTS)
    return profile_of(services, call.caller.tenant)


def profile_of(services: Services, tenant: str) -> CountryProfile:
    """The profile of an institution."""
    item = services.store.get(profile_key(tenant))
    if item is None:
        years = RETENTION_YEARS
        return CountryProfile(country=None, icd10=False, retention_years=years, version=0)
    return CountryProfile(
        country=item.text("country"),
        icd10=item.attributes["icd10"] is True,
        retention_years=item.number("retention_years"),
        version=item.version,
    )


def put_profile(
    services: Services, call: Call, body: CountryProfileBody, version: int
) -> CountryProfile:
    """Set (version 0) or replace the profile; audited.

    Raises Forbidden, Invalid for a retention below the law's, StaleVersion.
    """
    require(call.caller, CONNECT, GRANTS)
    least = floor_of(body.country)
    if body.retention_years < least:
        detail = f"the law asks for {least} years at least"
        fault = FieldError("/retention_years", "below-law", detail, {"least": least})
        raise Invalid("records have to be kept for longer", [fault])
    key = profile_key(call.caller.tenant)
    when = at_version(version) if version else ABSENT
    work = Work(services, call)
    fields: dict[str, Value] = {
        "country": body.country,
        "icd10": body.icd10,
        "retention_years": body.retention_years,
    }
    work.add(Put(key, fields, when=when))
    work.audit("patients.set_country_profile", call.caller.tenant, f"country/{body.country}")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return CountryProfile(version=version + 1, **body.model_dump())


def icd10_name(services: Services, call: Call) -> str:
    """The name under which the country's edition of ICD-10 is published.

    Raises NotFound where the profile does not demand it.
    """
    profile = read_profile(services, call)
    if not profile.icd10 or profile.country is None:
        raise NotFound("this institution's country profile does not ask for ICD-10")
    return f"icd10-{profile.country.lower()}"


def profile_key(tenant: str) -> Key:
    """Where an institution's profile is."""
    return Key(f"PROFILE#{tenant}", "COUNTRY")
