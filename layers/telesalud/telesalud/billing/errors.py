"""Refusals that only this context has."""

from collections.abc import Sequence

from telesalud.platform.errors import Conflict


class NotPriced(Conflict):
    """The contract has no price for these codes on their days; `codes` names them."""

    slug = "not-priced"
    title = "The contract has no price for this"

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__("set the price, or leave it off the voucher", codes=list(codes))


class NotCovered(Conflict):
    """The coverage or its contract is not in force; `why` is a word for the reason."""

    slug = "not-covered"
    title = "This coverage does not pay for it"

    def __init__(self, why: str) -> None:
        super().__init__("choose a coverage that is in force on these days", why=why)


class ChargesTaken(Conflict):
    """Charges that are on a voucher already, or were waived; `charges` holds their ids."""

    slug = "charges-taken"
    title = "Some of this is on a voucher already"

    def __init__(self, charges: Sequence[str]) -> None:
        super().__init__("look at what is still open", charges=list(charges))


class AlreadyInvoiced(Conflict):
    """Vouchers that are on an invoice; `invoices` holds those invoices' ids."""

    slug = "already-invoiced"
    title = "Some of these vouchers are on an invoice already"

    def __init__(self, vouchers: Sequence[str], invoices: Sequence[str]) -> None:
        super().__init__("leave them out", vouchers=list(vouchers), invoices=list(invoices))


class TooMuchPaid(Conflict):
    """More than what is due; `due` says how much that is."""

    slug = "more-than-due"
    title = "This is more than what is due"

    def __init__(self, due: str) -> None:
        super().__init__("take no more than what is due", due=due)


class NumbersExhausted(Conflict):
    """A disconnected site has used up the numbers that were leased to it."""

    slug = "numbers-exhausted"
    title = "This site has no numbers left"

    def __init__(self) -> None:
        super().__init__("lease a new block to it at the centre")
