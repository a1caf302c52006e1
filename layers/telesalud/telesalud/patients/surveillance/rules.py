"""Which diagnoses are notifiable: the country profile's list, as the institution changed it.

    PROFILE#<t> / COUNTRY         the country (`patients.country`)
    PROFILE#<t> / SURVEILLANCE    `added` and `removed` events, as JSON; nothing personal

`events.json` has the diseases of the International Health Regulations (2005), Annex 2, Brazil's
list (Portaria GM/MS 217/2023 and its additions), Peru's (Directiva Sanitaria 065-MINSA/DGE and
the bulletins of CDC Perú) and Colombia's (INS, events of SIVIGILA 2024), each with its delay by
country (docs/cases/results.md); each institution's epidemiologist completes it. A
change counts for what is recorded from then on.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

from pydantic import Field, TypeAdapter

from schemas.chart import Diagnosis
from schemas.surveillance import NotifiableEvent, Surveillance, SurveillanceBody, Urgency
from telesalud.patients.country import profile_key
from telesalud.patients.policy import GRANTS, READ, REPORT_NOTIFIABLE
from telesalud.patients.surveillance.stored import StoredSurveillance
from telesalud.platform.access import require
from telesalud.platform.errors import FieldError, Invalid, StaleVersion
from telesalud.platform.sealed import from_json, to_json
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Key, Put, at_version
from telesalud.platform.work import Call, Services, Work

_ATTRIBUTE = "rules"


class ShippedEvent(NotifiableEvent):
    """An event of the shipped list."""

    countries: tuple[str, ...] = Field(default=())
    """ISO 3166-1 alpha-2 of the countries that list it; none means all."""
    by_country: Mapping[str, Urgency] = Field(default_factory=dict)
    """Where a country wants to know of it sooner or later than the others."""


@cache
def shipped() -> tuple[ShippedEvent, ...]:
    """The list that comes with the product."""
    text = files(__package__).joinpath("events.json").read_text("utf-8")
    return TypeAdapter(tuple[ShippedEvent, ...]).validate_json(text)


def read(services: Services, call: Call) -> Surveillance:
    """The institution's list. Raises Forbidden."""
    require(call.caller, READ, GRANTS)
    return load(services, call.caller.tenant)


def put(services: Services, call: Call, body: SurveillanceBody, version: int) -> Surveillance:
    """Change what differs from the profile's list (version 0: for the first time); audited.

    Raises Forbidden, Invalid for the removal of what is not in the list, StaleVersion.
    """
    require(call.caller, REPORT_NOTIFIABLE, GRANTS)
    known = {event.id for event in shipped()}
    faults = [
        FieldError(f"/removed/{place}", "unknown", "the shipped list has no such event")
        for place, event in enumerate(body.removed)
        if event not in known
    ]
    if faults:
        raise Invalid("something cannot be removed", faults)
    tenant = call.caller.tenant
    key = _key(tenant)
    work = Work(services, call)
    when = at_version(version) if version else ABSENT
    stored = StoredSurveillance(added=body.added, removed=body.removed)
    work.add(Put(key, {_ATTRIBUTE: to_json(stored)}, when=when))
    work.audit("patients.set_surveillance", tenant, "surveillance")
    try:
        work.commit()
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return load(services, tenant)


def load(services: Services, tenant: str) -> Surveillance:
    """The list in force: one round trip."""
    key, country_key = _key(tenant), profile_key(tenant)
    found = services.store.get_many([key, country_key])
    item, country = found.get(key), _country(found.get(country_key))
    text = item.text(_ATTRIBUTE) if item else "{}"
    changes = from_json(StoredSurveillance, text)
    return Surveillance(
        country=country,
        events=_in_force(country, changes),
        left_out=_left_out(country, changes),
        added=changes.added,
        removed=changes.removed,
        version=item.version if item else 0,
    )


def matching(
    events: Sequence[NotifiableEvent], diagnoses: Iterable[Diagnosis]
) -> tuple[NotifiableEvent, ...]:
    """The events that any of the codes mean."""
    stems, icd10 = codes_of(diagnoses)
    return tuple(event for event in events if means(event, stems, icd10))


def codes_of(diagnoses: Iterable[Diagnosis]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """All codes of all clusters, and the codes of ICD-10 beside them."""
    known = tuple(diagnoses)
    stems = dict.fromkeys(code.code for one in known for code in one.codes)
    icd10 = dict.fromkeys(one.icd10 for one in known if one.icd10 is not None)
    return tuple(stems), tuple(icd10)


def means(event: NotifiableEvent, stems: Iterable[str], icd10: Iterable[str]) -> bool:
    """Whether any of the codes means the event."""
    return any(code.startswith(event.icd11) for code in stems if event.icd11) or any(
        code.startswith(event.icd10) for code in icd10 if event.icd10
    )


def _in_force(country: str | None, changes: StoredSurveillance) -> tuple[NotifiableEvent, ...]:
    own: Mapping[str, NotifiableEvent] = {event.id: event for event in changes.added}
    base = [
        _plain(event, country)
        for event in shipped()
        if (not event.countries or country in event.countries)
        and event.id not in changes.removed
        and event.id not in own
    ]
    return (*base, *own.values())


def _left_out(country: str | None, changes: StoredSurveillance) -> tuple[NotifiableEvent, ...]:
    return tuple(_plain(event, country) for event in shipped() if event.id in changes.removed)


def _plain(event: ShippedEvent, country: str | None) -> NotifiableEvent:
    fields = {name: getattr(event, name) for name in NotifiableEvent.model_fields}
    return NotifiableEvent(
        **fields | {"urgency": event.by_country.get(country or "", event.urgency)}
    )


def _country(item: Item | None) -> str | None:
    return item.text("country") if item else None


def _key(tenant: str) -> Key:
    return Key(f"PROFILE#{tenant}", "SURVEILLANCE")
