"""An institution's country profile: what its country's rules demand of records.

PROFILE#<t> / COUNTRY    country, zone, and whether diagnoses carry ICD-10 beside ICD-11
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

from schemas.terminology import RETENTION_YEARS, CountryProfile, CountryProfileBody
from telesalud.patients.policy import CONNECT, GRANTS, READ
from telesalud.platform.access import require
from telesalud.platform.errors import FieldError, Invalid, NotFound, StaleVersion
from telesalud.platform.law import floor_of
from telesalud.platform.store import ABSENT, ConditionFailed, Key, Put, Value, at_version
from telesalud.platform.work import Call, Services, Work

CAPITALS: Final[Mapping[str, str]] = {
    "AR": "America/Argentina/Buenos_Aires",
    "BO": "America/La_Paz",
    "BR": "America/Sao_Paulo",
    "CL": "America/Santiago",
    "CO": "America/Bogota",
    "CR": "America/Costa_Rica",
    "CU": "America/Havana",
    "DO": "America/Santo_Domingo",
    "EC": "America/Guayaquil",
    "GT": "America/Guatemala",
    "HN": "America/Tegucigalpa",
    "HT": "America/Port-au-Prince",
    "MX": "America/Mexico_City",
    "NI": "America/Managua",
    "PA": "America/Panama",
    "PE": "America/Lima",
    "PR": "America/Puerto_Rico",
    "PY": "America/Asuncion",
    "SV": "America/El_Salvador",
    "UY": "America/Montevideo",
    "VE": "America/Caracas",
}
"""Time zones of capitals, for institutions that have not named their own."""


def read_profile(services: Services, call: Call) -> CountryProfile:
    """The profile; without country and ICD-10 (version 0) until one is set."""
    require(call.caller, READ, GRANTS)
    return profile_of(services, call.caller.tenant)


def profile_of(services: Services, tenant: str) -> CountryProfile:
    """The profile of an institution."""
    item = services.store.get(profile_key(tenant))
    if item is None:
        years = RETENTION_YEARS
        return CountryProfile(
            country=None, icd10=False, retention_years=years, zone="UTC", version=0
        )
    return CountryProfile(
        country=item.text("country"),
        icd10=item.attributes["icd10"] is True,
        retention_years=item.number("retention_years"),
        zone=_zone(item.text("country"), item.attributes.get("zone")),
        version=item.version,
    )


def zone_of(services: Services, tenant: str) -> ZoneInfo:
    """The time zone in which the institution's days begin."""
    return ZoneInfo(profile_of(services, tenant).zone)


def today(services: Services, tenant: str) -> date:
    """The date at the institution's site."""
    return services.clock().astimezone(zone_of(services, tenant)).date()


def day_at(services: Services, tenant: str, moment: datetime) -> date:
    """The date at the institution's site at a moment."""
    return moment.astimezone(zone_of(services, tenant)).date()


def _zone(country: str | None, chosen: object) -> str:
    return str(chosen) if chosen else CAPITALS.get(country or "", "UTC")


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
    if body.zone is not None:
        fields["zone"] = body.zone
    work.add(Put(key, fields, when=when))
    work.audit("patients.set_country_profile", call.caller.tenant, f"country/{body.country}")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
    zone = _zone(body.country, body.zone)
    return CountryProfile(version=version + 1, **body.model_dump() | {"zone": zone})


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
