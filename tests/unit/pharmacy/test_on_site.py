"""Every operation says whether a disconnected site has it."""

from telesalud.pharmacy import wiring
from telesalud.pharmacy.on_site import ALLOWED_ON_A_SITE
from telesalud.platform.http.serving import Api, routes_in

API = Api("pharmacy", routes_in("telesalud.pharmacy.routes"), wiring.services)


def test_every_operation_is_marked_and_every_mark_is_of_an_operation() -> None:
    assert {operation.name for operation in API.operations} == set(ALLOWED_ON_A_SITE)


def test_a_site_neither_configures_nor_takes_goods_from_outside() -> None:
    named = {operation.name: operation for operation in API.operations}
    puts = {name for name in named if named[name].method == "PUT"} - {"fill_count"}
    assert not any(ALLOWED_ON_A_SITE[name] for name in puts)
    assert not ALLOWED_ON_A_SITE["enter_stock"]
