"""What earlier releases stored opens, and keeps what later ones added to it."""

from collections.abc import Mapping

from pydantic import BaseModel

from schemas import billing, invoices, vouchers
from telesalud.billing.stored import STORED
from tests.support import golden

EVENTS: Mapping[str, type[BaseModel]] = {**billing.EVENTS, **invoices.EVENTS, **vouchers.EVENTS}


def test_what_any_release_stored_opens() -> None:
    golden.check("billing", {**STORED, **EVENTS})
