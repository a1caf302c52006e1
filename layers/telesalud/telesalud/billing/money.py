"""Amounts: decimals, rounded once, where a line becomes money, half away from zero."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Final

from schemas.billing import DECIMALS

_DIGITS: Final = 40
"""More than any product of a quantity, a price and a rate has."""


def rounded(amount: Decimal, currency: str) -> Decimal:
    """An amount with the places of its currency."""
    with localcontext(prec=_DIGITS):
        return amount.quantize(Decimal(1).scaleb(-DECIMALS[currency]), ROUND_HALF_UP)


def times(price: str, quantity: int) -> Decimal:
    """The exact price of some units."""
    with localcontext(prec=_DIGITS):
        return Decimal(price) * quantity


def share(amount: Decimal, percent: str) -> Decimal:
    """The exact part of an amount."""
    with localcontext(prec=_DIGITS):
        return amount * Decimal(percent) / 100


def total(amounts: Iterable[str], currency: str) -> str:
    """The sum of amounts of one currency."""
    with localcontext(prec=_DIGITS):
        return text(sum((Decimal(one) for one in amounts), Decimal(0)), currency)


def text(amount: Decimal, currency: str) -> str:
    """An amount as it is written: `12.50`, never in powers of ten and never `-0`."""
    plain = rounded(amount, currency)
    return f"{plain if plain else abs(plain):f}"
