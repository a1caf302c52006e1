"""What was dispensed in a dispensary."""

from schemas.dispensing import DispensedLine, Dispensing, NewDispensing, PickedLot, Receiver
from telesalud.pharmacy.dispensing import giving
from tests.worlds.pharmacy.dispensary import (
    AMOXICILLIN,
    EARLY,
    MORPHINE,
    PRESCRIPTION,
    Dispensary,
    line,
)

FIRST = f"{EARLY}.L1"


def stocked() -> Dispensary:
    """With thirty of the first lot."""
    made = Dispensary()
    made.enter(AMOXICILLIN, 30)
    return made


def given(here: Dispensary, quantity: int = 21) -> Dispensing:
    """Some of the prescription."""
    pick = (PickedLot(lot=FIRST, quantity=quantity),)
    body = NewDispensing(
        prescription=PRESCRIPTION,
        warehouse=here.main.id,
        lines=(DispensedLine(line=1, item=AMOXICILLIN, lots=pick),),
    )
    return giving.dispense(here.services, here.by(), body)


def controlled(here: Dispensary) -> Dispensing:
    """A controlled medicine that waits for its second signature."""
    here.enter(MORPHINE, 30)
    here.near.lines = (line(1, MORPHINE, 10),)
    pick = (PickedLot(lot=FIRST, quantity=10),)
    body = NewDispensing(
        prescription=PRESCRIPTION,
        warehouse=here.main.id,
        lines=(DispensedLine(line=1, item=MORPHINE, lots=pick),),
        receiver=Receiver(name="Familiar Demostración", document="DNI 00000001"),
    )
    return giving.dispense(here.services, here.by(), body)
