"""Every operation says whether a disconnected site has it."""

from telesalud.billing import wiring
from telesalud.billing.on_site import ALLOWED_ON_A_SITE
from telesalud.platform.http.serving import Api, routes_in

API = Api("billing", routes_in("telesalud.billing.routes"), wiring.services)


def test_every_operation_is_marked_and_every_mark_is_of_an_operation() -> None:
    assert {operation.name for operation in API.operations} == set(ALLOWED_ON_A_SITE)


def test_a_site_neither_invoices_nor_sets_prices() -> None:
    central = {"issue_invoice", "credit_invoice", "pay_invoice", "set_prices", "lease_numbers"}
    assert not any(ALLOWED_ON_A_SITE[name] for name in central)
