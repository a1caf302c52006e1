"""An institution's country profile: what its country's rules demand of records.

PROFILE#<t> / COUNTRY    country, and whether diagnoses carry ICD-10 beside ICD-11
"""

from schemas.terminology import CountryProfile, CountryProfileBody
from telesalud.patients.policy import CONNECT, GRANTS, READ
from telesalud.platform.access import require
from telesalud.platform.errors import NotFound, StaleVersion
from telesalud.platform.store import ABSENT, ConditionFailed, Key, Put, at_version
from telesalud.platform.work import Call, Services, Work


def read_profile(services: Services, call: Call) -> CountryProfile:
    """The profile; without country and ICD-10 (version 0) until one is set."""
    require(call.caller, READ, GRANTS)
    item = services.store.get(_key(call.caller.tenant))
    if item is None:
        return CountryProfile(country=None, icd10=False, version=0)
    country, icd10 = item.text("country"), item.attributes["icd10"] is True
    return CountryProfile(country=country, icd10=icd10, version=item.version)


def put_profile(
    services: Services, call: Call, body: CountryProfileBody, version: int
) -> CountryProfile:
    """Set (version 0) or replace the profile; audited. Raises Forbidden, StaleVersion."""
    require(call.caller, CONNECT, GRANTS)
    key = _key(call.caller.tenant)
    when = at_version(version) if version else ABSENT
    work = Work(services, call)
    work.add(Put(key, {"country": body.country, "icd10": body.icd10}, when=when))
    work.audit("patients.set_country_profile", call.caller.tenant, f"country/{body.country}")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return CountryProfile(country=body.country, icd10=body.icd10, version=version + 1)


def icd10_name(services: Services, call: Call) -> str:
    """The name under which the country's edition of ICD-10 is published.

    Raises NotFound where the profile does not demand it.
    """
    profile = read_profile(services, call)
    if not profile.icd10 or profile.country is None:
        raise NotFound("this institution's country profile does not ask for ICD-10")
    return f"icd10-{profile.country.lower()}"


def _key(tenant: str) -> Key:
    return Key(f"PROFILE#{tenant}", "COUNTRY")
