"""Payers, contracts and prices over HTTP."""

from schemas import billing as b
from telesalud.billing import wiring
from telesalud.billing.contracts import keeping, prices
from telesalud.billing.routes import CHANGE, CHANGED, WRITE, versioned
from telesalud.platform.errors import Conflict, Invalid, NotFound
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/billing")


@group.post("/payers", body=b.PayerBody, answer=b.Payer, errors=(Invalid, Conflict), **WRITE)
def add_payer(request: Request) -> Answer:
    """A new payer."""
    return versioned(keeping.add_payer(wiring.services(), request.call, request.body))


@group.put(
    "/payers/{payer_id}", body=b.PayerBody, answer=b.Payer, errors=(*CHANGED, Invalid), **CHANGE
)
def change_payer(request: Request) -> Answer:
    """Correct a payer."""
    which, version = request.id("payer_id"), request.if_match
    return versioned(
        keeping.change_payer(wiring.services(), request.call, which, request.body, version)
    )


@group.get("/payers", answer=b.PayerList)
def list_payers(request: Request) -> b.PayerList:
    """All payers, by name."""
    return keeping.payers(wiring.services(), request.call)


@group.post(
    "/contracts", body=b.ContractBody, answer=b.PayerContract, errors=(Invalid, Conflict), **WRITE
)
def add_contract(request: Request) -> Answer:
    """A new contract with a payer."""
    return versioned(keeping.add(wiring.services(), request.call, request.body))


@group.get("/contracts", query=b.ContractQuery, answer=b.PayerContractList, errors=(Invalid,))
def list_contracts(request: Request) -> b.PayerContractList:
    """Contracts, by payer and name."""
    return keeping.listed(wiring.services(), request.call, request.query)


@group.get("/contracts/{contract_id}", answer=b.PayerContract, errors=(NotFound,))
def read_contract(request: Request) -> Answer:
    """A contract."""
    return versioned(keeping.read(wiring.services(), request.call, request.id("contract_id")))


@group.put(
    "/contracts/{contract_id}",
    body=b.ContractBody,
    answer=b.PayerContract,
    errors=(*CHANGED, Invalid, Conflict),
    **CHANGE,
)
def change_contract(request: Request) -> Answer:
    """Change a contract; what was issued under it stays."""
    which, version = request.id("contract_id"), request.if_match
    return versioned(keeping.change(wiring.services(), request.call, which, request.body, version))


@group.post(
    "/contracts/{contract_id}/prices",
    body=b.NewPrices,
    answer=b.PricePage,
    errors=(NotFound, Invalid),
    **WRITE,
)
def set_prices(request: Request) -> b.PricePage:
    """Set prices of a contract from their days on."""
    which = request.id("contract_id")
    return prices.set_prices(wiring.services(), request.call, which, request.body)


@group.get(
    "/contracts/{contract_id}/prices",
    query=b.PriceQuery,
    answer=b.PricePage,
    errors=(NotFound, Invalid),
)
def list_prices(request: Request) -> b.PricePage:
    """A contract's tariff, by code."""
    which = request.id("contract_id")
    return prices.page(wiring.services(), request.call, which, request.query)
