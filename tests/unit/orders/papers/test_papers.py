"""Papers: what is printed, and what their codes tell whoever holds them."""

import base64
import io
import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from schemas.orders import PaperFormat, Printed, PrintQuery
from schemas.papers import NewCertificate, NewReferral, Paper, PaperKind, PaperStatus
from schemas.prescriptions import (
    Dose,
    NewPrescription,
    PrescriptionBody,
    PrescriptionStatus,
    Sign,
    Stop,
)
from telesalud.orders import prescribers, verification_codes
from telesalud.orders.errors import NotRegistered, PatientDeceased
from telesalud.orders.papers import issuing, laws, number_words, printing, verification
from telesalud.orders.prescriptions import prescribing
from telesalud.orders.requests import ordering
from telesalud.platform.access import Role
from telesalud.platform.errors import (
    Forbidden,
    Gone,
    Invalid,
    InvalidTransition,
    NotFound,
    SessionExpired,
)
from telesalud.platform.vault import Scope
from tests.support.qr_codes import qr_codes
from tests.worlds.orders.medicines import prescribed
from tests.worlds.orders.papers import TODAY, certificate, referral
from tests.worlds.orders.ward import (
    ADMINISTRATOR,
    DESK,
    LABEL,
    NURSE,
    PATIENT,
    PHARMACIST,
    PRESCRIBER,
    FakePeople,
    Ward,
    line,
    live,
    physician,
)
from tests.worlds.world import TENANT, call, user

URL = "https://clinic.example/api/orders/verify/"
REASON = "El paciente ya no lo necesita"
MILLIMETRE = 72 / 25.4


@pytest.fixture
def ward() -> Ward:
    return Ward()


def how(**query: Any) -> printing.How:
    return printing.How(PrintQuery(**query), URL)


def pdf(printed: Printed) -> PdfReader:
    return PdfReader(io.BytesIO(base64.b64decode(printed.content)))


def text(printed: Printed) -> str:
    return "\n".join(page.extract_text() for page in pdf(printed).pages)


def issue(ward: Ward, command: NewReferral | NewCertificate) -> Paper:
    return issuing.issue(ward.services, call(physician()), command)


def stop(ward: Ward, which: Any) -> None:
    prescribing.stop(ward.services, call(physician()), which.id, Stop(reason=REASON), which.version)


def test_a_prescription_prints_what_a_pharmacy_needs_in_the_patients_language(ward: Ward) -> None:
    signed = ward.signed("AMX500", "DZP010")
    said = text(printing.print_prescription(ward.services, call(PHARMACIST), signed.id, how()))
    for wanted in (
        "Receta médica",
        "Paciente Demostración Uno",
        "25/03/1980",
        "1. Amoxicilina 500 mg, cápsula",
        "1 tableta, cada 8 horas",
        "Medicamento controlado",
        "CMP 000001",
        str(signed.verification_code),
        "Válida hasta: 21/12/2026",
        URL,
    ):
        assert wanted in re.sub(r" +", " ", said)
    assert ward.world.audited()[-1] == ("orders.print_prescription", PATIENT, "done")


@pytest.mark.parametrize(
    ("language", "title"),
    [("es", "Certificado médico"), ("pt", "Atestado médico"), ("en", "Medical certificate")],
)
def test_papers_speak_three_languages(ward: Ward, language: str, title: str) -> None:
    made = issue(ward, certificate())
    printed = printing.print_paper(
        ward.services, call(NURSE), PaperKind.CERTIFICATE, made.id, how(language=language)
    )
    assert title in text(printed)


@pytest.mark.parametrize(
    ("size", "width", "height"), [(PaperFormat.A4, 210, 297), (PaperFormat.LETTER, 215.9, 279.4)]
)
def test_papers_come_in_a4_and_letter_with_fonts_inside_and_no_colour(
    ward: Ward, size: PaperFormat, width: float, height: float
) -> None:
    sent = ward.sent(order_set="BASIC")
    printed = printing.print_order(ward.services, call(physician()), sent.id, how(format=size))
    page = pdf(printed).pages[0]
    assert page.mediabox.width == pytest.approx(width * MILLIMETRE, abs=0.5)
    assert page.mediabox.height == pytest.approx(height * MILLIMETRE, abs=0.5)
    fonts = [f.get_object() for f in page["/Resources"]["/Font"].values()]  # type: ignore[index]  # a PDF dictionary
    assert all("DejaVuSans" in str(font["/BaseFont"]) for font in fonts)
    embedded = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"] for font in fonts]
    assert all("/FontFile2" in descriptor.get_object() for descriptor in embedded)
    contents = page.get_contents()
    assert contents is not None
    colours = re.findall(rb"^[\d. ]+ (?:rg|RG|g|G)$", contents.get_data(), re.MULTILINE)
    assert set(colours) <= {b"0 g", b"0 G", b"0.00 g"}


