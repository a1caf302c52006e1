"""Labels for what was dispensed, and the receipt: made anew each time and kept nowhere."""

import base64
import hashlib

from fpdf.enums import XPos, YPos

from schemas.dispensing import DispensingState, GivenLine, LabelFormat, LabelQuery
from schemas.orders import Printed
from telesalud.pharmacy import repository
from telesalud.pharmacy.dispensing import records
from telesalud.pharmacy.dispensing.words import Words
from telesalud.pharmacy.items import lots
from telesalud.pharmacy.policy import GRANTS, READ_DISPENSING
from telesalud.pharmacy.stored import StoredDispensing, StoredWarehouse
from telesalud.platform.access import require
from telesalud.platform.errors import InvalidTransition
from telesalud.platform.printing.sheet import Frame, Sheet
from telesalud.platform.work import Call, Services, Work

_SIZES = {
    LabelFormat.LABEL_50: (50.0, 30.0),
    LabelFormat.LABEL_70: (70.0, 40.0),
    LabelFormat.RECEIPT_80: (80.0, 200.0),
}
"""Millimetres; a roll is cut after 200."""
_LEAST = 4.0
"""Points; below, a thermal printer of 203 dpi shows no letters."""


class _Paper(Sheet):
    """A label or a receipt."""

    def __init__(self, query: LabelQuery, title: str, made: StoredDispensing) -> None:
        size = _SIZES.get(query.format, "a4")
        margin = 18.0 if size == "a4" else 2.0
        frame = Frame(size, margin, 18.0 if size == "a4" else 2.0)
        super().__init__(frame, title, made.completed_at or made.at)

    def line_of(self, text: str, height: float = 6, width: float = 0) -> None:
        """A line, or more when it is long; narrow columns are not justified."""
        self.multi_cell(width, height, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def print_labels(services: Services, call: Call, which: str, query: LabelQuery) -> Printed:
    """A label for each medicine, or (80 mm and A4) one receipt of all; audited.

    Raises Forbidden, NotFound, Gone, InvalidTransition for what the second person refused.
    """
    require(call.caller, READ_DISPENSING, GRANTS)
    made, _ = records.load(services, call.caller.tenant, which)
    if made.state is DispensingState.REFUSED:
        raise InvalidTransition(made.state.value, "printed")
    place_key = repository.warehouse_key(call.caller.tenant, made.warehouse)
    place, _ = repository.load(services, call.caller.tenant, place_key, StoredWarehouse)
    words = Words(query.language or made.patient_label.language, place.zone)
    paper = _Paper(query, words("receipt"), made)
    if query.format in (LabelFormat.LABEL_50, LabelFormat.LABEL_70):
        for line in made.lines:
            _label(paper, words, made, line, place.name)
    else:
        _receipt(paper, words, made, place.name, query.format)
    content = bytes(paper.output())
    work = Work(services, call)
    work.audit("pharmacy.print_labels", made.patient, f"dispensing/{which}")
    work.commit()
    return Printed(
        name=f"dispensing-{made.id}.pdf",
        media_type="application/pdf",
        sha256=hashlib.sha256(content).hexdigest(),
        content=base64.b64encode(content).decode(),
    )


def _label(
    paper: _Paper, words: Words, made: StoredDispensing, line: GivenLine, place: str
) -> None:
    """One medicine: the largest letters with which all of it stands on one label."""
    paper.set_auto_page_break(auto=False)
    paper.add_page()
    points = 7.0 if paper.w < 60 else 9.0
    texts = _texts(words, made, line, place)
    while points > _LEAST and _height(paper, texts, points) > paper.h - 2 * paper.frame.margin:
        points -= 0.25
    for text, bold in texts:
        (paper.bold if bold else paper.plain)(points)
        paper.line_of(text, height=points * 0.42)


def _height(paper: _Paper, texts: list[tuple[str, bool]], points: float) -> float:
    """Millimetres that the texts take."""
    total = 0.0
    for text, bold in texts:
        (paper.bold if bold else paper.plain)(points)
        taken = paper.multi_cell(paper.measure, points * 0.42, text, dry_run=True, output="HEIGHT")
        assert isinstance(taken, float)
        total += taken
    return total


def _texts(
    words: Words, made: StoredDispensing, line: GivenLine, place: str
) -> list[tuple[str, bool]]:
    """What stands on a label, and what of it is bold."""
    prescribed = next((one for one in made.prescribed if one.number == line.line), None)
    taken = words.taken(prescribed) if prescribed else ()
    at = made.completed_at or made.at
    return [
        (made.patient_label.social_name or made.patient_label.name, True),
        (f"{line.name}: {words.amount(line.quantity, line.unit)}", True),
        *((text, number == 0) for number, text in enumerate(taken)),
        *((_lot(words, lot.lot), False) for lot in line.lots),
        (f"{place}, {words.moment(at)}", False),
        (words("children"), False),
    ]


def _receipt(
    paper: _Paper, words: Words, made: StoredDispensing, place: str, size: LabelFormat
) -> None:
    points, label = (10.0 if size is LabelFormat.A4 else 8.0), made.patient_label
    paper.add_page()
    paper.bold(points + 2)
    paper.line_of(words("receipt"))
    paper.plain(points)
    paper.line_of(f"{place}, {words.moment(made.completed_at or made.at)}", points / 2)
    if made.state is DispensingState.AWAITS_SECOND:
        paper.bold(points)
        paper.line_of(words("waits"), points / 2)
    paper.plain(points)
    for text in (
        f"{words('patient')}: {label.name}",
        f"{words('record')}: {label.record_number}",
        *((label.document,) if label.document else ()),
        f"{words('prescriber')}: {made.prescriber}",
    ):
        paper.line_of(text, points / 2)
    for line in made.lines:
        paper.ln(2)
        paper.bold(points)
        paper.line_of(f"{line.name}: {words.amount(line.quantity, line.unit)}", points / 2)
        paper.plain(points)
        if line.item != line.prescribed:
            paper.line_of(f"{words('substitute')}: {line.prescribed}", points / 2)
        for lot in line.lots:
            counted = words.amount(lot.quantity, line.unit)
            paper.line_of(f"{_lot(words, lot.lot)}: {counted}", points / 2)
    paper.ln(2)
    _signatures(paper, words, made, points)


def _signatures(paper: _Paper, words: Words, made: StoredDispensing, points: float) -> None:
    who = [(words("given_by"), made.by_name or made.by)]
    if made.second:
        who.append((words("second"), made.second_name or made.second))
    if made.receiver:
        who.append((words("receiver"), f"{made.receiver.name}, {made.receiver.document}"))
    for name, value in who:
        paper.line_of(f"{name}: {value}", points / 2)
    paper.ln(10)
    paper.line_of(f"{words('signature')}: ____________________", points / 2)


def _lot(words: Words, lot: str) -> str:
    number, expiry = lots.parts_of(lot)
    ends = f", {words('expiry')} {words.day(expiry)}" if expiry else ""
    return f"{words('lot')} {number}{ends}"
