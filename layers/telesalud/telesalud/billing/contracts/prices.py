"""A contract's tariff: prices by code, each from a day on. What was charged stays as it was."""

from schemas.billing import NewPrices, PriceLine, PricePage, PriceQuery, PriceSet, TaxCategory
from telesalud.billing import repository
from telesalud.billing.contracts.keeping import announce
from telesalud.billing.policy import GRANTS, MANAGE, READ_PRICES
from telesalud.billing.stored import StoredContract, StoredPrices
from telesalud.billing.taxes import tax_of
from telesalud.platform.access import require
from telesalud.platform.errors import FieldError, Invalid
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.work import Call, Services, Work, retrying

MOST_KEPT = 100
"""Prices of one code; older ones make room."""


def set_prices(services: Services, call: Call, which: str, body: NewPrices) -> PricePage:
    """Set prices from their days on; one of the same code and day replaces it for what is priced
    later. Raises Forbidden, NotFound, Invalid for a tax that the country does not have."""
    require(call.caller, MANAGE, GRANTS)
    for position, line in enumerate(body.lines):
        refuse_unprintable((f"/lines/{position}/name", line.name))
    tenant = call.caller.tenant
    own = repository.contract_key(tenant, which)

    def step() -> PricePage:
        found, version = repository.load(services, tenant, own, StoredContract)
        _require_taxes(found, body)
        keys = {line.code: repository.price_key(tenant, which, line.code) for line in body.lines}
        there = repository.fetch(services, keys.values())
        work, sets = Work(services, call), list[PriceSet]()
        for line in body.lines:
            item = there.get(keys[line.code])
            before = repository.opened(services, tenant, item, StoredPrices).prices if item else ()
            prices = _with(before, line)
            present = item.version if item else 0
            repository.put(work, keys[line.code], StoredPrices(prices=prices), present)
            sets.append(PriceSet(code=line.code, prices=prices))
        made = found.model_copy(update={"priced": True})
        repository.put(work, own, made, version)
        announce(work, "prices_set", made, version + 1)
        work.audit("billing.set_prices", "", f"contract/{which}")
        answer = PricePage(items=tuple(sets))
        work.commit(answer)
        return answer

    return retrying(step)


def page(services: Services, call: Call, which: str, query: PriceQuery) -> PricePage:
    """The tariff, by code. Raises Forbidden, NotFound."""
    require(call.caller, READ_PRICES, GRANTS)
    tenant = call.caller.tenant
    repository.load(services, tenant, repository.contract_key(tenant, which), StoredContract)
    listed = services.store.query(
        f"PRICE#{tenant}#{which}", "", after=from_cursor(query.cursor), limit=query.limit
    )
    sets = tuple(
        PriceSet(
            code=item.key.sk,
            prices=repository.opened(services, tenant, item, StoredPrices).prices,
        )
        for item in listed.items
    )
    return PricePage(items=sets, cursor=to_cursor(listed.next_after))


def _with(before: tuple[PriceLine, ...], line: PriceLine) -> tuple[PriceLine, ...]:
    others = [one for one in before if one.since != line.since]
    ordered = sorted([*others, line], key=lambda one: one.since, reverse=True)
    return tuple(ordered[:MOST_KEPT])


def _require_taxes(found: StoredContract, body: NewPrices) -> None:
    wrong = [
        FieldError(f"/lines/{position}/tax", "unknown-tax", "the country has no such rate then")
        for position, line in enumerate(body.lines)
        if line.tax is not TaxCategory.EXEMPT
        and tax_of(found.country, line.tax, line.since) is None
    ]
    if wrong:
        raise Invalid("a tax is not one of the contract's country", wrong)
