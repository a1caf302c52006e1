"""Medicines for the clinical tests, in an institution that has no tables of its own."""

from schemas.clinical_events import Criticality
from schemas.formulary import FormularyItem, Route
from schemas.prescriptions import Alert, PrescriptionLine
from telesalud.orders.catalogues.releases import Formulary, Interactions
from telesalud.orders.current_state import Allergy, Taken
from telesalud.orders.medicines.facts import facts
from telesalud.orders.prescriptions.checks import Knowledge, check
from tests.worlds.orders.ward import line


def product(substance: str) -> FormularyItem:
    """A product of the substance, under the first of its ATC codes."""
    codes = facts().substances[substance].atc or ("V03AX01",)
    return FormularyItem(
        code=f"T-{substance}"[:32],
        atc=codes[0],
        name=substance,
        substances=(substance,),
        form="tableta",
        strength="1 mg",
        unit="tableta",
        routes=(Route.ORAL,),
    )


def prescribed(substance: str) -> PrescriptionLine:
    """A line of it."""
    item = product(substance)
    return PrescriptionLine(number=1, product=item, **dict(line(item.code)))


def taken(substance: str) -> Taken:
    """The same substance in use, under the last of its ATC codes."""
    codes = facts().substances[substance].atc
    return Taken("medication/1", (f"atc:{codes[-1]}",) if codes else (f"substance:{substance}",))


def alerts(kind: str, known: str, substance: str) -> tuple[Alert, ...]:
    """What is said when the substance is prescribed, in an institution without tables."""
    against = [Allergy("allergy/1", (known,), Criticality.UNKNOWN)] if kind == "allergy" else []
    with_ = [] if kind == "allergy" else [taken(known)]
    everything = Knowledge(Formulary(), Interactions(), "es")
    return check([prescribed(substance)], against, with_, everything)
