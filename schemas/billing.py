"""Contracts of billing: who pays, under which contract, at which prices.

Amounts are decimal text with the currency beside them; nothing is ever a binary fraction.
"""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import Field, StringConstraints, model_validator

from schemas.common import Contract, Id, Line, Moment, PageQuery, Query
from schemas.patients import Country

Price = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,9})(\.[0-9]{1,4})?$")]
"""Of one unit: a decimal with a point and at most four places, never negative."""
Amount = Annotated[str, StringConstraints(pattern=r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?$")]
"""A decimal with a point, with the places of its currency."""
ChargeCode = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z._/-]{0,29}$")]
"""Of a medicine or supply the pharmacy's code; of other things the institution's own."""

DECIMALS: Final = {
    **dict.fromkeys(
        ("ARS", "BOB", "BRL", "BZD", "COP", "CRC", "CUP", "DOP", "EUR", "GTQ", "GYD", "HNL"), 2
    ),
    **dict.fromkeys(("HTG", "JMD", "MXN", "NIO", "PAB", "PEN", "SRD", "TTD", "USD", "UYU"), 2),
    **dict.fromkeys(("VES", "XCD"), 2),
    **dict.fromkeys(("CLP", "PYG"), 0),
}
"""Places of the minor unit by currency (ISO 4217)."""
Currency = Annotated[str, StringConstraints(pattern=f"^({'|'.join(sorted(DECIMALS))})$")]
"""ISO 4217, of the countries of the region."""


class PayerKind(StrEnum):
    """Who a payer is."""

    PUBLIC = "public"
    """A public or social insurer."""
    PRIVATE = "private"
    EMPLOYER = "employer"
    SELF = "self"
    """Patients themselves."""


class PayerBody(Contract):
    """Somebody who pays for patients (FHIR Organization, as Coverage.payor names it)."""

    name: Line
    kind: PayerKind
    tax_number: Line | None = None
    active: bool = True


class Payer(PayerBody):
    """A payer on file."""

    id: Id
    version: int


class PayerList(Contract):
    """All payers, by name."""

    items: tuple[Payer, ...]


class ContractBody(Contract):
    """An agreement with a payer. Country and currency of one that has prices never change."""

    payer: Id
    name: Line
    number: Line | None = None
    country: Country
    """Whose rules of taxes apply."""
    currency: Currency
    valid_from: date
    valid_until: date | None = None
    """The last day."""
    active: bool = True

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.valid_until is not None and self.valid_until < self.valid_from:
            raise ValueError("a contract ends after it begins")
        return self


class PayerContract(ContractBody):
    """A contract on file."""

    id: Id
    payer_name: str
    payer_kind: PayerKind
    version: int


class PayerContractList(Contract):
    """Contracts by payer and name."""

    items: tuple[PayerContract, ...]


class ContractQuery(Query):
    """Which contracts: of one payer, or all; those that may be assigned on a day, or all."""

    payer: Id | None = None
    on: date | None = None


class ChargeKind(StrEnum):
    """What is charged for."""

    VISIT = "visit"
    MEDICINE = "medicine"
    SUPPLY = "supply"
    PROCEDURE = "procedure"
    SERVICE = "service"
    """A diagnostic aid or another service on demand."""


class TaxCategory(StrEnum):
    """How the country's tax on sales treats it; rates are data (docs/billing.md)."""

    EXEMPT = "exempt"
    STANDARD = "standard"
    REDUCED = "reduced"


class PriceLine(Contract):
    """The price of something from a day on."""

    code: ChargeCode
    kind: ChargeKind
    name: Line
    since: date
    price: Price
    tax: TaxCategory = TaxCategory.EXEMPT


MOST_PRICES: Final = 40
"""Prices of one request: all of it is one transaction."""


class NewPrices(Contract):
    """Prices to set. Earlier prices of the same codes stay for what happened before."""

    lines: tuple[PriceLine, ...] = Field(min_length=1, max_length=MOST_PRICES)

    @model_validator(mode="after")
    def _once(self) -> Self:
        codes = [line.code for line in self.lines]
        if len(set(codes)) < len(codes):
            raise ValueError("name each code once")
        return self


class PriceSet(Contract):
    """Prices of a code in a contract, the latest first."""

    code: str
    prices: tuple[PriceLine, ...]


class PricePage(Contract):
    """A contract's tariff, by code."""

    items: tuple[PriceSet, ...]
    cursor: str | None = None


class PriceQuery(PageQuery):
    """Pages through a tariff."""


class ContractFact(Contract):
    """Data of `billing.contract_changed` and `billing.prices_set`."""

    contract_id: Id
    payer_id: Id
    at: Moment


EVENTS: dict[str, type[Contract]] = {
    "billing.contract_changed": ContractFact,
    "billing.prices_set": ContractFact,
}
"""Event types and the models of their `data`."""
