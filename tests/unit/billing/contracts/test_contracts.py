"""Payers, contracts and prices."""

from datetime import date

import pytest
from pydantic import ValidationError

from schemas.billing import ContractBody, ContractQuery, PriceLine, PriceQuery
from telesalud.billing.contracts import keeping, prices
from telesalud.platform.errors import Conflict, Forbidden, Invalid, StaleVersion
from tests.worlds.billing.office import DESK, Office


@pytest.fixture
def here() -> Office:
    return Office()


def body(here: Office, **changes: object) -> ContractBody:
    own = {name: getattr(here.contract, name) for name in ContractBody.model_fields}
    return ContractBody.model_validate({**own, **changes})


def test_currency_and_country_of_a_contract_with_prices_stay(here: Office) -> None:
    for changes in ({"currency": "USD"}, {"country": "CL"}):
        with pytest.raises(Conflict):
            keeping.change(here.services, here.by(), here.contract.id, body(here, **changes), 3)
    renamed = body(here, name="Plan Dos", valid_until=date(2026, 12, 31))
    after = keeping.change(here.services, here.by(), here.contract.id, renamed, 3)
    assert after.name == "Plan Dos"
    with pytest.raises(StaleVersion):
        keeping.change(here.services, here.by(), here.contract.id, renamed, 3)


def test_contracts_of_a_day_are_those_in_force(here: Office) -> None:
    def on(day: date) -> int:
        return len(keeping.listed(here.services, here.by(DESK), ContractQuery(on=day)).items)

    assert [on(date(2025, 12, 31)), on(date(2026, 1, 1))] == [0, 1]


def test_a_contract_is_with_a_payer_of_the_institution(here: Office) -> None:
    with pytest.raises(Invalid):
        keeping.add(here.services, here.by(), body(here, payer=here.contract.id))


def test_the_desk_sees_contracts_and_no_prices(here: Office) -> None:
    assert keeping.read(here.services, here.by(DESK), here.contract.id).name == "Plan Uno"
    with pytest.raises(Forbidden):
        prices.page(here.services, here.by(DESK), here.contract.id, PriceQuery())


def test_a_tax_that_the_country_has_not_is_refused(here: Office) -> None:
    with pytest.raises(Invalid):
        here.price("AMX500", "1.00", tax="reduced")
    with pytest.raises(Invalid):
        here.price("AMX500", "1.00", since=date(1990, 1, 1), tax="standard")


def test_earlier_prices_stay(here: Office) -> None:
    here.price("AMX500", "0.50", since=date(2027, 1, 1))
    here.price("AMX500", "0.60", since=date(2027, 1, 1))
    found = prices.page(here.services, here.by(), here.contract.id, PriceQuery()).items
    [of] = [one for one in found if one.code == "AMX500"]
    assert [line.price for line in of.prices] == ["0.60", "0.3333"]


@pytest.mark.parametrize("price", ["-1", "1,50", "1e3", "1.23456", "", ".5", "01", 1.5])
def test_what_is_no_price_is_refused(price: object) -> None:
    line = {"code": "A", "kind": "visit", "name": "n", "since": date(2026, 1, 1), "price": price}
    with pytest.raises(ValidationError):
        PriceLine.model_validate(line, strict=False)