def test_the_same_paper_gives_the_same_bytes(ward: Ward) -> None:
    made = issue(ward, referral())
    kind = PaperKind.REFERRAL
    first = printing.print_paper(ward.services, call(NURSE), kind, made.id, how())
    ward.world.clock.advance(days=3)
    again = printing.print_paper(ward.services, call(NURSE), kind, made.id, how())
    assert first == again


def test_a_long_paper_goes_on_with_patient_and_code_on_every_page(ward: Ward) -> None:
    made = issue(ward, referral(reason="palabra " * 450, summary="resumen " * 450))
    printed = printing.print_paper(ward.services, call(NURSE), PaperKind.REFERRAL, made.id, how())
    pages = [page.extract_text() for page in pdf(printed).pages]
    assert len(pages) > 1
    assert all(made.verification_code in page and LABEL.name in page for page in pages)
    assert f"Página {len(pages)} / {len(pages)}" in pages[-1]


@pytest.mark.parametrize("size", list(PaperFormat))
def test_a_camera_reads_the_address_of_the_check_from_the_paper(
    ward: Ward, size: PaperFormat
) -> None:
    signed = ward.signed("AMX500", "DZP010")
    printed = printing.print_prescription(
        ward.services, call(PHARMACIST), signed.id, how(format=size)
    )
    assert qr_codes(base64.b64decode(printed.content)) == [f"{URL}{signed.verification_code}"]


def test_a_stopped_prescription_prints_as_not_valid_and_a_draft_not_at_all(ward: Ward) -> None:
    signed = ward.signed()
    stop(ward, signed)
    said = text(printing.print_prescription(ward.services, call(NURSE), signed.id, how()))
    assert "SIN VALIDEZ: suspendida" in said
    with pytest.raises(InvalidTransition):
        printing.print_prescription(ward.services, call(NURSE), ward.draft().id, how())
    with pytest.raises(Forbidden):
        printing.print_prescription(ward.services, call(DESK), signed.id, how())


def test_a_code_tells_a_pharmacist_what_to_dispense_and_no_more(ward: Ward) -> None:
    signed = ward.signed("AMX500")
    told = verification.verify(ward.services, "request-1", str(signed.verification_code))
    assert (told.kind, told.status, told.valid) == ("prescription", "active", True)
    assert [(x.name, x.quantity, x.stopped) for x in told.lines] == [("Amoxicilina", 21, False)]
    assert (told.patient_initials, told.patient_birth_year) == ("P.D.U.", 1980)
    said = told.model_dump_json()
    for secret in (LABEL.name, "1980-03-25", LABEL.record_number, str(LABEL.document), PATIENT):
        assert secret not in said
    assert ward.world.audited()[-1] == ("orders.verify", PATIENT, "done")


def test_checking_a_code_costs_two_round_trips_with_a_cold_key(ward: Ward) -> None:
    signed = ward.signed()
    ward.world.store.trips.reads = 0
    verification.verify(ward.world.services, "request-1", str(signed.verification_code))
    assert ward.world.store.trips.reads == 2


def test_a_code_shows_what_became_of_the_prescription(ward: Ward) -> None:
    signed = ward.signed("AMX500", "PAR500")
    code = str(signed.verification_code)
    one = Stop(reason=REASON, lines=(1,))
    after = prescribing.stop(ward.services, call(physician()), signed.id, one, signed.version)
    told = verification.verify(ward.services, "", code)
    assert (told.valid, [x.stopped for x in told.lines]) == (True, [True, False])
    stop(ward, after)
    told = verification.verify(ward.services, "", code)
    assert (told.status, told.valid) == ("stopped", False)
    assert REASON not in told.model_dump_json()


