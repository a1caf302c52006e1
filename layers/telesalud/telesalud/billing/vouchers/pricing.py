"""What charges cost under a contract: one line a code and day, each rounded once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from schemas.billing import PriceLine
from schemas.vouchers import VoucherLine
from telesalud.billing import money, repository
from telesalud.billing.errors import NotCovered, NotPriced
from telesalud.billing.stored import StoredCharge, StoredContract, StoredPrices
from telesalud.billing.taxes import tax_of
from telesalud.platform.errors import Conflict
from telesalud.platform.work import Services


class _What(NamedTuple):
    day: date
    code: str
    kind: str


def lines_of(
    services: Services,
    tenant: str,
    contract: StoredContract,
    charges: Sequence[StoredCharge],
    zone: str,
) -> tuple[VoucherLine, ...]:
    """The lines of a voucher, in the order of days and codes.

    What came back is subtracted from what was given of the same code on the same day. Raises
    NotPriced, NotCovered for a day on which the contract is not in force, Conflict when more came
    back than these charges gave, or nothing is left.
    """
    quantities: dict[_What, int] = defaultdict(int)
    for charge in charges:
        day = charge.at.astimezone(ZoneInfo(zone)).date()
        quantities[_What(day, charge.code, charge.kind.value)] += charge.quantity
    if any(not contract.in_force(what.day) for what in quantities):
        raise NotCovered("contract")
    if any(quantity < 0 for quantity in quantities.values()):
        raise Conflict("more came back than these charges gave: choose what it takes back, too")
    left = {what: quantity for what, quantity in sorted(quantities.items()) if quantity}
    if not left:
        raise Conflict("everything came back: waive these charges")
    found = _prices(services, tenant, contract, left)
    return tuple(_line(contract, what, quantity, found[what]) for what, quantity in left.items())


def _prices(
    services: Services, tenant: str, contract: StoredContract, wanted: Mapping[_What, int]
) -> dict[_What, PriceLine]:
    keys = {what: repository.price_key(tenant, contract.id, what.code) for what in wanted}
    there = repository.fetch(services, keys.values())
    prices: dict[_What, PriceLine] = {}
    for what, key in keys.items():
        item = there.get(key)
        known = repository.opened(services, tenant, item, StoredPrices) if item else None
        price = known.on(what.day) if known else None
        if price is not None and price.kind == what.kind:
            prices[what] = price
    if missing := sorted({what.code for what in wanted if what not in prices}):
        raise NotPriced(missing)
    return prices


def _line(contract: StoredContract, what: _What, quantity: int, price: PriceLine) -> VoucherLine:
    tax = tax_of(contract.country, price.tax, what.day)
    if tax is None:
        raise NotPriced([what.code])
    net = money.rounded(money.times(price.price, quantity), contract.currency)
    added = money.rounded(money.share(net, tax.rate), contract.currency)
    return VoucherLine(
        kind=price.kind,
        code=what.code,
        name=price.name,
        day=what.day,
        quantity=quantity,
        price=price.price,
        tax=price.tax,
        tax_name=tax.name,
        tax_rate=tax.rate,
        net=money.text(net, contract.currency),
        tax_amount=money.text(added, contract.currency),
        total=money.text(net + added, contract.currency),
    )
