"""Papers as PDF, with a code and a QR code to check them by.

Made anew for each request and kept nowhere. The same paper gives the same bytes.
"""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from typing import NamedTuple

import segno
from fpdf.enums import XPos, YPos

from schemas.orders import EntryKind, OrderStatus, Printed, PrintQuery
from schemas.papers import PaperKind, PaperStatus
from schemas.prescriptions import (
    PatientLabel,
    PrescriberBody,
    PrescriptionLine,
    PrescriptionStatus,
)
from schemas.qualified import QualifiedState
from telesalud.orders.access import open_order, open_paper, open_prescription
from telesalud.orders.papers.laws import Law, copies, law_of
from telesalud.orders.papers.print_texts import Words
from telesalud.orders.policy import READ_CHART, READ_ORDERS, READ_PRESCRIPTIONS
from telesalud.orders.qualified.asking import state_of
from telesalud.orders.qualified.finishing import opened
from telesalud.orders.services import OrdersServices
from telesalud.orders.stored import StoredOrder, StoredPaper, StoredPrescription
from telesalud.platform.errors import InvalidTransition
from telesalud.platform.printing.sheet import Frame, Sheet
from telesalud.platform.work import Call, Work

_MARGIN = 18.0
_QR_SIZE = 28.0
_FOOT = 42.0
"""Millimetres at the bottom that the code takes."""


class Signed(NamedTuple):
    """What every paper has."""

    label: PatientLabel
    signer: PrescriberBody
    at: datetime
    code: str
    void: str
    """The status that takes its validity, or nothing."""
    law: Law


class How(NamedTuple):
    """What was asked for, and the URL that leads to what a code stands for when it is appended."""

    query: PrintQuery
    url: str


