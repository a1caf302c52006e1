"""Favourites: their owner's alone, never overwritten unseen, with products as they are now."""

import pytest
from pydantic import ValidationError

from schemas.favourites import FavouriteLine, FavouriteOrder, Favourites, FavouritesBody
from schemas.formulary import OrderedTest, OrderKind
from telesalud.orders import favourites
from telesalud.platform.access import Caller
from telesalud.platform.errors import Forbidden, StaleVersion
from tests.support.crashes import crash_everywhere
from tests.worlds.orders.ward import ADMINISTRATOR, DESK, PHARMACIST, Ward, line, physician
from tests.worlds.world import call, partner

KNOWN = FavouriteLine(name="Siempre igual", line=line("PAR500"))
GONE = FavouriteLine(name="Ya no existe", line=line("PAR500").model_copy(update={"item": "NO-1"}))
TESTS = FavouriteOrder(
    name="Control", kind=OrderKind.LABORATORY, tests=(OrderedTest(display="Hemoglobina"),)
)


def write(ward: Ward, body: FavouritesBody, version: int) -> Favourites:
    by = call(physician())
    return favourites.write(ward.services, ward.catalogues, by, body, version)


def read(ward: Ward, who: Caller | None = None) -> Favourites:
    return favourites.read(ward.services, ward.catalogues, call(who or physician()))


def test_a_list_is_its_owners_alone_and_says_which_products_there_are() -> None:
    ward = Ward()
    assert read(ward).version == 0
    written = write(ward, FavouritesBody(lines=(KNOWN, GONE), orders=(TESTS,)), 0)
    assert read(ward) == written
    products = [one.product and one.product.code for one in written.lines]
    assert products == [KNOWN.line.item, None]
    assert read(ward, physician(subject="physician-2")).orders == ()


def test_two_devices_do_not_overwrite_each_other_unseen() -> None:
    ward = Ward()
    write(ward, FavouritesBody(orders=(TESTS,)), 0)
    with pytest.raises(StaleVersion):
        write(ward, FavouritesBody(), 0)
    assert write(ward, FavouritesBody(), 1).orders == ()


def test_a_crash_leaves_the_old_list_or_the_new_one() -> None:
    def act(ward: Ward) -> None:
        write(ward, FavouritesBody(lines=(KNOWN,)), read(ward).version)

    def check(ward: Ward) -> None:
        assert [one.name for one in read(ward).lines] == [KNOWN.name]

    assert crash_everywhere(Ward, lambda ward: ward.world.store, act, check) == 2


@pytest.mark.parametrize("who", [ADMINISTRATOR, DESK, PHARMACIST, partner("orders.draft")])
def test_who_writes_no_drafts_has_none(who: Caller) -> None:
    with pytest.raises(Forbidden):
        read(Ward(), who)


def test_a_name_is_given_once_and_an_order_asks_for_something() -> None:
    with pytest.raises(ValidationError):
        FavouritesBody(lines=(KNOWN, KNOWN))
    with pytest.raises(ValidationError):
        FavouritesBody.model_validate(
            {"orders": [{"name": "Nada", "kind": "laboratory", "tests": []}]}
        )
