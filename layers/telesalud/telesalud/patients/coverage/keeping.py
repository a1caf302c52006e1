"""A patient's coverage: written with a contract of billing, ended, never erased.

    CHART#<t>#<patient> / COVERAGE#<id>   by the patient's key

Coverages of a registration that was merged into another are the survivor's. What was noted as text
before there were contracts stays in the demographics and is answered beside them.
"""

from datetime import date
from typing import Final, NamedTuple, Protocol

from schemas.billing import PayerContract
from schemas.coverage import Coverage, CoverageBody, CoverageFact, CoverageList
from telesalud.patients.access.opening import Chart, chart_partition, open_chart
from telesalud.patients.coverage.stored import StoredCoverage
from telesalud.patients.policy import GRANTS, READ, WRITE
from telesalud.platform.access import require
from telesalud.platform.errors import Conflict, FieldError, Invalid, NotFound, StaleVersion
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, Item, Key, Put, at_version, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work, retrying

PREFIX: Final = "COVERAGE#"
_MOST: Final = 40
"""Coverages of a patient in a lifetime of changes."""


class Contracts(Protocol):
    """Billing, asked with the caller's own token."""

    def contract(self, which: str) -> PayerContract | None:
        """A contract, or None. Raises Forbidden, Unavailable."""


def listed(services: Services, call: Call, patient: str) -> CoverageList:
    """A patient's coverages; audited. Raises Forbidden, NotFound, Gone."""
    chart = open_chart(services, call, patient, READ, relation=False)
    found = [stored.view(chart.patient, item.version) for item, stored in _all(chart)]
    found.sort(key=lambda one: one.valid_from, reverse=True)
    found.sort(key=lambda one: (one.entered_in_error, one.order))
    chart.log("patients.list_coverages", f"patient/{chart.patient}")
    return CoverageList(items=tuple(found), noted=chart.found.stored.body.insurance)


def add(
    services: Services, contracts: Contracts, call: Call, patient: str, body: CoverageBody
) -> Coverage:
    """Write that a contract pays for a patient.

    Raises Forbidden, NotFound, Gone, Invalid for a contract that is not in force on the first day,
    Conflict for one that pays already in that time, Unavailable.
    """
    require(call.caller, WRITE, GRANTS)  # before anything is asked of billing
    refuse_unprintable(("/member_number", body.member_number))
    contract = _in_force(contracts.contract(body.contract), body)

    def step() -> Coverage:
        chart = open_chart(services, call, patient, WRITE, relation=False)
        _require_room([stored for _, stored in _all(chart)], body)
        made = StoredCoverage(
            id=services.new_id(),
            contract_name=contract.name,
            payer=contract.payer,
            payer_name=contract.payer_name,
            payer_kind=contract.payer_kind,
            written_at=services.clock(),
            written_by=call.caller.subject,
            **dict(body),
        )
        return _keep(Work(services, call), chart, chart.patient, made, 0)

    return retrying(step)


class Where(NamedTuple):
    """A coverage of a patient, as a client read it."""

    patient: str
    coverage: str
    version: int


def change(
    services: Services, contracts: Contracts, call: Call, of: Where, body: CoverageBody
) -> Coverage:
    """Correct or end a coverage. What was issued under it stays as it is.

    Raises Forbidden, NotFound, Gone, StaleVersion, Invalid, Conflict, Unavailable.
    """
    require(call.caller, WRITE, GRANTS)
    refuse_unprintable(("/member_number", body.member_number))

    def step() -> Coverage:
        chart = open_chart(services, call, of.patient, WRITE, relation=False)
        there = {stored.id: (item, stored) for item, stored in _all(chart)}
        if of.coverage not in there:
            raise NotFound("the patient has no such coverage")
        item, found = there.pop(of.coverage)
        if item.version != of.version:
            raise StaleVersion
        if body.contract != found.contract:
            fault = FieldError("/contract", "other-contract", "write another coverage for it")
            raise Invalid("a coverage stays with its contract", [fault])
        if body.valid_from != found.valid_from:
            _in_force(contracts.contract(body.contract), body)
        _require_room([stored for _, stored in there.values()], body)
        made = found.model_copy(
            update={
                **dict(body),
                "written_at": services.clock(),
                "written_by": call.caller.subject,
            }
        )
        owner = item.key.pk.rpartition("#")[2]
        return _keep(Work(services, call), chart, owner, made, of.version)

    return retrying(step)


def _all(chart: Chart) -> list[tuple[Item, StoredCoverage]]:
    """Every coverage of a patient, of all registrations."""
    return [
        (item, open_model(chart.services.vault, Scope(chart.tenant, member), item, StoredCoverage))
        for member in chart.members
        for item in every(chart.services.store, chart_partition(chart.tenant, member), PREFIX)
    ]


def _in_force(contract: PayerContract | None, body: CoverageBody) -> PayerContract:
    """Raise Invalid unless the contract is in force on the coverage's first day."""
    if contract is not None and contract.active:
        ends = contract.valid_until or date.max
        if contract.valid_from <= body.valid_from <= ends:
            return contract
    fault = FieldError("/contract", "not-in-force", "choose a contract in force on the first day")
    raise Invalid("the contract is not in force then", [fault])


def _require_room(others: list[StoredCoverage], body: CoverageBody) -> None:
    """Raise Conflict when the contract pays already in that time, or there are too many."""
    if body.entered_in_error:
        return
    if len(others) >= _MOST:
        raise Conflict(f"a patient has at most {_MOST} coverages")
    begins, ends = body.valid_from, body.valid_until or date.max
    for one in others:
        overlap = one.valid_from <= ends and begins <= (one.valid_until or date.max)
        if one.contract == body.contract and overlap and not one.entered_in_error:
            raise Conflict("this contract pays for the patient already in that time")


def _keep(work: Work, chart: Chart, owner: str, made: StoredCoverage, version: int) -> Coverage:
    key = Key(chart_partition(chart.tenant, owner), f"{PREFIX}{made.id}")
    vault = work.services.vault
    sealed = seal_model(vault, Scope(chart.tenant, owner), key, made)
    when = at_version(version) if version else ABSENT
    work.add(Put(key, {ATTRIBUTE: sealed}, when=when))
    fact = CoverageFact(
        coverage_id=made.id,
        patient_id=chart.patient,
        contract_id=made.contract,
        valid_from=made.valid_from,
        valid_until=made.valid_until,
    )
    data = fact.model_dump(mode="json")
    work.event("patients.coverage_changed", made.id, version + 1, data)
    chart.audit(work, "patients.write_coverage", f"coverage/{made.id}")
    answer = made.view(chart.patient, version + 1)
    work.commit(answer, answer.version)
    return answer
