"""Vouchers: what a patient got, at a contract's prices, under a number. They never change.

One transaction holds the voucher, its number, the charges that it takes and the price it was
decided on. Of two who take one charge, one finds it taken.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date

from schemas.coverage import Coverage
from schemas.vouchers import (
    ChargeState,
    NewVoucher,
    Voucher,
    VoucherFact,
    VoucherPage,
    VoucherQuery,
    VoucherState,
    VoucherSummary,
)
from telesalud.billing import money, repository
from telesalud.billing.charges import keeping as charges
from telesalud.billing.errors import ChargesTaken, NotCovered
from telesalud.billing.policy import GRANTS, ISSUE, READ_CHARGES
from telesalud.billing.services import BillingServices
from telesalud.billing.stored import StoredContract, StoredVoucher
from telesalud.billing.vouchers import numbers
from telesalud.billing.vouchers.pricing import lines_of
from telesalud.platform.access import own_name, require, require_live
from telesalud.platform.clock import to_text
from telesalud.platform.errors import Gone, InvalidTransition, NotFound, StaleVersion
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.store import Check, Delete, Key, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work, retrying


def issue(services: BillingServices, call: Call, body: NewVoucher) -> Voucher:
    """Issue a voucher over charges of a patient.

    Raises Forbidden, SessionExpired, NotFound, Gone, ChargesTaken, NotCovered, NotPriced, Conflict,
    NumbersExhausted, Unavailable.
    """
    require(call.caller, ISSUE, GRANTS)
    require_live(call.caller, services.clock())
    name = own_name(call.caller, None, "name")
    tenant = call.caller.tenant
    patient = services.neighbours.patient(body.patient)
    covered = services.neighbours.coverages(patient.id)
    coverage = next((one for one in covered if one.id == body.coverage), None)
    if coverage is None or coverage.entered_in_error:
        raise NotCovered("no-such-coverage")

    def step() -> Voucher:
        taken = charges.load(services, tenant, patient.id, body.charges)
        gone = [one.id for one, _ in taken if one.state is not ChargeState.OPEN]
        if gone:
            raise ChargesTaken(gone)
        key = repository.contract_key(tenant, coverage.contract)
        contract, version = repository.load(services, tenant, key, StoredContract)
        lines = lines_of(services, tenant, contract, [one for one, _ in taken], body.zone)
        _require_covered(coverage, [line.day for line in lines])
        work = Work(services, call)
        work.add(Check(key, at_version(version)))
        currency = contract.currency
        made = StoredVoucher(
            id=services.new_id(),
            number=numbers.take(work, numbers.VOUCHERS, services.site),
            state=VoucherState.ISSUED,
            patient=patient.id,
            patient_name=" ".join(
                filter(None, (patient.name.given, patient.name.family, patient.name.second_family))
            ),
            record_number=patient.record_number,
            coverage=coverage.id,
            member_number=coverage.member_number,
            contract=contract.id,
            contract_name=contract.name,
            payer=contract.payer,
            payer_name=contract.payer_name,
            currency=currency,
            lines=lines,
            charges=tuple(one.id for one, _ in taken),
            net=money.total((line.net for line in lines), currency),
            tax_amount=money.total((line.tax_amount for line in lines), currency),
            total=money.total((line.total for line in lines), currency),
            issued_at=services.clock(),
            issued_by=call.caller.subject,
            issued_by_name=name,
        )
        for one, present in taken:
            marked = one.model_copy(update={"state": ChargeState.VOUCHERED, "voucher": made.id})
            charges.put(work, marked, present)
        repository.listed(work, f"VOUCHERS#{tenant}#P#{made.patient}", made.issued_at, made.id)
        repository.listed(work, f"VOUCHERS#{tenant}#C#{made.contract}", made.issued_at, made.id)
        return keep(work, made, 0, "issued", "issue_voucher")

    return retrying(step)


def void(services: Services, call: Call, which: str, reason: str, version: int) -> Voucher:
    """Make a voucher void; its charges may go on another. Raises Forbidden, SessionExpired,
    NotFound, Gone, StaleVersion, InvalidTransition for one that is invoiced or void."""
    require(call.caller, ISSUE, GRANTS)
    require_live(call.caller, services.clock())
    refuse_unprintable(("/reason", reason))
    tenant = call.caller.tenant

    def step() -> Voucher:
        found, present = load(services, tenant, which)
        if found.state is not VoucherState.ISSUED:
            raise InvalidTransition(found.state.value, VoucherState.VOID.value)
        if present != version:
            raise StaleVersion
        work = Work(services, call)
        for one, at in charges.load(services, tenant, found.patient, found.charges):
            freed = one.model_copy(update={"state": ChargeState.OPEN, "voucher": None})
            charges.put(work, freed, at)
        work.add(Delete(waiting_key(tenant, found)))
        made = found.model_copy(
            update={
                "state": VoucherState.VOID,
                "void_reason": reason,
                "voided_at": services.clock(),
                "voided_by": call.caller.subject,
            }
        )
        return keep(work, made, version, "voided", "void_voucher")

    return retrying(step)


def read(services: Services, call: Call, which: str) -> Voucher:
    """A voucher; audited. Raises Forbidden, NotFound, Gone."""
    require(call.caller, READ_CHARGES, GRANTS)
    found, version = load(services, call.caller.tenant, which)
    work = Work(services, call)
    work.audit("billing.read_voucher", found.patient, f"voucher/{which}")
    work.commit()
    return view(found, version)


def page(services: BillingServices, call: Call, query: VoucherQuery) -> VoucherPage:
    """Vouchers of a patient, latest first, or those of a contract that wait for an invoice, the
    oldest first; those of shredded records are left out. Raises Forbidden, NotFound, Gone."""
    require(call.caller, READ_CHARGES, GRANTS)
    tenant = call.caller.tenant
    partition = f"VOUCHERS#{tenant}#C#{query.contract}"
    if query.patient is not None:
        patient = services.neighbours.patient(query.patient).id
        partition = f"VOUCHERS#{tenant}#P#{patient}"
    listed = services.store.query(
        partition,
        "",
        after=from_cursor(query.cursor),
        limit=query.limit,
        newest_first=query.patient is not None,
    )
    keys = [repository.voucher_key(tenant, one) for one in repository.last_part(listed.items)]
    found = repository.fetch(services, keys)
    items = [found[key] for key in keys if key in found]
    scopes = {Scope(tenant, item.text("patient")): None for item in items}
    services.fetch([], *scopes)
    summaries = []
    for item in items:
        with suppress(Gone):
            one = repository.opened_of_patient(services, tenant, item, StoredVoucher)
            summaries.append(summary(one))
    return VoucherPage(items=tuple(summaries), cursor=to_cursor(listed.next_after))


def _require_covered(coverage: Coverage, days: Iterable[date]) -> None:
    """Raise NotCovered unless the coverage is in force on all these days."""
    ends = coverage.valid_until or date.max
    if any(not coverage.valid_from <= day <= ends for day in days):
        raise NotCovered("coverage")


def load(services: Services, tenant: str, which: str) -> tuple[StoredVoucher, int]:
    """A voucher and its version. Raises NotFound, Gone."""
    item = services.store.get(repository.voucher_key(tenant, which))
    if item is None:
        raise NotFound("there is no such voucher")
    services.fetch([], Scope(tenant, item.text("patient")))
    return repository.opened_of_patient(services, tenant, item, StoredVoucher), item.version


def waiting_key(tenant: str, made: StoredVoucher) -> Key:
    """Where it says that a voucher waits for an invoice."""
    return Key(f"VOUCHERS#{tenant}#C#{made.contract}", f"{to_text(made.issued_at)}#{made.id}")


def put(work: Work, made: StoredVoucher, version: int) -> None:
    """Write a voucher; `version` is the one it replaces, 0 for a new one."""
    key = repository.voucher_key(work.call.caller.tenant, made.id)
    repository.put_of_patient(work, key, made, version)


def keep(work: Work, made: StoredVoucher, version: int, verb: str, action: str) -> Voucher:
    put(work, made, version)
    fact = VoucherFact(
        voucher_id=made.id,
        patient_id=made.patient,
        contract_id=made.contract,
        charge_ids=made.charges,
    )
    work.event(f"billing.voucher_{verb}", made.id, version + 1, fact.model_dump(mode="json"))
    work.audit(f"billing.{action}", made.patient, f"voucher/{made.id}")
    answer = view(made, version + 1)
    work.commit(answer, answer.version)
    return answer


def view(made: StoredVoucher, version: int) -> Voucher:
    """What is answered."""
    own = {n: getattr(made, n) for n in Voucher.model_fields if n != "version"}
    return Voucher.model_construct(**own, version=version)


def summary(made: StoredVoucher) -> VoucherSummary:
    """What lists show."""
    return VoucherSummary(**{n: getattr(made, n) for n in VoucherSummary.model_fields})
