"""Contracts of what somebody prescribes and orders again and again."""

from typing import Self

from pydantic import Field, model_validator

from schemas.common import Contract, Line
from schemas.formulary import FormularyItem, OrderedTest, OrderKind
from schemas.orders import Priority
from schemas.prescriptions import NewLine

MOST_FAVOURITES = 40
MOST_TESTS = 20


class FavouriteLine(Contract):
    """A drug with its dose, as one prescribes it."""

    name: Line = Field(max_length=80)
    line: NewLine


class FavouriteOrder(Contract):
    """Tests that one orders together."""

    name: Line = Field(max_length=80)
    kind: OrderKind
    tests: tuple[OrderedTest, ...] = Field(min_length=1, max_length=MOST_TESTS)
    priority: Priority = Priority.ROUTINE


class FavouritesBody(Contract):
    """All of one's favourites; names are given once in each list."""

    lines: tuple[FavouriteLine, ...] = Field(default=(), max_length=MOST_FAVOURITES)
    orders: tuple[FavouriteOrder, ...] = Field(default=(), max_length=MOST_FAVOURITES)

    @model_validator(mode="after")
    def _once(self) -> Self:
        for names in ([x.name for x in self.lines], [x.name for x in self.orders]):
            plain = [name.casefold() for name in names]
            if len(set(plain)) < len(plain):
                raise ValueError("each name is given once")
        return self


class ShownLine(NewLine):
    """A drug with its dose, and the product as the formulary has it now."""

    name: Line
    product: FormularyItem | None
    """Null for one that the formulary does not have any more."""


class Favourites(Contract):
    """All of one's favourites."""

    lines: tuple[ShownLine, ...]
    orders: tuple[FavouriteOrder, ...]
    version: int
