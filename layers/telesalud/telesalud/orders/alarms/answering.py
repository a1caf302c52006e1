"""Seeing what rings, and saying that one looks after it."""

from schemas.alarms import Alarm, AlarmList, AlarmQuery
from telesalud.orders.access import open_record
from telesalud.orders.alarms import repository
from telesalud.orders.policy import ALARM, GRANTS
from telesalud.orders.services import OrdersServices
from telesalud.orders.stored import WorkItemNames
from telesalud.platform.access import require
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import InvalidTransition, NotFound
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import ATTRIBUTE, open_model
from telesalud.platform.store import Delete, Item, Update, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work, retrying

_NOTICES = 200


def ringing(services: Services, call: Call, query: AlarmQuery) -> AlarmList:
    """What rings in the institution, the oldest first; audited."""
    require(call.caller, ALARM, GRANTS)
    tenant = call.caller.tenant
    page = services.store.query(
        repository.open_partition(tenant), after=from_cursor(query.cursor), limit=query.limit
    )
    mains = {
        item.key: repository.main_key(tenant, item.text("subject"), item.number("number"))
        for item in page.items
    }
    found = services.store.get_many(list(mains.values()))
    work = Work(services, call)
    work.audit("orders.list_alarms", call.caller.subject, "alarms")
    work.commit()
    rings = [(item, found.get(mains[item.key])) for item in page.items]
    return AlarmList(
        items=tuple(
            repository.shown(main, _name(services, tenant, item))
            for item, main in rings
            if main is not None and repository.rings(main)
        ),
        cursor=to_cursor(page.next_after),
    )


def read(services: OrdersServices, call: Call, subject: str, number: int) -> Alarm:
    """An alarm and who was told of it. Raises Forbidden, NotFound."""
    require(call.caller, ALARM, GRANTS)
    main, notices = _found(services, call, subject, number)
    work = Work(services, call)
    work.audit("orders.read_alarm", main.text("patient"), f"alarm/{subject}/{number}")
    work.commit()
    return repository.shown(main, None, notices)


def acknowledge(services: OrdersServices, call: Call, subject: str, number: int) -> Alarm:
    """Somebody looks after it: nobody else is told any more.

    Whoever is responsible or was told may; anybody else needs a care relation with the patient.
    Repeating one's own changes nothing. Raises Forbidden, NotFound, InvalidTransition.
    """
    require(call.caller, ALARM, GRANTS)

    def step() -> Alarm:
        main, notices = _found(services, call, subject, number)
        told = {main.text("responsible"), *(one.text("user") for one in notices)}
        if call.caller.subject not in told:
            open_record(services, call, main.text("patient"), ALARM)
        if main.attributes.get("acknowledged_by") == call.caller.subject:
            return repository.shown(main, None, notices)
        if not repository.rings(main):
            raise InvalidTransition("acknowledged", "acknowledged")
        now = services.clock()
        given = {"acknowledged": to_text(now), "acknowledged_by": call.caller.subject}
        raised = from_text(main.text("raised"))
        work = Work(services, call)
        work.add(
            Update(main.key, set=given, when=at_version(main.version)),
            Delete(repository.open_key(call.caller.tenant, raised, subject, number)),
        )
        work.audit("orders.acknowledge_alarm", main.text("patient"), f"alarm/{subject}/{number}")
        answer = repository.shown(main, None, notices).model_copy(
            update={"acknowledged_at": now, "acknowledged_by": call.caller.subject}
        )
        work.commit(answer)
        return answer

    return retrying(step)


def _found(
    services: Services, call: Call, subject: str, number: int
) -> tuple[Item, tuple[Item, ...]]:
    main = services.store.get(repository.main_key(call.caller.tenant, subject, number))
    if main is None or "raised" not in main.attributes:
        raise NotFound("there is no such alarm")
    page = services.store.query(main.key.pk, "NOTICE#", limit=_NOTICES)
    return main, tuple(page.items)


def _name(services: Services, tenant: str, item: Item) -> str | None:
    if ATTRIBUTE not in item.attributes:
        return None
    return open_model(services.vault, Scope(tenant), item, WorkItemNames).patient_name
