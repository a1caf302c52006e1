"""What patients got and nobody has paid for yet: written by hand, listed, waived."""

from collections.abc import Sequence
from typing import NamedTuple

from schemas.vouchers import Charge, ChargePage, ChargeQuery, ChargeState, NewCharge
from telesalud.billing import repository
from telesalud.billing.policy import CHARGE, GRANTS, ISSUE, READ_CHARGES
from telesalud.billing.services import BillingServices
from telesalud.billing.stored import StoredCharge
from telesalud.platform.access import require
from telesalud.platform.errors import FieldError, Invalid, InvalidTransition, NotFound, StaleVersion
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.store import ConditionFailed, Key
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

_BY_HAND = "by-hand"


class Where(NamedTuple):
    """A charge of a patient."""

    patient: str
    charge: str


def add(services: BillingServices, call: Call, body: NewCharge) -> Charge:
    """Write something that was done on demand. Raises Forbidden, NotFound, Gone, Invalid for what
    has not happened yet, Unavailable."""
    require(call.caller, CHARGE, GRANTS)
    refuse_unprintable(("/note", body.note))
    if body.at > services.clock():
        fault = FieldError("/at", "future", "charge what was done")
        raise Invalid("this has not happened yet", [fault])
    patient = services.neighbours.patient(body.patient)
    services.fetch([], Scope(call.caller.tenant, patient.id))
    given = dict(body) | {"patient": patient.id, "name": body.note}
    given.pop("note")
    made = StoredCharge(id=services.new_id(), source=_BY_HAND, **given)
    return _keep(Work(services, call), made, 0, "add_charge")


def page(services: BillingServices, call: Call, query: ChargeQuery) -> ChargePage:
    """What a patient got, under whichever registration, the oldest first; audited.

    Raises Forbidden, NotFound, Gone, Unavailable.
    """
    require(call.caller, READ_CHARGES, GRANTS)
    tenant, patient = call.caller.tenant, services.neighbours.patient(query.patient)
    listed = services.store.query(
        f"CHARGE#{tenant}#{patient.id}", "", after=from_cursor(query.cursor), limit=query.limit
    )
    services.fetch([], Scope(tenant, patient.id))
    wanted = [
        item for item in listed.items if not query.open or item.text("state") == ChargeState.OPEN
    ]
    items = [
        view(repository.opened_of_patient(services, tenant, item, StoredCharge), item.version)
        for item in wanted
    ]
    work = Work(services, call)
    work.audit("billing.list_charges", patient.id, f"patient/{patient.id}")
    work.commit()
    return ChargePage(items=tuple(items), cursor=to_cursor(listed.next_after))


def waive(services: Services, call: Call, where: Where, reason: str, version: int) -> Charge:
    """Ask nobody for it. Raises Forbidden, NotFound, Gone, StaleVersion, InvalidTransition."""
    require(call.caller, ISSUE, GRANTS)
    patient = where.patient
    key = repository.charge_key(call.caller.tenant, patient, where.charge)
    item = services.store.get(key)
    if item is None:
        raise NotFound("there is no such charge")
    services.fetch([], Scope(call.caller.tenant, patient))
    found = repository.opened_of_patient(services, call.caller.tenant, item, StoredCharge)
    if found.state is not ChargeState.OPEN:
        raise InvalidTransition(found.state.value, ChargeState.WAIVED.value)
    if item.version != version:
        raise StaleVersion
    made = found.model_copy(update={"state": ChargeState.WAIVED, "reason": reason})
    try:
        return _keep(Work(services, call), made, version, "waive_charge")
    except ConditionFailed as failed:
        raise StaleVersion from failed


def load(
    services: Services, tenant: str, patient: str, which: Sequence[str]
) -> list[tuple[StoredCharge, int]]:
    """Charges of a patient with their versions, in this order. Raises NotFound, Gone."""
    keys: list[Key] = [repository.charge_key(tenant, patient, one) for one in which]
    found = services.fetch(keys, Scope(tenant, patient))
    if any(key not in found for key in keys):
        raise NotFound("the patient has no such charge")
    return [
        (
            repository.opened_of_patient(services, tenant, found[key], StoredCharge),
            found[key].version,
        )
        for key in keys
    ]


def put(work: Work, made: StoredCharge, version: int) -> None:
    """Write a charge; `version` is the one it replaces, 0 for a new one."""
    key = repository.charge_key(work.call.caller.tenant, made.patient, made.id)
    repository.put_of_patient(work, key, made, version)


def _keep(work: Work, made: StoredCharge, version: int, action: str) -> Charge:
    put(work, made, version)
    work.audit(f"billing.{action}", made.patient, f"charge/{made.id}")
    answer = view(made, version + 1)
    work.commit(answer, answer.version)
    return answer


def view(made: StoredCharge, version: int) -> Charge:
    """What is answered."""
    return Charge.model_construct(**dict(made) | {"version": version})
