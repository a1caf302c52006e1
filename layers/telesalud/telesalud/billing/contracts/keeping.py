"""Payers and the contracts with them."""

from typing import Final

from schemas.billing import (
    ContractBody,
    ContractFact,
    ContractQuery,
    Payer,
    PayerBody,
    PayerContract,
    PayerContractList,
    PayerList,
)
from telesalud.billing import repository
from telesalud.billing.policy import GRANTS, MANAGE, READ_CONTRACTS
from telesalud.billing.stored import StoredContract, StoredPayer
from telesalud.platform.access import require
from telesalud.platform.errors import Conflict, FieldError, Invalid, NotFound, StaleVersion
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.store import MAX_PAGE, Check, ConditionFailed, at_version, every
from telesalud.platform.work import Call, Services, Work

_MOST: Final = 500
"""Payers, and contracts, of an institution; lists show all of them."""


def add_payer(services: Services, call: Call, body: PayerBody) -> Payer:
    """A new payer. Raises Forbidden, Invalid, Conflict for too many."""
    require(call.caller, MANAGE, GRANTS)
    refuse_unprintable(("/name", body.name), ("/tax_number", body.tax_number))
    _require_room(services, f"PAYER#{call.caller.tenant}")
    made = StoredPayer(id=services.new_id(), **dict(body))
    return _keep_payer(Work(services, call), made, 0, "add_payer")


def change_payer(
    services: Services, call: Call, which: str, body: PayerBody, version: int
) -> Payer:
    """Correct a payer. Contracts keep the name they were written with until they are changed.

    Raises Forbidden, NotFound, StaleVersion, Invalid.
    """
    require(call.caller, MANAGE, GRANTS)
    refuse_unprintable(("/name", body.name), ("/tax_number", body.tax_number))
    key = repository.payer_key(call.caller.tenant, which)
    found, present = repository.load(services, call.caller.tenant, key, StoredPayer)
    if present != version:
        raise StaleVersion
    made = found.model_copy(update=dict(body))
    return _keep_payer(Work(services, call), made, version, "change_payer")


def payers(services: Services, call: Call) -> PayerList:
    """All payers, by name. Raises Forbidden."""
    require(call.caller, READ_CONTRACTS, GRANTS)
    tenant = call.caller.tenant
    found = [
        _payer(repository.opened(services, tenant, item, StoredPayer), item.version)
        for item in every(services.store, f"PAYER#{tenant}", page_size=MAX_PAGE)
    ]
    return PayerList(items=tuple(sorted(found, key=lambda one: (not one.active, one.name))))


def add(services: Services, call: Call, body: ContractBody) -> PayerContract:
    """A new contract. Raises Forbidden, Invalid for a payer that is not there, Conflict."""
    require(call.caller, MANAGE, GRANTS)
    refuse_unprintable(("/name", body.name), ("/number", body.number))
    _require_room(services, f"CONTRACT#{call.caller.tenant}")
    return _write(services, call, body, services.new_id(), 0)


def change(
    services: Services, call: Call, which: str, body: ContractBody, version: int
) -> PayerContract:
    """Change a contract; what was issued under it stays as it is.

    Raises Forbidden, NotFound, StaleVersion, Invalid, Conflict for another payer, country or
    currency of one that has prices.
    """
    require(call.caller, MANAGE, GRANTS)
    refuse_unprintable(("/name", body.name), ("/number", body.number))
    key = repository.contract_key(call.caller.tenant, which)
    found, present = repository.load(services, call.caller.tenant, key, StoredContract)
    if present != version:
        raise StaleVersion
    fixed = (body.payer, body.country, body.currency)
    if found.priced and fixed != (found.payer, found.country, found.currency):
        raise Conflict("it has prices: make another contract for another payer or currency")
    return _write(services, call, body, which, version, priced=found.priced)


def read(services: Services, call: Call, which: str) -> PayerContract:
    """A contract. Raises Forbidden, NotFound."""
    require(call.caller, READ_CONTRACTS, GRANTS)
    key = repository.contract_key(call.caller.tenant, which)
    found, version = repository.load(services, call.caller.tenant, key, StoredContract)
    return view(found, version)


def listed(services: Services, call: Call, query: ContractQuery) -> PayerContractList:
    """Contracts, by payer and name. Raises Forbidden."""
    require(call.caller, READ_CONTRACTS, GRANTS)
    tenant, found = call.caller.tenant, list[PayerContract]()
    for item in every(services.store, f"CONTRACT#{tenant}", page_size=MAX_PAGE):
        one = repository.opened(services, tenant, item, StoredContract)
        wanted = query.payer in (None, one.payer)
        if wanted and (query.on is None or one.in_force(query.on)):
            found.append(view(one, item.version))
    found.sort(key=lambda one: (not one.active, one.payer_name, one.name))
    return PayerContractList(items=tuple(found))


def _write(
    services: Services,
    call: Call,
    body: ContractBody,
    which: str,
    version: int,
    *,
    priced: bool = False,
) -> PayerContract:
    tenant = call.caller.tenant
    key = repository.payer_key(tenant, body.payer)
    try:
        payer, payer_version = repository.load(services, tenant, key, StoredPayer)
    except NotFound:
        fault = FieldError("/payer", "unknown", "choose a payer of the institution")
        raise Invalid("there is no such payer", [fault]) from None
    made = StoredContract(
        id=which,
        priced=priced,
        payer_name=payer.name,
        payer_kind=payer.kind,
        payer_tax_number=payer.tax_number,
        **dict(body),
    )
    work = Work(services, call)
    work.add(Check(key, at_version(payer_version)))
    own = repository.contract_key(tenant, made.id)
    repository.put(work, own, made, version)
    announce(work, "contract_changed", made, version + 1)
    verb = "change_contract" if version else "add_contract"
    work.audit(f"billing.{verb}", "", f"contract/{made.id}")
    answer = view(made, version + 1)
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return answer


def announce(work: Work, verb: str, made: StoredContract, sequence: int) -> None:
    """Say that a contract or its prices changed; ids only."""
    fact = ContractFact(contract_id=made.id, payer_id=made.payer, at=work.services.clock())
    work.event(f"billing.{verb}", made.id, sequence, fact.model_dump(mode="json"))


def _keep_payer(work: Work, made: StoredPayer, version: int, action: str) -> Payer:
    key = repository.payer_key(work.call.caller.tenant, made.id)
    repository.put(work, key, made, version)
    work.audit(f"billing.{action}", "", f"payer/{made.id}")
    answer = _payer(made, version + 1)
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        raise StaleVersion from failed
    return answer


def _require_room(services: Services, partition: str) -> None:
    if len(list(every(services.store, partition, page_size=MAX_PAGE))) >= _MOST:
        raise Conflict(f"there are {_MOST} already: change one that is out of use")


def _payer(made: StoredPayer, version: int) -> Payer:
    return Payer.model_construct(**dict(made) | {"version": version})


def view(made: StoredContract, version: int) -> PayerContract:
    """What is answered."""
    own = {n: getattr(made, n) for n in PayerContract.model_fields if n != "version"}
    return PayerContract.model_construct(**own, version=version)
