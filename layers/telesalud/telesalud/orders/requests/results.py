"""Results: entered, corrected with their history kept, flagged, and signed off by the orderer."""

from schemas.formulary import CatalogueKind
from schemas.orders import (
    NewResult,
    Observation,
    Order,
    OrderStatus,
    ResultList,
    ResultStatus,
    SignedOff,
    SignOff,
)
from telesalud.orders import repository
from telesalud.orders.access import open_order
from telesalud.orders.catalogues.releases import pointer_key
from telesalud.orders.errors import ResultSuperseded
from telesalud.orders.laboratory.judging import CRITICAL, Where, judge
from telesalud.orders.policy import GRANTS, ORDER, READ_ORDERS, RESULT
from telesalud.orders.requests.follow_up import keep
from telesalud.orders.requests.ordering import check_loinc, order_at
from telesalud.orders.services import OrdersServices
from telesalud.orders.statuses import ORDER as MACHINE
from telesalud.orders.statuses import move
from telesalud.orders.stored import StoredOrder, StoredResult
from telesalud.platform.access import require, require_live
from telesalud.platform.errors import Forbidden, Invalid, InvalidTransition, NotFound
from telesalud.platform.sealed import ATTRIBUTE, open_model
from telesalud.platform.store import ABSENT, Key, Put
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work

_MOST = 200
"""Versions of a result that a list shows."""
_NEXT: dict[ResultStatus | None, frozenset[ResultStatus]] = {
    None: frozenset({ResultStatus.PRELIMINARY, ResultStatus.FINAL}),
    ResultStatus.PRELIMINARY: frozenset({ResultStatus.PRELIMINARY, ResultStatus.FINAL}),
    ResultStatus.FINAL: frozenset({ResultStatus.CORRECTED}),
    ResultStatus.CORRECTED: frozenset({ResultStatus.CORRECTED}),
}


def enter(services: OrdersServices, call: Call, which: str, new: NewResult, version: int) -> Order:
    """Record a result or its correction; earlier versions stay as they are.

    A final or corrected one puts the order back before its orderer, whatever they had signed. A
    critical one is announced at once. Raises NotFound, StaleVersion, InvalidTransition, Invalid.
    """
    found = order_at(services, call, which, RESULT, version)
    status = _after(found, new.status)
    result = StoredResult(
        number=found.results + 1,
        status=new.status,
        observations=_flagged(services, call.caller.tenant, found, new),
        conclusion=new.conclusion,
        correction_reason=new.correction_reason,
        entered_at=services.clock(),
        entered_by=call.caller.subject,
        critical=False,
    )
    critical = any(o.flag in CRITICAL for o in result.observations)
    result = result.model_copy(update={"critical": critical})
    update: dict[str, object] = {"status": status, "result": result, "results": result.number}
    if status is OrderStatus.RESULTED:
        update |= {
            "resulted_at": result.entered_at,
            "overdue": False,
            "schedule": found.schedule + 1,
        }
    work = Work(services, call)
    _put(work, found, result)
    verbs = ["order_resulted", *(["critical_result"] if critical else [])]
    answer = keep(work, found, found.model_copy(update=update), "enter_result", *verbs)
    work.commit(answer, answer.version)
    return answer


def sign_off(
    services: OrdersServices, call: Call, which: str, body: SignOff, version: int
) -> Order:
    """The orderer has seen the latest version; of a final one that closes the loop.

    Raises Forbidden for anybody else (who may take the order over), SessionExpired, NotFound,
    StaleVersion, ResultSuperseded, InvalidTransition when that version is signed off already.
    """
    require(call.caller, ORDER, GRANTS)
    require_live(call.caller, services.clock())
    found = order_at(services, call, which, ORDER, version)
    if found.orderer != call.caller.subject:
        raise Forbidden("only the orderer signs a result off; take the order over first")
    if found.result is None:
        raise InvalidTransition(found.status.value, OrderStatus.REVIEWED.value)
    if body.result != found.result.number:
        raise ResultSuperseded(found.result.number)
    final = found.result.status is not ResultStatus.PRELIMINARY
    status = move(MACHINE, found.status, OrderStatus.REVIEWED) if final else found.status
    if any(signed.result == body.result for signed in found.sign_offs):
        raise InvalidTransition("signed off", "signed off")
    signed = SignedOff(
        result=body.result, by=call.caller.subject, at=services.clock(), comment=body.comment
    )
    update = {
        "status": status,
        "sign_offs": (*found.sign_offs, signed),
        "overdue": found.overdue and not final,
    }
    work = Work(services, call)
    after = found.model_copy(update=update)
    answer = keep(work, found, after, "sign_off_result", "order_signed_off")
    work.commit(answer, answer.version)
    return answer


def history(services: OrdersServices, call: Call, which: str) -> ResultList:
    """Every version of an order's result, latest first; audited. Raises NotFound."""
    tenant = call.caller.tenant
    found = open_order(services, call, which, READ_ORDERS).thing
    if found.result is None:
        raise NotFound("there is no result yet")
    pk = _key(tenant, which, 1).pk
    page = services.store.query(pk, "RESULT#", limit=_MOST, newest_first=True)
    work = Work(services, call)
    work.audit("orders.read_results", found.patient, f"order/{found.id}")
    work.commit()
    scope = Scope(tenant, found.patient)
    return ResultList(
        items=tuple(
            open_model(services.vault, scope, item, StoredResult).view() for item in page.items
        )
    )


def _after(found: StoredOrder, status: ResultStatus) -> OrderStatus:
    """The order's status after a result of this status. Raises InvalidTransition."""
    latest = found.result.status if found.result else None
    if found.status not in (OrderStatus.ACTIVE, OrderStatus.RESULTED, OrderStatus.REVIEWED):
        raise InvalidTransition(found.status.value, OrderStatus.RESULTED.value)
    if status not in _NEXT[latest]:
        raise InvalidTransition(latest.value if latest else "without a result", status.value)
    if status is ResultStatus.PRELIMINARY:
        return found.status
    return move(MACHINE, found.status, OrderStatus.RESULTED)


def _flagged(
    services: OrdersServices, tenant: str, found: StoredOrder, new: NewResult
) -> tuple[Observation, ...]:
    """The values read, checked and compared with their limits. Raises Invalid."""
    check_loinc([(f"/observations/{n}/loinc", o.loinc) for n, o in enumerate(new.observations)])
    tests = services.catalogues.tests(
        tenant, services.store.get(pointer_key(tenant, CatalogueKind.TESTS))
    )
    age = (services.clock().date() - found.patient_label.birth_date).days
    where = Where(max(age, 0), found.altitude_m)
    judged = [
        judge(observation, tests, where, f"/observations/{place}")
        for place, observation in enumerate(new.observations)
    ]
    faults = [fault for one in judged for fault in one.faults]
    if faults:
        raise Invalid("a value, its unit or its flag cannot be right", faults)
    return tuple(one.observation for one in judged)


def _put(work: Work, order: StoredOrder, result: StoredResult) -> None:
    tenant = work.call.caller.tenant
    key = _key(tenant, order.id, result.number)
    sealed = repository.sealed(work.services.vault, tenant, order.patient, key, result)
    work.add(Put(key, {ATTRIBUTE: sealed}, when=ABSENT))


def _key(tenant: str, order: str, number: int) -> Key:
    return Key(f"ORDER#{tenant}#{order}", f"RESULT#{number:04d}")