def test_a_prescription_on_hold_withdrawn_or_past_its_time_is_not_valid(ward: Ward) -> None:
    for wanted in (PrescriptionStatus.ON_HOLD, PrescriptionStatus.ENTERED_IN_ERROR):
        signed = ward.signed("NAP500")
        prescribing.change_status(
            ward.services,
            call(physician()),
            signed.id,
            wanted,
            reason=REASON,
            version=signed.version,
        )
        told = verification.verify(ward.services, "", str(signed.verification_code))
        assert (told.status, told.valid) == (wanted.value, False)
        if wanted is PrescriptionStatus.ON_HOLD:
            found = prescribing.read(ward.services, call(physician()), signed.id)
            stop(ward, found)
    signed = ward.signed("PAR500", valid_days=1)
    ward.world.clock.advance(days=2)
    told = verification.verify(ward.services, "", str(signed.verification_code))
    assert (told.status, told.valid) == ("active", False)


def test_a_code_is_found_however_it_is_typed_and_others_are_not(ward: Ward) -> None:
    code = str(ward.signed().verification_code)
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert verification.verify(ward.services, "", typed).valid
    last = "7" if code[-1] != "7" else "8"
    for wrong in (code[:-1] + last, code[:-1], "", "x" * 20, "🙂" * 20, code * 2):
        with pytest.raises(NotFound):
            verification.verify(ward.services, "", wrong)


def test_codes_carry_a_hundred_bits_and_the_table_does_not_know_them(ward: Ward) -> None:
    drawn = {verification_codes.new_code() for _ in range(500)}
    assert len(drawn) == 500
    assert {len(c.replace("-", "")) * 5 for c in drawn} == {100}
    code = str(ward.signed().verification_code)
    stored = repr([change.new for change in ward.world.store.changes])
    assert code not in stored
    assert code.replace("-", "") not in stored


def test_orders_and_certificates_are_checked_by_their_codes_as_well(ward: Ward) -> None:
    sent, made = ward.sent(), issue(ward, certificate())
    told = verification.verify(ward.services, "", str(sent.verification_code))
    assert (told.kind, told.status, told.lines) == ("order", "active", ())
    told = verification.verify(ward.services, "", made.verification_code)
    assert (told.kind, told.period_begin, told.period_end) == (
        "certificate",
        TODAY,
        TODAY + timedelta(days=2),
    )
    assert "descanso" not in told.model_dump_json()


def test_a_shredded_patients_codes_tell_nothing(ward: Ward) -> None:
    code = str(ward.signed().verification_code)
    warm = ward.world.services
    assert verification.verify(warm, "", code).valid
    ward.services.vault.shred(Scope(TENANT, PATIENT))
    for services in (warm, ward.world.services):
        with pytest.raises(Gone):
            verification.verify(services, "", code)


def test_a_shredded_patients_orders_open_to_nobody_who_needs_no_relation(ward: Ward) -> None:
    sent, warm = ward.sent(), ward.services
    laboratory = call(user(Role.LABORATORY))
    ordering.read(warm, laboratory, sent.id)
    ward.world.services.vault.shred(Scope(TENANT, PATIENT))
    with pytest.raises(Gone):
        ordering.read(warm, laboratory, sent.id)


def test_a_withdrawn_certificate_says_so_and_stays_withdrawn(ward: Ward) -> None:
    made = issue(ward, certificate())
    kind = PaperKind.CERTIFICATE

    def withdraw(version: int) -> Paper:
        return issuing.withdraw(
            ward.services, call(physician()), kind, made.id, reason=REASON, version=version
        )

    gone = withdraw(made.version)
    assert gone.status is PaperStatus.ENTERED_IN_ERROR
    assert not verification.verify(ward.services, "", made.verification_code).valid
    with pytest.raises(InvalidTransition) as refused:
        withdraw(gone.version)
    assert refused.value.extra == {
        "current": "entered_in_error",
        "requested": "entered_in_error",
    }


