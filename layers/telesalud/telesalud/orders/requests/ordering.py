"""Laboratory, imaging and service orders, from the draft to the specimen in the laboratory."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from schemas.formulary import CatalogueKind, OrderedTest
from schemas.orders import (
    EntryKind,
    NewOrder,
    Order,
    OrderBody,
    OrderStatus,
    Specimen,
    SpecimenBody,
)
from telesalud.orders import current_state, repository
from telesalud.orders.access import open_order, open_record
from telesalud.orders.catalogues.files import valid_loinc
from telesalud.orders.catalogues.releases import pointer_key
from telesalud.orders.errors import PatientDeceased
from telesalud.orders.policy import COLLECT, DRAFT, GRANTS, ORDER, READ_ORDERS, RESULT
from telesalud.orders.qualified.asking import ask
from telesalud.orders.requests.follow_up import ANSWER_WITHIN, keep
from telesalud.orders.services import OrdersServices
from telesalud.orders.signatures import issue_code, prescriber_of
from telesalud.orders.statuses import ORDER as MACHINE
from telesalud.orders.statuses import move
from telesalud.orders.stored import StoredOrder
from telesalud.orders.visits import check_encounter
from telesalud.platform.access import require, require_live
from telesalud.platform.errors import FieldError, Invalid, InvalidTransition
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work, retrying


def draft(services: OrdersServices, call: Call, command: NewOrder) -> Order:
    """Write a draft. Raises Invalid, NotFound, PatientDeceased, Unavailable."""
    record = open_record(services, call, command.patient, DRAFT)
    tenant, patient = record.tenant, record.patient
    check_encounter(record, command.encounter)
    label, place = services.people.label(patient), services.people.jurisdiction()
    state = repository.state_key(tenant, patient)
    found = services.fetch([state], Scope(tenant, patient))
    if current_state.deceased(record, found.get(state)):
        raise PatientDeceased
    tests = _tests(services, call, command)
    refuse_unprintable(("/patient", label), ("/tests", tests), ("/reason", command.reason))
    made = StoredOrder(
        id=services.new_id(),
        patient=patient,
        kind=command.kind,
        status=OrderStatus.DRAFT,
        encounter=command.encounter,
        tests=tests,
        priority=command.priority,
        reason=command.reason,
        result_within_hours=command.result_within_hours or ANSWER_WITHIN[command.priority],
        patient_label=label,
        created_at=services.clock(),
        created_by=call.caller.subject,
        zone=place.zone,
        altitude_m=services.people.altitude(),
    )
    work = Work(services, call)
    answer = keep(work, None, made, "draft_order")
    work.commit(answer, answer.version)
    return answer


def edit(services: OrdersServices, call: Call, which: str, body: OrderBody, version: int) -> Order:
    """Replace what a draft asks for. Raises NotFound, StaleVersion, InvalidTransition, Invalid."""
    opened = open_order(services, call, which, DRAFT)
    found = opened.thing
    repository.current(found.version, version)
    if found.status is not OrderStatus.DRAFT:
        raise InvalidTransition(found.status.value, "edited")
    check_encounter(opened.record, body.encounter, found.encounter)
    tests = _tests(services, call, body)
    refuse_unprintable(("/tests", tests), ("/reason", body.reason))
    update = {
        "kind": body.kind,
        "encounter": body.encounter,
        "tests": tests,
        "priority": body.priority,
        "reason": body.reason,
        "result_within_hours": body.result_within_hours or ANSWER_WITHIN[body.priority],
    }
    return _write(services, call, found, update, "edit_order")


def read(services: OrdersServices, call: Call, which: str) -> Order:
    """An order with the latest version of its result; audited. Raises NotFound."""
    found = open_order(services, call, which, READ_ORDERS).thing
    work = Work(services, call)
    work.audit("orders.read_order", found.patient, f"order/{found.id}")
    work.commit()
    return found.view(found.version)


def sign(services: OrdersServices, call: Call, which: str, version: int) -> Order:
    """Send a draft on its way and start watching it.

    A death that is recorded while this runs makes it look again. Raises SessionExpired,
    NotRegistered, NotFound, Forbidden, StaleVersion, InvalidTransition, PatientDeceased.
    """
    require(call.caller, ORDER, GRANTS)
    tenant = call.caller.tenant

    def step() -> Order:
        require_live(call.caller, services.clock())
        opened = open_order(services, call, which, ORDER, signing=True)
        found, record = opened.thing, opened.record
        repository.current(found.version, version)
        status = move(MACHINE, found.status, OrderStatus.ACTIVE)
        if record.admission.deceased:
            raise PatientDeceased
        state = repository.state_key(tenant, found.patient)
        mine = repository.prescriber_key(tenant, call.caller.subject)
        items = services.store.get_many([state, mine])
        if current_state.deceased(record, items.get(state)):
            raise PatientDeceased
        signer = prescriber_of(services, tenant, items.get(mine))
        refuse_unprintable(
            ("/patient", found.patient_label),
            ("/tests", found.tests),
            ("/reason", found.reason),
            ("/prescriber", signer),
        )
        now = services.clock()
        work = Work(services, call)
        update = {
            "status": status,
            "orderer": call.caller.subject,
            "prescriber": signer,
            "zone": signer.zone or found.zone,
            "signed_at": now,
            "due_at": now + timedelta(hours=found.result_within_hours),
            "schedule": 1,
            "verification_code": issue_code(work, EntryKind.ORDER, found.id, found.patient),
        }
        repository.unchanged(work, found.patient, items[state].version if state in items else 0)
        answer = keep(work, found, found.model_copy(update=update), "sign_order", "order_signed")
        ask(services, work, EntryKind.ORDER, found.id, found.patient)
        work.commit(answer, answer.version)
        return answer

    return retrying(step)


def close(
    services: OrdersServices,
    call: Call,
    which: str,
    wanted: OrderStatus,
    *,
    reason: str,
    version: int,
) -> Order:
    """Cancel an order, or withdraw one that was entered in error; both keep the reason.

    Raises NotFound, StaleVersion, InvalidTransition.
    """
    found = order_at(services, call, which, DRAFT, version)
    if found.status is not OrderStatus.DRAFT:
        require(call.caller, ORDER, GRANTS)
    update = {"status": move(MACHINE, found.status, wanted), "status_reason": reason}
    verb = "cancelled" if wanted is OrderStatus.CANCELLED else "withdrawn"
    return _write(services, call, found, update, f"{verb}_order", f"order_{verb}")


def take_over(services: OrdersServices, call: Call, which: str, version: int) -> Order:
    """The caller answers for the order from now on: its work moves to their list.

    Raises NotFound, StaleVersion, InvalidTransition for a draft or a closed order.
    """
    found = order_at(services, call, which, ORDER, version)
    if found.status not in (OrderStatus.ACTIVE, OrderStatus.RESULTED, OrderStatus.REVIEWED):
        raise InvalidTransition(found.status.value, "taken over")
    update = {"orderer": call.caller.subject}
    return _write(services, call, found, update, "take_over_order")


def collect(
    services: OrdersServices, call: Call, which: str, body: SpecimenBody, version: int
) -> Order:
    """A specimen was taken; another one replaces it until it has been received.

    Raises NotFound, StaleVersion, InvalidTransition, Invalid for a time to come.
    """
    found = order_at(services, call, which, COLLECT, version)
    received = found.specimen is not None and found.specimen.received_at is not None
    if found.status is not OrderStatus.ACTIVE or received:
        raise InvalidTransition("received" if received else found.status.value, "collected")
    if body.collected_at > services.clock():
        fault = FieldError("/collected_at", "future", "it cannot have been taken yet")
        raise Invalid("the specimen's time is in the future", [fault])
    specimen = Specimen(
        type=body.type, collected_at=body.collected_at, collected_by=call.caller.subject
    )
    return _write(services, call, found, {"specimen": specimen}, "collect_specimen")


def receive(services: OrdersServices, call: Call, which: str, version: int) -> Order:
    """The laboratory has the specimen. Raises NotFound, StaleVersion, InvalidTransition."""
    found = order_at(services, call, which, RESULT, version)
    if found.status is not OrderStatus.ACTIVE or found.specimen is None:
        current = found.status.value if found.specimen else "not collected"
        raise InvalidTransition(current, "received")
    if found.specimen.received_at is not None:
        raise InvalidTransition("received", "received")
    update = {"received_at": services.clock(), "received_by": call.caller.subject}
    specimen = found.specimen.model_copy(update=update)
    return _write(services, call, found, {"specimen": specimen}, "receive_specimen")


def order_at(
    services: OrdersServices, call: Call, which: str, right: str, version: int
) -> StoredOrder:
    """The order at the version that the caller has seen, for a caller who may use `right` on it.

    Raises NotFound, Forbidden, Gone, Unavailable, StaleVersion.
    """
    order = open_order(services, call, which, right).thing
    repository.current(order.version, version)
    return order


def check_loinc(codes: Sequence[tuple[str, str | None]]) -> None:
    """Raise Invalid for codes (with their pointers) whose check digit does not agree."""
    faults = [
        FieldError(pointer, "loinc", "the check digit does not agree")
        for pointer, code in codes
        if code is not None and not valid_loinc(code)
    ]
    if faults:
        raise Invalid("a LOINC code was mistyped", faults)


def _write(
    services: OrdersServices,
    call: Call,
    found: StoredOrder,
    update: Mapping[str, object],
    action: str,
    *verbs: str,
) -> Order:
    work = Work(services, call)
    answer = keep(work, found, found.model_copy(update=update), action, *verbs)
    work.commit(answer, answer.version)
    return answer


def _tests(services: OrdersServices, call: Call, body: OrderBody) -> tuple[OrderedTest, ...]:
    """The tests asked for and those of the order set, each once. Raises Invalid."""
    check_loinc([(f"/tests/{n}/loinc", test.loinc) for n, test in enumerate(body.tests)])
    tests = list(body.tests)
    if body.order_set is not None:
        tenant = call.caller.tenant
        pointer = services.store.get(pointer_key(tenant, CatalogueKind.ORDER_SETS))
        named = services.catalogues.order_sets(tenant, pointer).get(body.order_set)
        if named is None or named.kind is not body.kind:
            fault = FieldError("/order_set", "unknown", "there is no such set of this kind")
            raise Invalid("the order set is not known", [fault])
        tests += named.tests
    return tuple(dict.fromkeys(tests))
