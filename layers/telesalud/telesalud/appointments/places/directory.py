"""Sites, practitioners, categories and opening hours: what appointments are made of."""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from pydantic import BaseModel

from schemas.agendas import (
    AffectedQuery,
    Availability,
    AvailabilityBody,
    Category,
    CategoryBody,
    CategoryList,
    ExtraBlock,
    Practitioner,
    PractitionerBody,
    PractitionerList,
    PractitionerMapped,
    Site,
    SiteBody,
    SiteFact,
    SiteList,
    WeeklyBlock,
)
from schemas.common import PageQuery
from telesalud.appointments.agendas import repository as agendas
from telesalud.appointments.agendas.stored import (
    OpeningHours,
    StoredCategory,
    StoredPractitioner,
    StoredSite,
)
from telesalud.appointments.places import affected_appointments
from telesalud.appointments.policy import GRANTS, MANAGE, READ
from telesalud.platform.access import require
from telesalud.platform.errors import FieldError, Invalid, NotFound, StaleVersion
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import ATTRIBUTE, from_json, open_model, seal_model, to_json
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Key, Put, Value, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

A = TypeVar("A", bound=BaseModel)


def add_site(services: Services, call: Call, body: SiteBody) -> Site:
    """Register a site."""
    require(call.caller, MANAGE, GRANTS)
    stored = StoredSite.of(body)
    site = stored.view(services.new_id(), 1)
    key = agendas.site_key(call.caller.tenant, site.id)
    told = Told("appointments.site_changed", _fact(site))
    return _created(services, call, key, to_json(stored), site, what="site", told=told)


def change_site(services: Services, call: Call, site: str, body: SiteBody, version: int) -> Site:
    """Replace a site's data. Raises NotFound, StaleVersion.

    Appointments on its holidays stay as they are; the answer names the first of them.
    """
    require(call.caller, MANAGE, GRANTS)
    tenant = call.caller.tenant
    key = agendas.site_key(tenant, site)
    stored = _kept(services, tenant, key, StoredSite.of(body))
    changed = stored.view(site, version + 1)
    told = Told("appointments.site_changed", _fact(changed))
    _changed(services, call, key, to_json(stored), version, what="site", told=told)
    if not body.holidays:
        return changed
    query = AffectedQuery(limit=affected_appointments.SHOWN)
    named = affected_appointments.on_holidays(services, call, changed, query, right=MANAGE).items
    return changed.model_copy(update={"affected": named})


def list_sites(services: Services, call: Call, query: PageQuery) -> SiteList:
    """The institution's sites."""
    items, cursor = _page(services, call, agendas.site_key(call.caller.tenant, "").pk, query)
    return SiteList(items=tuple(agendas.site_of(item) for item in items), cursor=cursor)


def add_practitioner(services: Services, call: Call, body: PractitionerBody) -> Practitioner:
    """Register a practitioner. Raises Invalid for a site that does not exist."""
    require(call.caller, MANAGE, GRANTS)
    tenant = call.caller.tenant
    _check_sites(services, tenant, body)
    stored = StoredPractitioner.of(body)
    practitioner = stored.view(services.new_id(), 1)
    key = agendas.practitioner_key(tenant, practitioner.id)
    sealed = seal_model(services.vault, Scope(tenant), key, stored)
    told = _mapped(call, practitioner.id, body)
    return _created(services, call, key, sealed, practitioner, what="practitioner", told=told)


def change_practitioner(
    services: Services, call: Call, practitioner: str, body: PractitionerBody, version: int
) -> Practitioner:
    """Replace a practitioner's data. Raises NotFound, StaleVersion, Invalid."""
    require(call.caller, MANAGE, GRANTS)
    tenant = call.caller.tenant
    _check_sites(services, tenant, body)
    key = agendas.practitioner_key(tenant, practitioner)
    present = services.fetch([key], Scope(tenant)).get(key)
    before = agendas.practitioner_of(services.vault, tenant, present) if present else None
    stored = _kept(services, tenant, key, StoredPractitioner.of(body))
    sealed = seal_model(services.vault, Scope(tenant), key, stored)
    told = _mapped(call, practitioner, body, before.user_id if before else None)
    _changed(services, call, key, sealed, version, what="practitioner", told=told)
    return stored.view(practitioner, version + 1)


def list_practitioners(services: Services, call: Call, query: PageQuery) -> PractitionerList:
    """The institution's practitioners."""
    tenant = call.caller.tenant
    partition = agendas.practitioner_key(tenant, "").pk
    items, cursor = _page(services, call, partition, query)
    found = tuple(agendas.practitioner_of(services.vault, tenant, item) for item in items)
    return PractitionerList(items=found, cursor=cursor)


def put_category(
    services: Services, call: Call, code: str, body: CategoryBody, version: int
) -> Category:
    """Create (version 0) or replace a category. Raises NotFound, StaleVersion."""
    require(call.caller, MANAGE, GRANTS)
    key = agendas.category_key(call.caller.tenant, code)
    stored = _kept(services, call.caller.tenant, key, StoredCategory.of(body))
    _changed(services, call, key, to_json(stored), version, what="category", create=True)
    return stored.view(code, version + 1)


def list_categories(services: Services, call: Call, query: PageQuery) -> CategoryList:
    """The institution's categories."""
    partition = agendas.category_key(call.caller.tenant, "").pk
    items, cursor = _page(services, call, partition, query)
    return CategoryList(items=tuple(agendas.category_of(i) for i in items), cursor=cursor)


