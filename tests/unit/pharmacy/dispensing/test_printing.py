"""Labels and receipts: everything stands on them, in the patient's language."""

import base64
import io

import pytest
from pypdf import PdfReader

from schemas.dispensing import LabelFormat, LabelQuery
from telesalud.pharmacy.dispensing import giving, printing
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, InvalidTransition
from tests.worlds.pharmacy.dispensary import COLLEAGUE, Dispensary
from tests.worlds.pharmacy.given import controlled, given, stocked
from tests.worlds.world import call, user


def pages(here: Dispensary, which: str, **query: object) -> list[str]:
    asked = LabelQuery.model_validate(query)
    printed = printing.print_labels(here.services, here.by(), which, asked)
    reader = PdfReader(io.BytesIO(base64.b64decode(printed.content)))
    return [" ".join(page.extract_text().split()) for page in reader.pages]


@pytest.mark.parametrize("size", [LabelFormat.LABEL_50, LabelFormat.LABEL_70])
@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("es", ["21 cápsulas", "3 veces cada 24 horas", "Vence 31/01/2027", "niños"]),
        ("pt", ["21 cápsulas", "3 vezes a cada 24 horas", "Validade 31/01/2027", "crianças"]),
        ("en", ["3 times every 24 hours", "by mouth", "Expires 2027-01-31", "children"]),
    ],
)
def test_one_label_a_medicine_with_everything_on_it(
    size: LabelFormat, language: str, wanted: list[str]
) -> None:
    here = stocked()
    [text] = pages(here, given(here).id, format=size, language=language)
    for words in ("Paciente Demostración Uno", "Amoxicilina 500 mg", "L1", *wanted):
        assert words in text
    assert "[U+" not in text


def test_a_receipt_names_everybody_and_says_what_still_waits() -> None:
    here = Dispensary()
    made = controlled(here)
    [text] = pages(here, made.id, format=LabelFormat.RECEIPT_80)
    assert "Pendiente de segunda firma" in text
    here.world.clock.advance(minutes=1)
    giving.confirm(here.services, here.by(COLLEAGUE), made.id, 1)
    [text] = pages(here, made.id, format=LabelFormat.A4)
    for words in ("Constancia de entrega", "Morfina", "Familiar Demostración, DNI 00000001"):
        assert words in text
    assert "Pendiente" not in text


def test_what_was_refused_is_not_printed_and_who_may_not_see_it_prints_nothing() -> None:
    here = Dispensary()
    made = controlled(here)
    with pytest.raises(Forbidden):
        printing.print_labels(here.services, call(user(Role.FRONT_DESK)), made.id, LabelQuery())
    giving.refuse(here.services, here.by(COLLEAGUE), made.id, "No corresponde", 1)
    with pytest.raises(InvalidTransition):
        printing.print_labels(here.services, here.by(), made.id, LabelQuery())


def test_a_label_with_long_names_and_many_lots_stays_on_one_page() -> None:
    here = stocked()
    here.near.label = here.near.label.model_copy(update={"name": "Nombre Larguísimo " * 8})
    assert len(pages(here, given(here).id, format=LabelFormat.LABEL_50)) == 1
