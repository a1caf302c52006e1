"""Where and with whom an appointment can be: checks that need one read, shared by booking and
rescheduling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from schemas.agendas import Category, Site
from telesalud.appointments import calendar, repository
from telesalud.appointments.calendar import Span
from telesalud.appointments.directory import open_hours
from telesalud.appointments.policy import GRANTS, OVERRULE
from telesalud.appointments.refusals import AgendaChanged, OutsideHours
from telesalud.appointments.repository import Attendant
from telesalud.platform.access import Caller, require
from telesalud.platform.errors import FieldError, Invalid
from telesalud.platform.store import ABSENT, Check, ConditionFailed, Item, Key, at_version
from telesalud.platform.work import Services

BACKDATED = timedelta(hours=12)
"""How far in the past a visit may still be entered: today's walk-ins."""
AHEAD = timedelta(days=730)
AHEAD_TELEMEDICINE = timedelta(days=350)
"""As far as the consults service plans."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for."""

    practitioners: Sequence[str]
    site: str
    category: str
    span: Span
    outside_hours: bool


@dataclass(frozen=True, slots=True)
class Setting:
    """What was found, and the checks that keep it true until the transaction."""

    site: Site
    category: Category
    attendants: tuple[Attendant, ...]
    checks: tuple[Check, ...]


def keys_for(tenant: str, wanted: Wanted) -> list[Key]:
    """What has to be read to judge `wanted`."""
    return [
        repository.site_key(tenant, wanted.site),
        repository.category_key(tenant, wanted.category),
        *(repository.practitioner_key(tenant, p) for p in wanted.practitioners),
        *(repository.hours_key(tenant, p) for p in wanted.practitioners),
    ]


def judge(
    services: Services, caller: Caller, wanted: Wanted, found: dict[Key, Item], *, new: bool
) -> Setting:
    """The setting of what is wanted. Raises Invalid, OutsideHours, Forbidden.

    A `new` appointment needs an active category and practitioners.
    """
    tenant = caller.tenant
    setting = _known(services, tenant, wanted, found, new=new)
    _check_time(services, wanted.span, setting.category)
    if wanted.outside_hours:
        require(caller, OVERRULE, GRANTS)
        return setting
    zone = ZoneInfo(setting.site.zone)
    for practitioner in wanted.practitioners:
        hours = open_hours(services, tenant, found.get(repository.hours_key(tenant, practitioner)))
        if not calendar.is_open(hours, wanted.span, wanted.site, wanted.category, zone):
            raise OutsideHours(practitioner=practitioner)
    return setting


def _known(
    services: Services, tenant: str, wanted: Wanted, found: dict[Key, Item], *, new: bool
) -> Setting:
    faults = []
    site = found.get(repository.site_key(tenant, wanted.site))
    if site is None:
        faults.append(FieldError("/site", "unknown", "there is no such site"))
    item = found.get(repository.category_key(tenant, wanted.category))
    category = repository.category_of(item) if item else None
    if category is None or (new and not category.active):
        faults.append(FieldError("/category", "unknown", "there is no such active category"))
    attendants, checks = [], []
    for index, practitioner in enumerate(wanted.practitioners):
        person = found.get(repository.practitioner_key(tenant, practitioner))
        known = repository.practitioner_of(services.vault, tenant, person) if person else None
        if known is None or not known.active or wanted.site not in known.sites:
            detail = "there is no such active practitioner at this site"
            faults.append(FieldError(f"/practitioners/{index}", "unknown", detail))
            continue
        attendants.append(Attendant(id=known.id, name=known.name, user_id=known.user_id))
        key = repository.hours_key(tenant, practitioner)
        hours = found.get(key)
        checks.append(Check(key, at_version(hours.version) if hours else ABSENT))
    if faults or site is None or category is None:
        raise Invalid("the appointment names something that cannot be booked", faults)
    return Setting(repository.site_of(site), category, tuple(attendants), tuple(checks))


def _check_time(services: Services, span: Span, category: Category) -> None:
    now = services.clock()
    ahead = AHEAD_TELEMEDICINE if category.telemedicine else AHEAD
    if span.start < now - BACKDATED:
        fault = FieldError("/start", "past", "an appointment does not start in the past")
        raise Invalid("the start is in the past", [fault])
    if span.start > now + ahead:
        fault = FieldError("/start", "too-far", f"book at most {ahead.days} days ahead")
        raise Invalid("the start is too far ahead", [fault])


def hours_moved(setting: Setting, failed: ConditionFailed) -> AgendaChanged | None:
    """The refusal to raise when opening hours changed under the transaction."""
    if any(failed.at(check.key) for check in setting.checks):
        return AgendaChanged()
    return None