def test_a_certificates_period_is_possible(ward: Ward) -> None:
    with pytest.raises(ValueError, match="not before the begin"):
        certificate(begin=TODAY, end=TODAY - timedelta(days=1))
    for begin, end in (
        (TODAY - timedelta(days=31), TODAY),
        (TODAY, TODAY + timedelta(days=365)),
        (date(2030, 1, 1), date(2030, 1, 2)),
    ):
        with pytest.raises(Invalid):
            issue(ward, certificate(begin=begin, end=end))
    assert issue(ward, certificate(begin=TODAY, end=TODAY)).status is PaperStatus.ACTIVE


def test_who_may_issue(ward: Ward) -> None:
    for caller, refusal in (
        (NURSE, Forbidden),
        (PHARMACIST, Forbidden),
        (DESK, Forbidden),
        (live(physician(), minutes=0), SessionExpired),
        (physician(subject="physician-9"), NotRegistered),
    ):
        with pytest.raises(refusal):
            issuing.issue(ward.services, call(caller), referral())
    ward.hear("patients.patient_deceased", {"deceased_on": "2026-11-20"}, subject=PATIENT)
    with pytest.raises(PatientDeceased):
        issue(ward, certificate())


def test_another_tenants_papers_do_not_exist(ward: Ward) -> None:
    made, stranger = issue(ward, referral()), physician(tenant="clinic-two")
    signed, sent = ward.signed(), ward.sent()
    with pytest.raises(NotFound):
        issuing.read(ward.services, call(stranger), PaperKind.REFERRAL, made.id)
    with pytest.raises(NotFound):
        issuing.read(ward.services, call(physician()), PaperKind.CERTIFICATE, made.id)
    with pytest.raises(NotFound):
        printing.print_prescription(ward.services, call(stranger), signed.id, how())
    with pytest.raises(NotFound):
        printing.print_order(ward.services, call(stranger), sent.id, how())
    ward.people = FakePeople("clinic-two")
    with pytest.raises(NotFound):
        issuing.issue(ward.services, call(stranger), referral())
    assert ordering.read(ward.services, call(physician()), sent.id).id == sent.id


def test_a_dose_prints_without_exponent_or_rounding_and_counts_in_words(ward: Ward) -> None:
    lines = (
        line("PAR500", dose=Dose(value=0.00005, unit="g"), duration_days=1, quantity=1),
        line("AMX500", duration_days=365, quantity=1095),
    )
    drafted = prescribing.draft(
        ward.services, call(physician()), NewPrescription(patient=PATIENT, lines=lines)
    )
    signed = prescribing.sign(ward.services, call(physician()), drafted.id, Sign(), drafted.version)
    said = text(printing.print_prescription(ward.services, call(PHARMACIST), signed.id, how()))
    for wanted in (
        "0.00005 g",
        "1 día\n",
        "1 tableta (uno)\n",
        "1095 tabletas (mil noventa y cinco)",
    ):
        assert wanted in said


@pytest.mark.parametrize(
    ("country", "zone", "language", "wanted"),
    [
        ("PE", "UTC", "es", ("0.5 tableta", "Receta médica", "Colegiatura: CMP 000001")),
        (None, "America/Lima", "es", ("0.5 tableta", "Colegiatura: CMP 000001")),
        ("AR", "UTC", "es", ("0,5 tableta", "Matrícula: CMP 000001")),
        ("MX", "UTC", "es", ("0.5 tableta", "Expediente clínico: ", "Cédula profesional: CMP")),
        ("CO", "UTC", "es", ("0,5 tableta", "Fórmula médica")),
        (None, "UTC", "es", ("0.5 tableta", "Registro profesional: CMP 000001")),
        ("BR", "UTC", "pt", ("0,5 tableta", "Receita médica", "Registro profissional: CMP")),
        ("BR", "UTC", "en", ("0.5 tableta", "Prescription")),
    ],
)
def test_a_paper_has_the_words_and_the_decimal_sign_of_its_country(
    ward: Ward, country: str | None, zone: str, language: str, wanted: tuple[str, ...]
) -> None:
    ward.people = FakePeople(country=country, zone=zone)
    lines = (line("PAR500", dose=Dose(value=0.5, unit="tableta"), quantity=11),)
    new = NewPrescription(patient=PATIENT, lines=lines)
    drafted = prescribing.draft(ward.services, call(physician()), new)
    signed = prescribing.sign(ward.services, call(physician()), drafted.id, Sign(), drafted.version)
    asked = how(language=language)
    said = text(printing.print_prescription(ward.services, call(PHARMACIST), signed.id, asked))
    for word in wanted:
        assert word in re.sub(r"\s+", " ", said)
    assert signed.verification_code is not None
    seen = verification.verify(ward.services, "request-1", signed.verification_code)
    assert seen.country == (country or ("PE" if zone == "America/Lima" else None))