def read_hours(services: Services, call: Call, practitioner: str) -> Availability:
    """A practitioner's opening hours; version 0 when they were never set. Raises NotFound."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    person = agendas.practitioner_key(tenant, practitioner)
    key = agendas.hours_key(tenant, practitioner)
    found = services.fetch([person, key], Scope(tenant))
    if person not in found:
        raise NotFound("there is no such practitioner")
    item = found.get(key)
    hours = agendas.hours_of(services.vault, tenant, item)
    return hours.view(practitioner, item.version if item else 0)


def put_hours(
    services: Services, call: Call, practitioner: str, body: AvailabilityBody, version: int
) -> Availability:
    """Set a practitioner's opening hours; version 0 the first time. Raises NotFound, StaleVersion.

    Appointments outside of the new hours stay as they are; the answer names the first of them.
    """
    require(call.caller, MANAGE, GRANTS)
    tenant = call.caller.tenant
    person = agendas.practitioner_key(tenant, practitioner)
    blocks: list[WeeklyBlock | ExtraBlock] = [*body.weekly, *body.extra]
    sites = {block.site for block in blocks}
    codes = {code for block in blocks for code in block.categories}
    keys = [agendas.site_key(tenant, site) for site in sites]
    keys += [agendas.category_key(tenant, code) for code in codes]
    if len(keys) > 90:
        raise Invalid("opening hours name at most 90 sites and categories")
    found = services.fetch([person, *keys], Scope(tenant))
    if person not in found:
        raise NotFound("there is no such practitioner")
    missing = [key.sk for key in keys if key not in found]
    if missing:
        faults = [FieldError("/weekly", "unknown", f"there is no {name}") for name in missing]
        raise Invalid("a block names a site or category that does not exist", faults)
    key = agendas.hours_key(tenant, practitioner)
    hours = _kept(services, tenant, key, OpeningHours.of(body))
    sealed = seal_model(services.vault, Scope(tenant), key, hours)
    _changed(services, call, key, sealed, version, what="hours", create=True)
    query = AffectedQuery(limit=affected_appointments.SHOWN)
    affected = affected_appointments.outside_hours(
        services, call, practitioner, hours, query, right=MANAGE
    )
    view = hours.view(practitioner, version + 1)
    return view.model_copy(update={"affected": affected.items})


def _check_sites(services: Services, tenant: str, body: PractitionerBody) -> None:
    keys = [agendas.site_key(tenant, site) for site in body.sites]
    found = services.fetch(list(dict.fromkeys(keys)), Scope(tenant))
    faults = [
        FieldError(f"/sites/{index}", "unknown", "there is no such site")
        for index, key in enumerate(keys)
        if key not in found
    ]
    if faults:
        raise Invalid("a site does not exist", faults)


def _page(
    services: Services, call: Call, partition: str, query: PageQuery
) -> tuple[Sequence[Item], str | None]:
    require(call.caller, READ, GRANTS)
    after = from_cursor(query.cursor)
    page = services.store.query(partition, after=after, limit=query.limit)
    return page.items, to_cursor(page.next_after)


class Told(NamedTuple):
    """An event that a change announces."""

    type: str
    data: SiteFact | PractitionerMapped


def _mapped(
    call: Call, practitioner: str, body: PractitionerBody, before: str | None = None
) -> Told | None:
    """An account that now sees the practitioner's patients: the record asks who did that."""
    if body.user_id is None or body.user_id == before:
        return None
    fact = PractitionerMapped(
        practitioner_id=practitioner, user_id=body.user_id, by=call.caller.subject
    )
    return Told("appointments.practitioner_mapped", fact)


def _fact(site: Site) -> SiteFact:
    return SiteFact(site_id=site.id, zone=site.zone, altitude_m=site.altitude_m)


def _created(
    services: Services,
    call: Call,
    key: Key,
    data: Value,
    answer: A,
    *,
    what: str,
    told: Told | None = None,
) -> A:
    work = Work(services, call)
    work.add(Put(key, {ATTRIBUTE: data}, when=ABSENT))
    if told:
        work.event(told.type, key.sk, 1, told.data.model_dump(mode="json"))
    work.audit("appointments.create", key.sk, f"{what}/{key.sk}")
    work.commit(answer, 1)
    return answer


def _kept(services: Services, tenant: str, key: Key, new: A) -> A:
    """The new data, with what a later release may have added to the present ones."""
    item = services.fetch([key], Scope(tenant)).get(key)
    if item is None:
        return new
    data = item.attributes[ATTRIBUTE]
    if isinstance(data, str):
        present = from_json(type(new), data)
    else:
        present = open_model(services.vault, Scope(tenant), item, type(new))
    return present.model_copy(update=dict(new))


def _changed(
    services: Services,
    call: Call,
    key: Key,
    data: Value,
    version: int,
    *,
    what: str,
    create: bool = False,
    told: Told | None = None,
) -> None:
    work = Work(services, call)
    when = ABSENT if create and version == 0 else at_version(version)
    work.add(Put(key, {ATTRIBUTE: data}, when=when))
    if told:
        work.event(told.type, key.sk, version + 1, told.data.model_dump(mode="json"))
    work.audit("appointments.update", key.sk, f"{what}/{key.sk}")
    try:
        work.commit()
    except ConditionFailed as failed:
        mine = failed.at(key)
        if mine is None:
            raise
        if mine.found is None and not create:
            raise NotFound(f"there is no such {what}") from failed
        raise StaleVersion from failed
