"""Dispensings on file: finding them, keeping them, announcing them."""

from schemas.dispensing import (
    DispensedItem,
    Dispensing,
    DispensingFact,
    DispensingList,
    DispensingState,
    WaitingDispensing,
    WaitingList,
)
from telesalud.pharmacy import repository
from telesalud.pharmacy.dispensing import progress
from telesalud.pharmacy.dispensing.progress import Progress
from telesalud.pharmacy.policy import GRANTS, READ_DISPENSING, WITNESS
from telesalud.pharmacy.services import PharmacyServices
from telesalud.pharmacy.stored import StoredDispensing
from telesalud.platform.access import allows, require
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import (
    InvalidTransition,
    NotFound,
    StaleVersion,
)
from telesalud.platform.store import Key
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

DISPENSING = "DISPENSING"


def read(services: PharmacyServices, call: Call, which: str) -> Dispensing:
    """What was given; audited. Whoever is only a second person has to be in the patient's care.

    Raises Forbidden, NotFound, Gone, Unavailable.
    """
    staff = allows(call.caller, READ_DISPENSING, GRANTS)
    if not staff:
        require(call.caller, WITNESS, GRANTS)
    found, version = load(services, call.caller.tenant, which)
    if not staff:
        services.neighbours.prescription(found.prescription)
    work = Work(services, call)
    work.audit("pharmacy.read_dispensing", found.patient, f"dispensing/{which}")
    work.commit()
    return view(found, version)


def of_prescription(services: Services, call: Call, prescription: str) -> DispensingList:
    """All dispensings of a prescription, latest first: the last fifty; audited.

    Raises Forbidden, NotFound, Gone.
    """
    require(call.caller, READ_DISPENSING, GRANTS)
    tenant = call.caller.tenant
    partition = progress.key_of(tenant, prescription).pk
    noted = services.store.query(partition, "DONE#", limit=50, newest_first=True).items
    keys = [key_of(tenant, one) for one in repository.last_part(noted)]
    found = repository.fetch(services, keys)
    items = [found[key] for key in keys if key in found]
    if not items:
        raise NotFound("nothing of this prescription has been dispensed")
    opened = [
        (repository.opened_of_patient(services, tenant, item, StoredDispensing), item.version)
        for item in items
    ]
    work = Work(services, call)
    work.audit("pharmacy.list_dispensings", opened[0][0].patient, f"prescription/{prescription}")
    work.commit()
    return DispensingList(items=tuple(view(one, version) for one, version in opened))


def waiting(services: Services, call: Call, warehouse: str) -> WaitingList:
    """What waits for a second person at a warehouse, the oldest first; ids only.

    Raises Forbidden, NotFound.
    """
    require(call.caller, WITNESS, GRANTS)
    tenant = call.caller.tenant
    if services.store.get(repository.warehouse_key(tenant, warehouse)) is None:
        raise NotFound("there is no such warehouse")
    noted = services.store.query(f"SECOND#{tenant}#{warehouse}", f"{DISPENSING}#", limit=50)
    return WaitingList(
        items=tuple(
            WaitingDispensing(
                id=item.key.sk.rpartition("#")[2],
                prescription=item.text("prescription"),
                by=item.text("by"),
                at=from_text(item.key.sk.split("#")[1]),
            )
            for item in noted.items
        )
    )


def load(services: Services, tenant: str, which: str) -> tuple[StoredDispensing, int]:
    """A dispensing and its version. Raises NotFound, Gone."""
    item = services.store.get(key_of(tenant, which))
    if item is None:
        raise NotFound("there is no such dispensing")
    scope = Scope(tenant, item.text("patient"))
    services.fetch([], scope)  # a key that was destroyed is forgotten
    return repository.opened_of_patient(services, tenant, item, StoredDispensing), item.version


def waiting_for_second(
    services: Services, call: Call, which: str, version: int, wanted: str
) -> StoredDispensing:
    found, present = load(services, call.caller.tenant, which)
    if found.state is not DispensingState.AWAITS_SECOND:
        raise InvalidTransition(found.state.value, wanted)
    if present != version:
        raise StaleVersion
    return found


def key_of(tenant: str, which: str) -> Key:
    """Where a dispensing is."""
    return Key(f"DISPENSING#{tenant}#{which}", DISPENSING)


def second_key(tenant: str, made: StoredDispensing) -> Key:
    name = f"{DISPENSING}#{to_text(made.at)}#{made.id}"
    return Key(f"SECOND#{tenant}#{made.warehouse}", name)


def got_key(tenant: str, line: DispensedItem, at: str, what: str) -> Key:
    """Where it says that somebody got some of a lot."""
    return Key(f"GOT#{tenant}#{line.item}#{line.lot}", f"{at}#{line.line:02d}#{what}")


def view(made: StoredDispensing, version: int) -> Dispensing:
    """What is answered."""
    own = {name: getattr(made, name) for name in Dispensing.model_fields if name != "version"}
    return Dispensing.model_construct(**own, version=version)


def announce(
    work: Work,
    verb: str,
    made: StoredDispensing,
    items: tuple[DispensedItem, ...],
    after: Progress,
) -> None:
    """FHIR MedicationDispense; its sequence is the version of the prescription's progress."""
    fact = DispensingFact(
        dispensing_id=made.id,
        prescription_id=made.prescription,
        patient_id=made.patient,
        encounter_id=made.encounter,
        warehouse_id=made.warehouse,
        lines=items,
        totals=after.totals(),
    )
    data = fact.model_dump(mode="json")
    work.event(f"pharmacy.medication_{verb}", made.prescription, after.version + 1, data)


def keep(work: Work, made: StoredDispensing, version: int, action: str) -> Dispensing:
    key = key_of(work.call.caller.tenant, made.id)
    repository.put_of_patient(work, key, made.patient, made, version)
    work.audit(f"pharmacy.{action}", made.patient, f"dispensing/{made.id}")
    answer = view(made, version + 1)
    work.commit(answer, answer.version)
    return answer
