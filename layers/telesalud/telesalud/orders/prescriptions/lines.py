"""Lines of a prescription: the product, and whether dose, unit, rhythm and steps can be meant."""

from collections.abc import Iterator, Sequence
from typing import Final

from schemas.formulary import FormularyItem
from schemas.prescriptions import Dose, Frequency, NewLine, PrescriptionLine
from telesalud.orders.catalogues.releases import Formulary
from telesalud.orders.medicines.amounts import fault_of
from telesalud.platform.errors import FieldError, Invalid

_MOST_TIMES_AN_HOUR: Final = 4
"""Eye drops in an emergency; nothing else is given as often."""
_DAY: Final = 24


def lines_of(given: Sequence[NewLine], formulary: Formulary) -> tuple[PrescriptionLine, ...]:
    """The lines with their products. Raises Invalid."""
    lines, faults = list[PrescriptionLine](), list[FieldError]()
    for place, line in enumerate(given):
        at = f"/lines/{place}"
        product = formulary.items.get(line.item)
        if product is None:
            faults.append(FieldError(f"{at}/item", "unknown", "the formulary has no such product"))
            continue
        found = list(_faults(line, product, at))
        faults += found
        if not found:
            fields = {name: getattr(line, name) for name in NewLine.model_fields}
            lines.append(PrescriptionLine(number=place + 1, product=product, **fields))
    if faults:
        raise Invalid("the prescription cannot be written like this", faults)
    return tuple(lines)


def _faults(line: NewLine, product: FormularyItem, at: str) -> Iterator[FieldError]:
    if line.route not in product.routes:
        allowed = ", ".join(route.value for route in product.routes)
        yield FieldError(f"{at}/route", "route", f"this product is given by: {allowed}")
    yield from _dose(line.dose, product, f"{at}/dose")
    yield from _rhythm(line.frequency, f"{at}/frequency")
    for place, step in enumerate(line.steps):
        yield from _dose(step.dose, product, f"{at}/steps/{place}/dose")
        yield from _rhythm(step.frequency, f"{at}/steps/{place}/frequency")
    if line.steps:
        yield from _steps(line, at)
    if line.max_doses_a_day is not None and not line.frequency.as_needed:
        detail = "this is of what is taken as needed"
        yield FieldError(f"{at}/max_doses_a_day", "not-as-needed", detail)


def _dose(dose: Dose, product: FormularyItem, at: str) -> Iterator[FieldError]:
    fault = fault_of(dose, product)
    if fault == "unit":
        detail = "write a unit of mass, volume or activity, or what the product is counted in"
        yield FieldError(f"{at}/unit", "dose-unit", detail)
    if fault == "amount":
        yield FieldError(f"{at}/value", "dose-amount", "nobody is given so much of this unit")


def _rhythm(frequency: Frequency, at: str) -> Iterator[FieldError]:
    if frequency.times > _MOST_TIMES_AN_HOUR * frequency.hours:
        yield FieldError(f"{at}/times", "too-often", "more than four times an hour")


def _steps(line: NewLine, at: str) -> Iterator[FieldError]:
    """The plain fields of a line with steps say what its first step and its length are."""
    order = [step.sequence for step in line.steps]
    if order != sorted(order) or set(order) != set(range(1, order[-1] + 1)):
        yield FieldError(f"{at}/steps", "steps", "sequences are 1, 2, 3 … in this order")
        return
    length = 0
    for sequence in range(1, order[-1] + 1):
        days = {step.days for step in line.steps if step.sequence == sequence}
        if len(days) > 1:
            detail = "steps that go on together are of the same length"
            yield FieldError(f"{at}/steps", "steps", detail)
            return
        length += days.pop()
    first = line.steps[0]
    if (first.dose, first.frequency, length) != (line.dose, line.frequency, line.duration_days):
        detail = "dose and frequency are those of the first step, the duration that of all"
        yield FieldError(f"{at}/steps", "steps", detail)
