"""The administration record: what is due, what was given, what was not and why, by whom.

A dose is given out of what was delivered for the patient, in one transaction with the account, so
the record and what is left on the ward always agree. A line is decided once; what was written
stays.
"""

from typing import NamedTuple

from schemas.pharmacy import ItemKind
from schemas.prescriptions import Checks, Prescription, PrescriptionLine
from schemas.wards import (
    Administration,
    AdministrationFact,
    DoseState,
    EndedRequest,
    NewDoses,
    NotGiven,
    PlannedDose,
    WardMove,
)
from telesalud.pharmacy import repository
from telesalud.pharmacy.dispensing import asking
from telesalud.pharmacy.errors import NotDispensable
from telesalud.pharmacy.items import lots
from telesalud.pharmacy.items.equivalence import equivalent
from telesalud.pharmacy.policy import WARD
from telesalud.pharmacy.services import PharmacyServices
from telesalud.pharmacy.stored import HeldOnWard, StoredDose, StoredItem, StoredLot
from telesalud.pharmacy.wards.accounts import Account, open_account
from telesalud.platform.access import own_name, require_live
from telesalud.platform.errors import (
    Conflict,
    FieldError,
    Invalid,
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.store import MAX_PAGE, Check, Key, at_version, every
from telesalud.platform.work import Call, Work, retrying

MOST_DOSES = 400
"""Of one admission: the record is read as a whole."""


class Due(NamedTuple):
    """A dose of an admission, as a client read it."""

    admission: str
    dose: str
    version: int


def plan(
    services: PharmacyServices, call: Call, admission: str, body: NewDoses
) -> tuple[PlannedDose, ...]:
    """Plan when something is given: medicines by a line of a prescription in force.

    Raises Forbidden, NotFound, Gone, WardClosed, NotDispensable, Invalid, Conflict, Unavailable.
    """
    refuse_unprintable(("/instructions", body.instructions))
    prescribed = services.neighbours.prescription(body.prescription) if body.prescription else None

    def step() -> tuple[PlannedDose, ...]:
        account = open_account(services, call, admission, WARD, make=True)
        account.must_be_open()
        if len(of_admission(account)) + len(body.times) > MOST_DOSES:
            raise Conflict(f"an admission has at most {MOST_DOSES} planned doses")
        item = _item(services, account.tenant, body.item)
        _require_prescribed(services, account, item, body, prescribed)
        work, made = Work(services, call), list[PlannedDose]()
        for at in body.times:
            dose = StoredDose(
                id=services.new_id(),
                admission=admission,
                patient=account.before.patient,
                item=item.code,
                kind=item.kind,
                name=item.name,
                unit=item.unit,
                quantity=body.quantity,
                due=at,
                instructions=body.instructions,
                prescription=body.prescription,
                line=body.line,
                planned_by=call.caller.subject,
            )
            _put(work, dose, 0)
            made.append(view(dose, 1))
        account.write(work)
        work.audit("pharmacy.plan_doses", account.before.patient, f"ward/{admission}")
        work.commit()
        return tuple(made)

    return retrying(step)


def give(services: PharmacyServices, call: Call, of: Due, body: Administration) -> PlannedDose:
    """It was given. Raises Forbidden, SessionExpired, NotFound, Gone, StaleVersion,
    InvalidTransition, WardClosed, NotOnWard, LotUnusable, NotDispensable, Invalid for another
    quantity without a reason or a moment that has not come."""
    require_live(call.caller, services.clock())
    refuse_unprintable(("/reason", body.reason))
    name = own_name(call.caller, None, "name")
    if body.at is not None and body.at > services.clock():
        fault = FieldError("/at", "in-future", "write when it was given")
        raise Invalid("this is in the future", [fault])

    def step() -> PlannedDose:
        account, found = _due(services, call, of, DoseState.GIVEN)
        account.must_be_open()
        if sum(lot.quantity for lot in body.lots) != found.quantity and body.reason is None:
            fault = FieldError("/reason", "required", "say why it is not what was planned")
            raise Invalid("this is not the planned quantity", [fault])
        if found.prescription is not None:
            prescribed = services.neighbours.prescription(found.prescription)
            _line_in_force(services, account, prescribed, found.line)
        work = Work(services, call)
        for lot in body.lots:
            taken = account.take("applied", found.item, lot.lot, lot.quantity, f"dose/{found.id}")
            _require_usable(work, taken)
        made = found.model_copy(
            update={
                "state": DoseState.GIVEN,
                "lots": body.lots,
                "at": body.at or services.clock(),
                "by": call.caller.subject,
                "by_name": name,
                "reason": body.reason,
            }
        )
        account.write(work)
        _announce(work, made, "administered")
        return _keep(work, made, of.version, "administer")

    return retrying(step)


def not_given(services: PharmacyServices, call: Call, of: Due, body: NotGiven) -> PlannedDose:
    """It was not given. Raises as `give`."""
    require_live(call.caller, services.clock())
    refuse_unprintable(("/note", body.note))
    name = own_name(call.caller, None, "name")

    def step() -> PlannedDose:
        _, found = _due(services, call, of, DoseState.NOT_GIVEN)
        made = found.model_copy(
            update={
                "state": DoseState.NOT_GIVEN,
                "at": services.clock(),
                "by": call.caller.subject,
                "by_name": name,
                "not_given": body.reason,
                "reason": body.note,
            }
        )
        work = Work(services, call)
        _announce(work, made, "not_administered")
        return _keep(work, made, of.version, "not_administer")

    return retrying(step)


def withdraw(services: PharmacyServices, call: Call, of: Due, body: EndedRequest) -> PlannedDose:
    """It is not wanted any more. Raises Forbidden, NotFound, Gone, StaleVersion,
    InvalidTransition."""
    refuse_unprintable(("/reason", body.reason))

    def step() -> PlannedDose:
        _, found = _due(services, call, of, DoseState.WITHDRAWN)
        update = {"state": DoseState.WITHDRAWN, "reason": body.reason}
        work = Work(services, call)
        return _keep(work, found.model_copy(update=update), of.version, "withdraw_dose")

    return retrying(step)


def of_admission(account: Account) -> list[tuple[StoredDose, int]]:
    """The whole record of an admission, in the order in which it is due."""
    services, tenant = account.services, account.tenant
    partition = _key(tenant, account.before.admission, "").pk
    found = every(services.store, partition, "DOSE#", page_size=MAX_PAGE)
    doses = [
        (repository.opened_of_patient(services, tenant, item, StoredDose), item.version)
        for item in found
    ]
    return sorted(doses, key=lambda one: (one[0].due, one[0].name, one[0].id))


def _due(
    services: PharmacyServices, call: Call, of: Due, to: DoseState
) -> tuple[Account, StoredDose]:
    account = open_account(services, call, of.admission, WARD)
    item = services.store.get(_key(account.tenant, of.admission, of.dose))
    if item is None:
        raise NotFound("there is no such dose")
    found = repository.opened_of_patient(services, account.tenant, item, StoredDose)
    if found.state is not DoseState.DUE:
        raise InvalidTransition(found.state.value, to.value)
    if item.version != of.version:
        raise StaleVersion
    return account, found


def _item(services: PharmacyServices, tenant: str, code: str) -> StoredItem:
    try:
        found, _ = repository.load(services, tenant, repository.item_key(tenant, code), StoredItem)
    except NotFound:
        fault = FieldError("/item", "unknown", "choose what the pharmacy keeps")
        raise Invalid("there is no such item", [fault]) from None
    return found


def _require_prescribed(
    services: PharmacyServices,
    account: Account,
    item: StoredItem,
    body: NewDoses,
    prescribed: Prescription | None,
) -> None:
    """Raise Invalid for a medicine that nobody prescribed, NotDispensable for a prescription that
    is not in force."""
    if prescribed is None:
        if item.kind is ItemKind.MEDICINE:
            fault = FieldError("/prescription", "required", "a medicine is given as prescribed")
            raise Invalid("name the prescription of this medicine", [fault])
        return
    line = _line_in_force(services, account, prescribed, body.line)
    same = item.code == line.item
    other = line.substitution_allowed and item.product is not None
    if not same and not (other and item.product and equivalent(item.product, line.product)):
        fault = FieldError("/item", "equivalent", "this is another medicine")
        raise Invalid("plan what was prescribed", [fault])


def _line_in_force(
    services: PharmacyServices, account: Account, prescribed: Prescription, number: int | None
) -> PrescriptionLine:
    """The line that is given. Raises NotDispensable for one that is not in force any more, for who
    died, and NotFound for somebody else's."""
    who = services.neighbours.patient(prescribed.patient)
    if account.before.patient not in (who.id, prescribed.patient):
        raise NotFound("the patient has no such prescription")
    asked = asking.Asked(prescribed, Checks(alerts=()), who.deceased_on)
    asking.require_dispensable(asked, services.clock())
    line = next((one for one in prescribed.lines if one.number == number), None)
    if line is None or line.stopped_at is not None:
        raise NotDispensable("line-stopped" if line else "no-such-line")
    return line


def _require_usable(work: Work, held: HeldOnWard) -> None:
    """A lot that was recalled or expired after it came onto the ward reaches nobody: the lot is as
    it was read, or the transaction fails. Raises LotUnusable."""
    services, tenant = work.services, work.call.caller.tenant
    key = repository.lot_key(tenant, held.item, held.lot)
    lot, version = repository.load(services, tenant, key, StoredLot)
    lots.require_usable(lot, lots.today(services.clock(), held.zone))
    if not any(getattr(one, "key", None) == key for one in work.operations):
        work.add(Check(key, at_version(version)))


def _key(tenant: str, admission: str, dose: str) -> Key:
    return Key(f"WARD#{tenant}#{admission}", f"DOSE#{dose}")


def _put(work: Work, made: StoredDose, version: int) -> None:
    key = _key(work.call.caller.tenant, made.admission, made.id)
    repository.put_of_patient(work, key, made.patient, made, version)


def _announce(work: Work, made: StoredDose, verb: str) -> None:
    fact = AdministrationFact(
        admission_id=made.admission,
        patient_id=made.patient,
        dose_id=made.id,
        kind=made.kind,
        lines=tuple(
            WardMove(item=made.item, lot=one.lot, quantity=one.quantity) for one in made.lots
        ),
    )
    work.event(f"pharmacy.medication_{verb}", made.id, 1, fact.model_dump(mode="json"))


def _keep(work: Work, made: StoredDose, version: int, action: str) -> PlannedDose:
    _put(work, made, version)
    work.audit(f"pharmacy.{action}", made.patient, f"dose/{made.id}")
    answer = view(made, version + 1)
    work.commit(answer, answer.version)
    return answer


def view(made: StoredDose, version: int) -> PlannedDose:
    """What is answered."""
    own = {n: getattr(made, n) for n in PlannedDose.model_fields if n != "version"}
    return PlannedDose.model_construct(**own, version=version)
