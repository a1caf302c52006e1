"""Refusals that only this context has."""

from collections.abc import Sequence

from telesalud.platform.errors import Conflict


class TooLittle(Conflict):
    """There is not as much of it; `lots` say of which, `left` how much there is of each."""

    slug = "not-enough-stock"
    title = "There is not enough of this in the warehouse"

    def __init__(self, lots: Sequence[str], left: Sequence[int]) -> None:
        super().__init__(
            "take less, or from another lot", lots=list(lots), left=[str(n) for n in left]
        )


class LotUnusable(Conflict):
    """A lot that has expired, is blocked or was recalled reaches nobody; `why` says which."""

    slug = "lot-unusable"
    title = "This lot must not be used"

    def __init__(self, lot: str, why: str) -> None:
        super().__init__("take another lot, and set this one aside", lot=lot, why=why)


class NotHere(Conflict):
    """The mode of the warehouse's site does not allow this movement; `mode` is where it is."""

    slug = "warehouse-leased"
    title = "This warehouse is leased to a site that decides about it now"

    def __init__(self, mode: str) -> None:
        super().__init__("wait until the site is back, or ask there", mode=mode)


class BeingCounted(Conflict):
    """Its balance is frozen; `count` is the count that holds it."""

    slug = "being-counted"
    title = "This item is being counted"

    def __init__(self, count: str) -> None:
        super().__init__("finish the count first", count=count)


class BeyondPrescription(Conflict):
    """More than what is left of the line; `left` says how much that is."""

    slug = "beyond-prescription"
    title = "This is more than was prescribed"

    def __init__(self, line: int, left: int) -> None:
        super().__init__("give what is left of the line", line=str(line), left=str(left))


class NotDispensable(Conflict):
    """Nothing of this prescription may be dispensed now; `why` is a word for the reason."""

    slug = "not-dispensable"
    title = "This prescription cannot be dispensed"

    def __init__(self, why: str) -> None:
        super().__init__("look at the prescription, or ask who prescribed it", why=why)


class AlertsUnseen(Conflict):
    """Alerts of high severity that nobody has answered; `alerts` holds their ids."""

    slug = "alerts-unseen"
    title = "Alerts of high severity have to be looked at first"

    def __init__(self, alerts: Sequence[str]) -> None:
        super().__init__("read them, and say why you go on", alerts=list(alerts))


class WardClosed(Conflict):
    """The patient has been discharged, or that has begun: nothing is delivered or given."""

    slug = "ward-closed"
    title = "The account of this admission is closed"

    def __init__(self) -> None:
        super().__init__("look at the admission")


class NotOnWard(Conflict):
    """The ward has not as much of this lot for the patient; `left` says how much."""

    slug = "not-on-ward"
    title = "The ward has not so much of this for the patient"

    def __init__(self, item: str, lot: str, left: int) -> None:
        super().__init__("ask the pharmacy for more", item=item, lot=lot, left=str(left))


class WardNotSettled(Conflict):
    """Something that was delivered is not accounted for; `items` and `left` say what."""

    slug = "ward-not-settled"
    title = "Not everything that was delivered has been applied, returned or wasted"

    def __init__(self, items: Sequence[str], left: Sequence[int]) -> None:
        super().__init__(
            "record what became of it first", items=list(items), left=[str(n) for n in left]
        )
