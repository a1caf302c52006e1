"""What comes back from a ward or is wasted there, and the end of an account."""

from schemas.pharmacy import MovementKind
from schemas.wards import (
    DeliveredLot,
    RequestState,
    Ward,
    WardFact,
    WardLot,
    WardMove,
    WardOut,
    WardReturn,
)
from telesalud.pharmacy import repository
from telesalud.pharmacy.errors import WardNotSettled
from telesalud.pharmacy.policy import CLOSE_WARD, DISPENSE, GRANTS, READ_WARD, WARD
from telesalud.pharmacy.services import PharmacyServices
from telesalud.pharmacy.stock.ledger import Move, open_ledger
from telesalud.pharmacy.stored import StoredWard, StoredWardRequest
from telesalud.pharmacy.wards import doses, requests
from telesalud.pharmacy.wards.accounts import Account, account_key, open_account
from telesalud.platform.access import require, require_live
from telesalud.platform.errors import Conflict
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.store import MAX_PAGE, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work, retrying


def read(services: PharmacyServices, call: Call, admission: str) -> Ward:
    """Everything of an admission; audited. Raises Forbidden, NotFound, Gone, Unavailable."""
    account = open_account(services, call, admission, READ_WARD)
    work = Work(services, call)
    work.audit("pharmacy.read_ward", account.before.patient, f"ward/{admission}")
    work.commit()
    return view(account)


def waste(services: PharmacyServices, call: Call, admission: str, body: WardOut) -> Ward:
    """Something was wasted on the ward. Raises Forbidden, SessionExpired, NotFound, Gone,
    WardClosed, NotOnWard, Conflict for what is controlled."""
    require_live(call.caller, services.clock())
    refuse_unprintable(("/reason", body.reason))

    def step() -> Ward:
        account = open_account(services, call, admission, WARD)
        account.must_be_open()
        if account.of(body.item, body.lot).controlled:
            raise Conflict("return it to the pharmacy, which wastes it before a witness")
        about = f"ward/{admission}"
        account.take("wasted", body.item, body.lot, body.quantity, about, reason=body.reason)
        work = Work(services, call)
        account.write(work)
        _announce(work, account, "wasted", body, None)
        return _keep(work, account, "waste_on_ward")

    return retrying(step)


def take_back(services: PharmacyServices, call: Call, admission: str, body: WardReturn) -> Ward:
    """A pharmacist receives what was not applied: into the stock, or through it to the waste.

    Raises Forbidden, SessionExpired, NotFound, Gone, NotOnWard, NotHere, BeingCounted, Conflict for
    a controlled medicine that cannot be used again.
    """
    require_live(call.caller, services.clock())
    refuse_unprintable(("/reason", body.reason))

    def step() -> Ward:
        account = open_account(services, call, admission, DISPENSE)
        account.must_be_open()
        about = f"ward/{admission}"
        item, quantity = body.item, body.quantity
        one = account.take("returned", item, body.lot, quantity, about, reason=body.reason)
        if one.controlled and not body.usable:
            raise Conflict("take it back as usable, then write it off with a witness")
        wanted = [(body.item, body.lot)]
        ledger = open_ledger(services, call, body.warehouse, wanted, site=services.site)
        came = Move(body.item, body.lot, body.quantity, body.reason)
        ledger.move(MovementKind.WARD_RETURN, came, about)
        if not body.usable:
            gone = Move(body.item, body.lot, -body.quantity, body.reason)
            ledger.move(MovementKind.WASTE, gone, about)
        work = Work(services, call)
        ledger.write(work)
        account.write(work)
        lot = DeliveredLot(item=body.item, lot=body.lot, quantity=body.quantity)
        requests.got_it(work, account.before, lot, -body.quantity, 0)
        _announce(work, account, "returned", body, body.warehouse)
        return _keep(work, account, "return_from_ward")

    return retrying(step)


def _require_nothing_waits(services: PharmacyServices, tenant: str, admission: str) -> None:
    """Raise Conflict while something was prepared that nobody of the ward has signed for."""
    partition = account_key(tenant, admission).pk
    for item in every(services.store, partition, "REQUEST#", page_size=MAX_PAGE):
        found = repository.opened_of_patient(services, tenant, item, StoredWardRequest)
        if found.state is RequestState.AWAITS_RECEIPT:
            raise Conflict("a delivery waits for the ward's signature: sign for it, or end it")


def close(services: PharmacyServices, call: Call, admission: str) -> None:
    """Close the account, once everything delivered is applied, returned or wasted; closing again
    changes nothing. Nothing of the patient is told.

    Raises Forbidden, NotFound, Gone, WardNotSettled, Conflict while a delivery waits for the ward's
    signature, Unavailable.
    """
    require(call.caller, CLOSE_WARD, GRANTS)
    tenant = call.caller.tenant

    def step() -> None:
        item = services.store.get(account_key(tenant, admission))
        if item is None:
            patient = services.neighbours.admitted(admission).patient
            services.fetch([], Scope(tenant, patient))
            made = StoredWard(admission=admission, patient=patient)
            account = Account(services, call, made, 0)
        else:
            services.fetch([], Scope(tenant, item.text("patient")))
            found = repository.opened_of_patient(services, tenant, item, StoredWard)
            account = Account(services, call, found, item.version)
        if account.before.closed:
            return
        left = [one for one in account.before.lots if one.left]
        if left:
            raise WardNotSettled([one.name for one in left], [one.left for one in left])
        _require_nothing_waits(services, tenant, admission)
        work = Work(services, call)
        account.write(work, closed=True)
        work.audit("pharmacy.close_ward", account.before.patient, f"ward/{admission}")
        work.commit()

    retrying(step)


def view(account: Account) -> Ward:
    """What is answered."""
    services, tenant, made = account.services, account.tenant, account.now
    partition = account_key(tenant, made.admission).pk
    asked = [
        requests.view(
            repository.opened_of_patient(services, tenant, item, StoredWardRequest), item.version
        )
        for item in every(services.store, partition, "REQUEST#", page_size=MAX_PAGE)
    ]
    return Ward(
        admission=made.admission,
        patient=made.patient,
        closed=made.closed,
        lots=tuple(WardLot(**one.model_dump(exclude={"zone"}), left=one.left) for one in made.lots),
        doses=tuple(doses.view(*one) for one in doses.of_admission(account)),
        requests=tuple(sorted(asked, key=lambda one: one.asked_at, reverse=True)),
        version=account.version,
    )


def _announce(
    work: Work, account: Account, verb: str, body: WardOut, warehouse: str | None
) -> None:
    fact = WardFact(
        admission_id=account.before.admission,
        patient_id=account.before.patient,
        request_id=None,
        warehouse_id=warehouse,
        lines=(WardMove(item=body.item, lot=body.lot, quantity=body.quantity),),
    )
    data = fact.model_dump(mode="json")
    work.event(f"pharmacy.ward_{verb}", account.before.admission, account.version + 1, data)


def _keep(work: Work, account: Account, action: str) -> Ward:
    work.audit(f"pharmacy.{action}", account.before.patient, f"ward/{account.before.admission}")
    answer = view(account).model_copy(update={"version": account.version + 1})
    work.commit(answer, answer.version)
    return answer
