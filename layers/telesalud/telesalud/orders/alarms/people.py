"""Who is told, in which order, and by which address; kept by administrators."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final, NamedTuple, TypeVar

from schemas.alarms import (
    AlarmContact,
    AlarmContactBody,
    AlarmContactList,
    AlarmContactQuery,
    AlarmPlan,
    AlarmPlanBody,
    ChannelName,
)
from telesalud.orders.alarms.repository import contact_key, plan_key, test_key, tested
from telesalud.orders.policy import ALARM, GRANTS, MANAGE
from telesalud.orders.stored import StoredAlarmContact
from telesalud.platform.access import Caller, allows, require
from telesalud.platform.errors import Forbidden, NotFound, StaleVersion
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, ConditionFailed, Item, Put, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

A = TypeVar("A", AlarmPlan, AlarmContact)

_MINUTES: Final = 10


class Plan(NamedTuple):
    """Deputies in order, and how long each has."""

    deputies: tuple[str, ...]
    minutes: int

    @property
    def wait(self) -> timedelta:
        """Between one person and the next."""
        return timedelta(minutes=self.minutes)

    @classmethod
    def of(cls, item: Item | None) -> "Plan":
        """The institution's plan; nobody but the responsible person when there is none."""
        if item is None:
            return cls((), _MINUTES)
        return cls(tuple(item.text("deputies").split()), item.number("minutes"))


def read_plan(services: Services, call: Call, channels: Collection[ChannelName]) -> AlarmPlan:
    """The institution's plan; version 0 when none was made. `channels` are those that there are."""
    _either(call.caller)
    item = services.store.get(plan_key(call.caller.tenant))
    plan = Plan.of(item)
    return AlarmPlan(
        deputies=plan.deputies,
        minutes=plan.minutes,
        version=item.version if item else 0,
        channels=tuple(sorted(channels)),
    )


def put_plan(
    services: Services,
    call: Call,
    body: AlarmPlanBody,
    version: int,
    channels: Collection[ChannelName] = (),
) -> AlarmPlan:
    """Enter (version 0) or replace the plan. Raises StaleVersion."""
    require(call.caller, MANAGE, GRANTS)
    key = plan_key(call.caller.tenant)
    deputies = tuple(dict.fromkeys(body.deputies))
    work = Work(services, call)
    when = at_version(version) if version else ABSENT
    work.add(Put(key, {"deputies": " ".join(deputies), "minutes": body.minutes}, when=when))
    work.audit("orders.put_alarm_plan", call.caller.subject, "alarm-plan")
    answer = AlarmPlan(
        deputies=deputies,
        minutes=body.minutes,
        version=version + 1,
        channels=tuple(sorted(channels)),
    )
    return _committed(work, answer)


def read_contact(services: Services, call: Call, user: str) -> AlarmContact:
    """By what a user can be reached; their own, or anybody's for administrators.

    Raises Forbidden, NotFound.
    """
    own(call.caller, user, manages=allows(call.caller, MANAGE, GRANTS))
    tenant = call.caller.tenant
    key, test = contact_key(tenant, user), test_key(tenant, user)
    found = services.store.get_many([key, test])
    if key not in found:
        raise NotFound("nothing is on file by which this user can be reached")
    return _shown(services, tenant, found[key], found.get(test))


def list_contacts(services: Services, call: Call, query: AlarmContactQuery) -> AlarmContactList:
    """By what everybody can be reached, for administrators; audited. Raises Forbidden."""
    require(call.caller, MANAGE, GRANTS)
    tenant = call.caller.tenant
    partition = contact_key(tenant, "").pk
    page = services.store.query(
        partition, after=from_cursor(query.cursor), limit=min(query.limit, 100)
    )
    tests = [test_key(tenant, item.key.sk) for item in page.items]
    found = services.store.get_many(tests) if tests else {}
    work = Work(services, call)
    work.audit("orders.list_alarm_contacts", call.caller.subject, "alarm-contacts")
    work.commit()
    return AlarmContactList(
        items=tuple(
            _shown(services, tenant, item, found.get(test))
            for item, test in zip(page.items, tests, strict=True)
        ),
        cursor=to_cursor(page.next_after),
    )


def put_contact(
    services: Services, call: Call, user: str, body: AlarmContactBody, version: int
) -> AlarmContact:
    """Enter (version 0) or replace a user's addresses. Raises Forbidden, StaleVersion."""
    own(call.caller, user, manages=allows(call.caller, MANAGE, GRANTS))
    tenant = call.caller.tenant
    key = contact_key(tenant, user)
    stored = StoredAlarmContact(email=body.email, phone=body.phone, language=body.language)
    sealed = seal_model(services.vault, Scope(tenant), key, stored)
    work = Work(services, call)
    work.add(Put(key, {ATTRIBUTE: sealed}, when=at_version(version) if version else ABSENT))
    work.audit("orders.put_alarm_contact", user, f"alarm-contact/{user}")
    return _committed(work, stored.view(user, version + 1))


def contact_of(services: Services, tenant: str, user: str) -> StoredAlarmContact | None:
    """By what a user can be reached, for whoever tells them."""
    item = services.store.get(contact_key(tenant, user))
    return _opened(services, tenant, item) if item else None


def _shown(services: Services, tenant: str, item: Item, test: Item | None) -> AlarmContact:
    view = _opened(services, tenant, item).view(item.key.sk, item.version)
    return view.model_copy(update={"tested": tested(test)})


def _opened(services: Services, tenant: str, item: Item) -> StoredAlarmContact:
    return open_model(services.vault, Scope(tenant), item, StoredAlarmContact)


def _either(caller: Caller) -> None:
    if not allows(caller, MANAGE, GRANTS):
        require(caller, ALARM, GRANTS)


def own(caller: Caller, user: str, *, manages: bool) -> None:
    """One's own addresses, or anybody's for who manages. Raises Forbidden."""
    if manages:
        return
    require(caller, ALARM, GRANTS)
    if caller.subject != user:
        raise Forbidden("only your own addresses")


def _committed(work: Work, answer: A) -> A:
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return answer