class PaperSheet(Sheet):
    """A paper of an institution with head, patient and foot on every page."""

    def __init__(self, how: How, words: Words, title: str, signed: Signed) -> None:
        super().__init__(Frame(how.query.format.value, _MARGIN, _FOOT), title, signed.at)
        self.words, self._signed, self._url = words, signed, how.url
        self._heading = title
        self._copy = ""

    def begin(self, copy: str = "") -> None:
        """The first page of a copy, which its pages name."""
        self._copy = copy
        self.add_page()

    def header(self) -> None:
        """Institution, title, patient; and across it what the paper is not."""
        words, label = self.words, self._signed.label
        self.bold(11)
        self.line_of("   ".join(filter(None, (self._signed.signer.institution, self._copy))))
        self.bold(16)
        self.line_of(self._heading, height=9)
        if self._signed.void:
            self.bold(14)
            text = f"{words('not_valid')}: {self._signed.void}"
            self.cell(0, 10, text, border=1, align="C", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            self.ln(1)
        self.rule()
        self.pair(words("patient"), label.name)
        self.text_of("   ".join(particulars(words, self._signed)))
        self.rule()

    def footer(self) -> None:
        """The code, on every page, so that no page can be exchanged."""
        words, top = self.words, self.h - _FOOT + 6
        self.set_line_width(0.2)
        self.line(_MARGIN, top - 2, self.w - _MARGIN, top - 2)
        self._qr(self.w - _MARGIN - _QR_SIZE, top)
        self.set_xy(_MARGIN, top)
        self.plain(8)
        width = self.measure - _QR_SIZE - 4
        self.line_of(words("verify"), 4, width)
        self.line_of(self._url + self._signed.code, 4, width)
        self.cell(width, 5, f"{words('code')}:", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.bold(12)
        self.cell(width, 7, self._signed.code, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.plain(8)
        self.cell(width, 4, self.page_of(words("page")))

    def _qr(self, left: float, top: float) -> None:
        """The QR code (ISO/IEC 18004, level M) as filled squares: sharp at any resolution."""
        matrix = segno.make(self._url + self._signed.code, error="m", micro=False).matrix
        side = _QR_SIZE / len(matrix)
        self.set_fill_color(0)
        for row, cells in enumerate(matrix):
            column = 0
            for dark, run in groupby(cells):
                width = len(list(run))
                if dark:
                    self.rect(left + column * side, top + row * side, width * side, side, style="F")
                column += width

    def text_of(self, text: str) -> None:
        """Running text."""
        self.plain(10)
        self.line_of(text, height=5.5)

    def pair(self, name: str, value: str) -> None:
        """A name in bold and its value."""
        self.bold(10)
        self.cell(self.get_string_width(name) + 4, 6, f"{name}:")
        self.plain(10)
        self.line_of(value)

    def rule(self) -> None:
        """A line across."""
        self.ln(1.5)
        self.set_line_width(0.3)
        self.line(_MARGIN, self.get_y(), self.w - _MARGIN, self.get_y())
        self.ln(2.5)

    def signature(self) -> None:
        """Who signed, kept together at the end."""
        words, signer = self.words, self._signed.signer
        registered = f"{signer.registration.type} {signer.registration.number}"
        with self.unbreakable() as block:
            block.ln(8)
            block.bold(11)
            block.line_of(signer.name)
            if signer.specialty:
                block.text_of(signer.specialty)
            block.text_of(f"{words('registration')}: {registered}")
            wanted = self._signed.law.prints
            for name, value in (
                ("degree_from", signer.degree_from),
                ("address", signer.address if "prescriber_address" in wanted else None),
                ("phone", signer.phone if "prescriber_phone" in wanted else None),
            ):
                if value:
                    block.text_of(f"{words(name)}: {value}")
            block.text_of(f"{words('signed')}: {words.moment(self._signed.at)}")


def print_prescription(services: OrdersServices, call: Call, which: str, how: How) -> Printed:
    """A signed prescription. Raises NotFound, InvalidTransition for a draft."""
    found = open_prescription(services, call, which, READ_PRESCRIPTIONS).thing
    valid = found.status is PrescriptionStatus.ACTIVE
    law = law_of(found.country)
    spelt = law.quantity_in_words

    def body(sheet: PaperSheet) -> None:
        if any(line.product.controlled for line in found.lines):
            sheet.bold(10)
            form = law.controlled_form.get(sheet.words.language)
            said = "\n".join(filter(None, (sheet.words("no_special_form"), form)))
            sheet.multi_cell(0, 6, said, border=1)
            sheet.ln(9)
        for line in found.lines:
            _drug(sheet, line, spelt=spelt)
        if found.valid_until is not None:
            sheet.pair(sheet.words("valid_until"), sheet.words.day(found.valid_until))

    return _print(services, call, found, how, title="prescription", body=body, valid=valid)


def print_order(services: OrdersServices, call: Call, which: str, how: How) -> Printed:
    """A signed order. Raises NotFound, InvalidTransition for a draft."""
    found = open_order(services, call, which, READ_ORDERS).thing
    valid = found.status not in (OrderStatus.CANCELLED, OrderStatus.ENTERED_IN_ERROR)

    def body(sheet: PaperSheet) -> None:
        words = sheet.words
        sheet.pair(words("priority"), words(found.priority.value))
        sheet.pair(words("reason"), found.reason)
        sheet.ln(2)
        sheet.bold(11)
        sheet.line_of(f"{words('tests')}:")
        for number, test in enumerate(found.tests, 1):
            codes = [f"LOINC {test.loinc}"] if test.loinc else []
            codes += [test.code] if test.code else []
            suffix = f"  ({', '.join(codes)})" if codes else ""
            sheet.text_of(f"{number}. {test.display}{suffix}")
        if found.specimen is not None:
            taken = words.moment(found.specimen.collected_at)
            sheet.pair(words("specimen"), f"{found.specimen.type}, {taken}")

    return _print(services, call, found, how, title=found.kind.value, body=body, valid=valid)


def print_paper(
    services: OrdersServices, call: Call, kind: PaperKind, which: str, how: How
) -> Printed:
    """A referral or certificate. Raises NotFound."""
    found = open_paper(services, call, kind, which, READ_CHART).thing

    def body(sheet: PaperSheet) -> None:
        words = sheet.words
        if found.referral is not None:
            asked = found.referral
            where = " - ".join(filter(None, (asked.to_service, asked.to_institution)))
            sheet.pair(words("to"), where)
            sheet.pair(words("priority"), words(asked.priority.value))
            sheet.pair(words("reason"), asked.reason)
            if asked.summary:
                sheet.pair(words("clinical_summary"), asked.summary)
        if found.certificate is not None:
            stated = found.certificate
            days = (stated.end - stated.begin).days + 1
            span = f"{words.day(stated.begin)} - {words.day(stated.end)} ({words.days(days)})"
            sheet.text_of(stated.statement)
            sheet.ln(3)
            sheet.pair(words("period"), span)

    valid = found.status is PaperStatus.ACTIVE
    return _print(services, call, found, how, title=kind.value, body=body, valid=valid)


def particulars(words: Words, signed: Signed) -> list[str]:
    """Who the patient is, beside their name; the age is that of the day of the signature."""
    label, wanted = signed.label, signed.law.prints
    born = words.born(label.birth_date, label.birth_date_precision)
    if label.birth_date_estimated and label.birth_date_precision is None:
        born += f" ({words('estimated')})"
    age = words.age(label.birth_date, words.day_of(signed.at))
    sex = words(label.sex) if label.sex in ("female", "male", "other") else None
    every = (
        ("social_name", label.social_name),
        ("born", born),
        ("age", ("~" if label.birth_date_estimated else "") + age),
        ("sex", sex if "patient_sex" in wanted else None),
        ("document", label.document),
        ("record", label.record_number),
        ("address", label.address if "patient_address" in wanted else None),
        ("phone", label.phone if "patient_phone" in wanted else None),
    )
    return [f"{words(name)}: {value}" for name, value in every if value]


def _drug(sheet: PaperSheet, line: PrescriptionLine, *, spelt: bool) -> None:
    words, product = sheet.words, line.product
    with sheet.unbreakable() as block:
        block.bold(11)
        stopped = f"  [{words('stopped_line')}]" if line.stopped_at else ""
        block.line_of(f"{line.number}. {product.name} {product.strength}, {product.form}{stopped}")
        for step in line.steps:
            at = f", {words(step.at.value)}" if step.at else ""
            said = f"{words.dose(step.dose, step.frequency)}{at}, {words.days(step.days)}"
            block.pair(f"{words('dose')} {step.sequence}", said)
        if not line.steps:
            block.pair(words("dose"), words.dose(line.dose, line.frequency))
        block.pair(words("route"), words.route(line.route))
        if line.as_needed_for:
            block.pair(words("as_needed_for"), line.as_needed_for)
        if line.max_doses_a_day:
            block.pair(words("max_doses_a_day"), str(line.max_doses_a_day))
        course = words.days(line.duration_days)
        course += f" ({words('continuous')})" if line.continuous else ""
        block.pair(words("duration"), course)
        block.pair(words("quantity"), words.quantity(line.quantity, product.unit, spelt=spelt))
        if line.instructions:
            block.pair(words("instructions"), line.instructions)
        notes = ["controlled"] if product.controlled else []
        notes += [] if line.substitution_allowed else ["no_substitution"]
        if notes:
            block.bold(10)
            block.line_of(". ".join(words(note) for note in notes))
        block.ln(3)


def _kind(found: StoredPrescription | StoredOrder | StoredPaper) -> EntryKind:
    if isinstance(found, StoredPaper):
        return EntryKind(found.kind.value)
    prescribed = isinstance(found, StoredPrescription)
    return EntryKind.PRESCRIPTION if prescribed else EntryKind.ORDER


def _as_by_default(
    query: PrintQuery, found: StoredPrescription | StoredOrder | StoredPaper
) -> bool:
    same = query.language in (None, found.patient_label.language)
    return same and query.format is PrintQuery().format


def _copies(found: StoredPrescription | StoredOrder | StoredPaper, words: Words) -> tuple[str, ...]:
    """What each copy is called; one copy has no name."""
    if isinstance(found, StoredPrescription) and copies(found.country, found.lines) > 1:
        return words("copy_pharmacy"), words("copy_patient")
    return ("",)


def _print(
    services: OrdersServices,
    call: Call,
    found: StoredPrescription | StoredOrder | StoredPaper,
    how: How,
    *,
    title: str,
    body: Callable[[PaperSheet], None],
    valid: bool,
) -> Printed:
    country = found.country if isinstance(found, StoredPrescription) else None
    words = Words(how.query.language or found.patient_label.language, found.zone, country)
    if found.prescriber is None or found.signed_at is None or found.verification_code is None:
        raise InvalidTransition(found.status.value, "printed")
    void = "" if valid else words(found.status.value)
    signed = Signed(
        label=found.patient_label,
        signer=found.prescriber,
        at=found.signed_at,
        code=found.verification_code,
        void=void,
        law=law_of(country),
    )
    sheet = PaperSheet(how, words, words(title), signed)
    for copy in _copies(found, words):
        sheet.begin(copy)
        body(sheet)
        sheet.signature()
    content = bytes(sheet.output())
    qualified, item = state_of(services, call.caller.tenant, _kind(found), found.id)
    if qualified is not None and qualified.state is QualifiedState.SIGNED and item is not None:
        # As it was signed, unless it is no longer valid or something else was asked for.
        if valid and _as_by_default(how.query, found):
            content = opened(services, call.caller.tenant, item)
        else:
            qualified = None
    work = Work(services, call)
    work.audit(f"orders.print_{title}", found.patient, f"{title}/{found.id}")
    work.commit()
    return Printed(
        name=f"{title}-{found.id}.pdf",
        media_type="application/pdf",
        sha256=hashlib.sha256(content).hexdigest(),
        content=base64.b64encode(content).decode(),
        qualified=qualified,
    )