@pytest.mark.parametrize("text_", ["Tomar 🌡 al acostarse", "Diluir en 漢"])
def test_what_papers_cannot_show_is_refused_before_it_is_signed(ward: Ward, text_: str) -> None:
    lines = (line("PAR500", instructions=text_),)
    with pytest.raises(Invalid) as refused:
        prescribing.draft(
            ward.services, call(physician()), NewPrescription(patient=PATIENT, lines=lines)
        )
    assert [fault.pointer for fault in refused.value.fields] == ["/lines/0/instructions"]
    drafted = ward.draft()
    body = PrescriptionBody(lines=lines)
    with pytest.raises(Invalid):
        prescribing.edit(ward.services, call(physician()), drafted.id, body, drafted.version)
    with pytest.raises(Invalid):
        ward.order(reason=text_)
    with pytest.raises(Invalid):
        issue(ward, referral(reason=text_))
    with pytest.raises(Invalid):
        issue(ward, certificate(statement=text_))


LIMA = "America/Lima"
EVENING = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
"""20:30 of 30 November in Lima."""


def test_a_paper_has_the_day_of_its_site(ward: Ward) -> None:
    ward.people.zone, ward.world.clock.now = LIMA, EVENING
    signed = ward.signed("AMX500", valid_days=30)
    assert signed.valid_until == date(2026, 12, 30)
    said = text(printing.print_prescription(ward.services, call(PHARMACIST), signed.id, how()))
    assert "30/11/2026 20:30 (UTC-05:00)" in said
    made = issue(ward, certificate(begin=date(2026, 10, 31), end=date(2026, 11, 2)))
    assert made.zone == LIMA
    with pytest.raises(Invalid):
        issue(ward, certificate(begin=date(2026, 10, 30), end=date(2026, 11, 2)))


@pytest.mark.parametrize(
    ("now", "valid"),
    [
        (datetime(2026, 12, 31, 4, 59, tzinfo=UTC), True),
        (datetime(2026, 12, 31, 5, 1, tzinfo=UTC), False),
    ],
)
def test_a_prescription_is_valid_to_the_end_of_its_last_day_at_the_site(
    ward: Ward, now: datetime, valid: bool
) -> None:
    ward.people.zone, ward.world.clock.now = LIMA, EVENING
    signed = ward.signed("AMX500", valid_days=30)
    ward.world.clock.now = now
    found = verification.verify(ward.services, "request-1", str(signed.verification_code))
    assert found.valid is valid
    assert found.zone == LIMA


def test_a_practice_elsewhere_signs_in_its_own_day(ward: Ward) -> None:
    ward.people.zone, ward.world.clock.now = "America/Sao_Paulo", EVENING
    own = PRESCRIBER.model_copy(update={"zone": "America/Rio_Branco"})
    prescribers.put(ward.services, call(ADMINISTRATOR), "physician-1", own, 1)
    assert ward.signed("AMX500").zone == "America/Rio_Branco"


@pytest.mark.parametrize(
    ("country", "last", "pages"),
    [("BR", date(2026, 12, 1), 2), ("PE", date(2026, 12, 21), 1), (None, date(2026, 12, 21), 1)],
)
def test_an_antimicrobial_follows_the_law_of_the_country(
    ward: Ward, country: str | None, last: date, pages: int
) -> None:
    ward.people.country = country
    signed = ward.signed("AMX500")
    assert signed.valid_until == last
    printed = printing.print_prescription(ward.services, call(PHARMACIST), signed.id, how())
    assert len(pdf(printed).pages) == pages
    assert ward.signed("PAR500").valid_until == date(2026, 12, 21)


