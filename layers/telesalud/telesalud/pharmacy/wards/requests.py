"""What wards ask for, and its delivery: a movement of the ledger and a line of the account, both or
neither. Controlled medicines leave the stock when somebody of the ward has signed for them."""

from collections import Counter
from typing import Final, NamedTuple

from schemas.dispensing import DispensedItem
from schemas.pharmacy import MovementKind
from schemas.wards import (
    AskedLine,
    DeliveredLot,
    NewWardRequest,
    RequestLine,
    RequestState,
    WardDelivery,
    WardFact,
    WardMove,
    WardRequest,
    WardRequestPage,
    WardRequestQuery,
)
from telesalud.pharmacy import repository
from telesalud.pharmacy.dispensing.records import got_key
from telesalud.pharmacy.policy import DISPENSE, GRANTS, READ_WARD, WARD
from telesalud.pharmacy.services import PharmacyServices
from telesalud.pharmacy.stock.ledger import Ledger, Move, open_ledger
from telesalud.pharmacy.stored import HeldOnWard, StoredReceiver, StoredWard, StoredWardRequest
from telesalud.pharmacy.wards.accounts import Account, open_account
from telesalud.platform.access import allows, own_name, require, require_live
from telesalud.platform.clock import to_text
from telesalud.platform.errors import (
    FieldError,
    Gone,
    Invalid,
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.standing import require_second_person
from telesalud.platform.store import ABSENT, Delete, Key, Put
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work, retrying

_OPEN: Final = frozenset({RequestState.OPEN, RequestState.AWAITS_RECEIPT})


class Asked(NamedTuple):
    """A request of an admission, as a client read it."""

    admission: str
    request: str
    version: int


def ask(services: PharmacyServices, call: Call, body: NewWardRequest) -> WardRequest:
    """Ask a warehouse for what a patient needs. Raises Forbidden, NotFound, Gone, Invalid for what
    is not kept, WardClosed, Unavailable."""
    require(call.caller, WARD, GRANTS)
    refuse_unprintable(("/note", body.note))
    name = own_name(call.caller, None, "name")

    def step() -> WardRequest:
        account = open_account(services, call, body.admission, WARD, make=True)
        account.must_be_open()
        items = [line.item for line in body.lines]
        ledger = open_ledger(services, call, body.warehouse, (), items=items, site=services.site)
        made = StoredWardRequest(
            id=services.new_id(),
            admission=body.admission,
            patient=account.before.patient,
            warehouse=body.warehouse,
            state=RequestState.OPEN,
            lines=tuple(_line(ledger, n, line) for n, line in enumerate(body.lines)),
            urgent=body.urgent,
            note=body.note,
            asked_at=services.clock(),
            asked_by=call.caller.subject,
            asked_by_name=name,
        )
        work = Work(services, call)
        work.add(Put(_list_key(account.tenant, made), {"admission": made.admission}, when=ABSENT))
        account.write(work)
        announce(work, "requested", made, ())
        return _keep(work, made, 0, "request_for_ward")

    return retrying(step)


def deliver(services: PharmacyServices, call: Call, of: Asked, body: WardDelivery) -> WardRequest:
    """Deliver some or all of a request; with a controlled medicine it waits for the ward.

    Raises Forbidden, SessionExpired, NotFound, Gone, StaleVersion, InvalidTransition, Invalid for
    more than was asked for, WardClosed, TooLittle, LotUnusable, BeingCounted, NotHere.
    """
    require_live(call.caller, services.clock())
    refuse_unprintable(("/reason", body.reason))
    if body.last and body.reason is None:
        fault = FieldError("/reason", "required", "say why the rest is not delivered")
        raise Invalid("a request that ends early needs a reason", [fault])

    def step() -> WardRequest:
        account, found = open_request(services, call, of, DISPENSE, RequestState.OPEN)
        account.must_be_open()
        _require_asked(found, body.lots)
        made = found.model_copy(
            update={
                "delivered_by": call.caller.subject,
                "last": body.last,
                "reason": body.reason,
            }
        )
        if any(line.controlled for line in found.lines if line.item in {x.item for x in body.lots}):
            update = {
                "state": RequestState.AWAITS_RECEIPT,
                "waiting": body.lots,
                "waiting_since": services.clock(),
            }
            work = Work(services, call)
            return _keep(work, made.model_copy(update=update), of.version, "prepare_for_ward")
        return _move(account, made, of.version, body.lots)

    return retrying(step)


def sign_for(services: PharmacyServices, call: Call, of: Asked) -> WardRequest:
    """Somebody of the ward takes controlled medicines over: now they leave the stock. Raises what
    `deliver` does."""
    require_live(call.caller, services.clock())

    def step() -> WardRequest:
        account, found = open_request(services, call, of, WARD, RequestState.AWAITS_RECEIPT)
        account.must_be_open()
        at = found.waiting_since or found.asked_at
        require_second_person(services, call.caller, found.delivered_by or "", at)
        update = {"waiting": (), "waiting_since": None, "state": RequestState.OPEN}
        made = found.model_copy(update=update)
        return _move(account, made, of.version, found.waiting)

    return retrying(step)


def end(services: PharmacyServices, call: Call, of: Asked, reason: str) -> WardRequest:
    """Nothing more of it is wanted, or will be delivered; what waits for a signature is not.

    Raises Forbidden, NotFound, Gone, StaleVersion, InvalidTransition.
    """
    refuse_unprintable(("/reason", reason))
    right = DISPENSE if _delivers(call) else WARD

    def step() -> WardRequest:
        account, found = open_request(services, call, of, right, *_OPEN)
        delivered = any(line.delivered for line in found.lines)
        state = RequestState.COMPLETED if delivered else RequestState.CANCELLED
        update = {"state": state, "waiting": (), "waiting_since": None, "reason": reason}
        work = Work(services, call)
        work.add(Delete(_list_key(account.tenant, found)))
        return _keep(work, found.model_copy(update=update), of.version, "end_ward_request")

    return retrying(step)


def page(services: Services, call: Call, query: WardRequestQuery) -> WardRequestPage:
    """The work list of a warehouse: urgent ones, then the oldest. Raises Forbidden."""
    require(call.caller, READ_WARD, GRANTS)
    tenant = call.caller.tenant
    listed = services.store.query(
        f"REQUESTS#{tenant}#{query.warehouse}",
        "",
        after=from_cursor(query.cursor),
        limit=query.limit,
    )
    keys = [
        request_key(tenant, item.text("admission"), item.key.sk.rpartition("#")[2])
        for item in listed.items
    ]
    found = repository.fetch(services, keys)
    items = [found[key] for key in keys if key in found]
    services.fetch([], *{Scope(tenant, item.text("patient")): None for item in items})
    views = []
    for item in items:
        try:
            made = repository.opened_of_patient(services, tenant, item, StoredWardRequest)
        except Gone:
            continue  # the record was shredded: nobody waits for it
        views.append(view(made, item.version))
    work = Work(services, call)
    work.audit("pharmacy.list_ward_requests", call.caller.subject, f"warehouse/{query.warehouse}")
    work.commit()
    return WardRequestPage(items=tuple(views), cursor=to_cursor(listed.next_after))


def open_request(
    services: PharmacyServices, call: Call, of: Asked, right: str, *states: RequestState
) -> tuple[Account, StoredWardRequest]:
    """A request in one of these states, with its account. Raises as its callers say."""
    account = open_account(services, call, of.admission, right)
    item = services.store.get(request_key(account.tenant, of.admission, of.request))
    if item is None:
        raise NotFound("there is no such request")
    found = repository.opened_of_patient(services, account.tenant, item, StoredWardRequest)
    if found.state not in states:
        raise InvalidTransition(found.state.value, "delivered")
    if item.version != of.version:
        raise StaleVersion
    return account, found


def request_key(tenant: str, admission: str, which: str) -> Key:
    """Where a request is."""
    return Key(f"WARD#{tenant}#{admission}", f"REQUEST#{which}")


def announce(
    work: Work, verb: str, made: StoredWardRequest, lots: tuple[DeliveredLot, ...]
) -> None:
    """FHIR SupplyRequest, SupplyDelivery."""
    lines = [WardMove(item=x.item, lot=x.lot, quantity=x.quantity) for x in lots]
    fact = WardFact(
        admission_id=made.admission,
        patient_id=made.patient,
        request_id=made.id,
        warehouse_id=made.warehouse,
        lines=tuple(lines),
    )
    work.event(f"pharmacy.ward_{verb}", made.id, 1, fact.model_dump(mode="json"))


def view(made: StoredWardRequest, version: int) -> WardRequest:
    """What is answered."""
    own = {n: getattr(made, n) for n in WardRequest.model_fields if n != "version"}
    return WardRequest.model_construct(**own, version=version)


def _delivers(call: Call) -> bool:
    return allows(call.caller, DISPENSE, GRANTS)


def _line(ledger: Ledger, position: int, asked: AskedLine) -> RequestLine:
    code = asked.item
    try:
        item = ledger.item(code)
    except NotFound:
        fault = FieldError(f"/lines/{position}/item", "unknown", "choose what the pharmacy keeps")
        raise Invalid("there is no such item", [fault]) from None
    return RequestLine(
        item=code,
        name=item.name,
        unit=item.unit,
        controlled=item.controlled,
        quantity=asked.quantity,
        delivered=0,
    )


def _require_asked(found: StoredWardRequest, lots: tuple[DeliveredLot, ...]) -> None:
    """Raise Invalid for what was not asked for, or more than that."""
    left = {line.item: line.quantity - line.delivered for line in found.lines}
    wanted = Counter[str]()
    for lot in lots:
        wanted[lot.item] += lot.quantity
    wrong = [
        FieldError(f"/lots/{n}", "beyond-request", f"{left.get(lot.item, 0)} are left of it")
        for n, lot in enumerate(lots)
        if wanted[lot.item] > left.get(lot.item, 0)
    ]
    if wrong:
        raise Invalid("this is more than was asked for", wrong)


def _move(
    account: Account, made: StoredWardRequest, version: int, lots: tuple[DeliveredLot, ...]
) -> WardRequest:
    """Write it all: stock, the account, who got which lot, the request, its event."""
    services, call, about = account.services, account.call, f"ward/{made.admission}"
    wanted = [(lot.item, lot.lot) for lot in lots]
    ledger = open_ledger(services, call, made.warehouse, wanted, site=services.site)
    work = Work(services, call)
    witness = call.caller.subject if made.delivered_by != call.caller.subject else None
    for position, lot in enumerate(lots):
        moved = Move(lot.item, lot.lot, -lot.quantity)
        ledger.move(MovementKind.WARD_DELIVERY, moved, about, witness=witness)
        item = ledger.item(lot.item)
        held = HeldOnWard(
            item=lot.item,
            kind=item.kind,
            name=item.name,
            unit=item.unit,
            controlled=item.controlled,
            lot=lot.lot,
            zone=ledger.warehouse.zone,
        )
        account.deliver(held, lot.quantity, f"request/{made.id}")
        got_it(work, account.before, lot, lot.quantity, position)
    ledger.write(work)
    account.write(work)
    taken = Counter[str]()
    for lot in lots:
        taken[lot.item] += lot.quantity
    lines = tuple(
        line.model_copy(update={"delivered": line.delivered + taken[line.item]})
        for line in made.lines
    )
    ended = made.last or all(line.delivered == line.quantity for line in lines)
    state = RequestState.COMPLETED if ended else RequestState.OPEN
    if ended:
        work.add(Delete(_list_key(account.tenant, made)))
    made = made.model_copy(update={"lines": lines, "state": state})
    announce(work, "delivered", made, lots)
    return _keep(work, made, version, "deliver_to_ward")


def got_it(work: Work, ward: StoredWard, lot: DeliveredLot, quantity: int, position: int) -> None:
    """Whoever looks for the patients of a lot finds them; negative for what came back."""
    at = work.services.clock()
    item = DispensedItem(line=1, item=lot.item, lot=lot.lot, quantity=quantity)
    what = f"{work.services.new_id()}-{position:02d}#{ward.admission}"
    key = got_key(work.call.caller.tenant, item, to_text(at), what)
    got = StoredReceiver(patient=ward.patient, dispensing=ward.admission, at=at, quantity=quantity)
    repository.put(work, key, got, 0)


def _list_key(tenant: str, made: StoredWardRequest) -> Key:
    urgency = 0 if made.urgent else 1
    name = f"{urgency}#{to_text(made.asked_at)}#{made.id}"
    return Key(f"REQUESTS#{tenant}#{made.warehouse}", name)


def _keep(work: Work, made: StoredWardRequest, version: int, action: str) -> WardRequest:
    key = request_key(work.call.caller.tenant, made.admission, made.id)
    repository.put_of_patient(work, key, made.patient, made, version)
    work.audit(f"pharmacy.{action}", made.patient, f"ward-request/{made.id}")
    answer = view(made, version + 1)
    work.commit(answer, answer.version)
    return answer