@pytest.mark.parametrize(
    ("atc", "days"),
    [
        ("J01CA04", 10),
        ("S01AE03", 10),
        ("S01AB04", 10),
        ("D06AX09", 10),
        ("D06BX01", 10),
        ("G01AF01", 10),
        ("R01AX06", 10),
        ("P01AB01", 10),
        ("G01AF02", 366),
        ("S01ED01", 366),
        ("N02BE01", 366),
    ],
)
def test_an_antimicrobial_is_one_wherever_it_is_put(atc: str, days: int) -> None:
    product = prescribed("paracetamol").product.model_copy(update={"atc": atc})
    given = prescribed("paracetamol").model_copy(update={"product": product})
    assert laws.most_days("BR", [given]) == days
    assert laws.most_days("PE", [given]) == 366


def test_a_sheet_with_a_controlled_drug_says_that_it_is_no_special_form(ward: Ward) -> None:
    for drug, said in (("DZP010", True), ("PAR500", False)):
        signed = ward.signed(drug)
        printed = printing.print_prescription(ward.services, call(PHARMACIST), signed.id, how())
        assert ("NO VÁLIDA COMO RECETA ESPECIAL" in text(printed)) is said


@pytest.mark.parametrize(("precision", "said"), [("year", "1980"), ("month", "03/1980")])
def test_a_paper_says_no_more_of_a_birth_than_is_known(
    ward: Ward, precision: str, said: str
) -> None:
    ward.people.known = LABEL.model_copy(
        update={
            "birth_date": date(1980, 3, 1),
            "birth_date_estimated": True,
            "birth_date_precision": precision,
        }
    )
    signed = ward.signed("PAR500")
    printed = printing.print_prescription(ward.services, call(PHARMACIST), signed.id, how())
    page = re.sub(r"\s+", " ", text(printed))
    assert f"Nacimiento: {said} " in page
    assert "01/03/1980" not in page
    assert "~46 años" in page


@pytest.mark.parametrize(
    ("country", "form"),
    [
        ("BR", "notificación de receta A"),
        ("PE", "IIIC: receta especial numerada"),
        ("CO", "Fondo Nacional de Estupefacientes"),
        ("MX", "recetario especial con código de barras"),
        ("UY", "formulario numerado de la autoridad"),
    ],
)
def test_a_sheet_with_a_controlled_drug_names_the_form_that_the_country_asks_for(
    ward: Ward, country: str, form: str
) -> None:
    ward.people.country = country
    signed = ward.signed("DZP010")
    printed = printing.print_prescription(ward.services, call(PHARMACIST), signed.id, how())
    said = re.sub(r"\s+", " ", text(printed))
    assert form in said
    assert "NO VÁLIDA COMO RECETA ESPECIAL" in said


def test_a_prescription_says_where_patient_and_prescriber_are_found(ward: Ward) -> None:
    ward.people.country = "PE"
    ward.people.known = LABEL.model_copy(
        update={
            "sex": "female",
            "address": "Jr. Demostración 1, Lima",
            "birth_date_estimated": True,
        }
    )
    own = PRESCRIBER.model_copy(update={"address": "Av. Demostración 2", "phone": "+51 1 0000000"})
    prescribers.put(ward.services, call(ADMINISTRATOR), "physician-1", own, 1)
    signed = ward.signed("PAR500")
    printed = printing.print_prescription(ward.services, call(PHARMACIST), signed.id, how())
    said = re.sub(r"\s+", " ", text(printed))
    for wanted in (
        "Edad: ~46 años",
        "(fecha estimada)",
        "Sexo: femenino",
        "Jr. Demostración 1",
        "Av. Demostración 2",
        "+51 1 0000000",
    ):
        assert wanted in said


@given(st.integers(0, 999_999), st.sampled_from(["es", "pt", "en"]))
def test_a_quantity_in_words_is_words_and_no_two_numbers_share_them(n: int, language: str) -> None:
    assert number_words.in_words(n, language).replace(" ", "").replace("-", "").isalpha()
    assert number_words.in_words(n, language) != number_words.in_words(
        n + 1 - 2 * (n % 2), language
    )


def test_a_fraction_a_tab_and_braces_reach_the_paper(ward: Ward) -> None:
    made = issue(ward, referral(reason="Na\t140\tK\t4,5 {nb} ⅓ g̃"))
    kind = PaperKind.REFERRAL
    said = text(printing.print_paper(ward.services, call(NURSE), kind, made.id, how()))
    assert "Na 140 K 4,5 {nb} ⅓ g̃" in said
