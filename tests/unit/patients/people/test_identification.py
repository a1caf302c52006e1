"""A person is found again, and not mistaken for another, whatever was typed and how."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telesalud.patients.people.births import (
    age_on,
    check_birth_date,
    check_life_date,
)
from telesalud.patients.people.duplicates import POSSIBLE, PROBABLE, Person, Reason, compare, rank
from telesalud.patients.people.identity_documents import Document, check_document
from telesalud.patients.people.names import similarity, tidy, tokens
from telesalud.patients.people.record_numbers import check_record_number, record_number
from telesalud.platform.errors import Invalid

TODAY = date(2026, 11, 21)
letters = st.text(alphabet="abcdefghijklmnñopqrstuvwxyzáéíóúüç' ", min_size=1, max_size=30)


def refusal(country: str, kind: str, number: str) -> str:
    with pytest.raises(Invalid) as caught:
        check_document(country, kind, number)
    return caught.value.fields[0].code


@pytest.mark.parametrize(
    ("country", "kind", "typed", "canonical"),
    [
        ("pe", "dni", "10117410", "10117410"),
        ("PE", "DNI", "10117410-2", "10117410"),
        ("PE", "CE", "001 234 567", "001234567"),
        ("BR", "CPF", "390.533.447-05", "39053344705"),
        ("EC", "CI", "171430710-3", "1714307103"),
        ("CL", "RUN", "12.531.909-2", "125319092"),
        ("UY", "CI", "1.234.567-2", "12345672"),
        ("SV", "DUI", "00016297-5", "000162975"),
        ("GT", "CUI", "1234 56789 0101", "1234567890101"),
        ("AR", "DNI", "20.123.456", "20123456"),
        ("DO", "CEDULA", "00113918205", "00113918205"),
        ("MX", "CURP", "BOXW310820HNERXN09", "BOXW310820HNERXN09"),
        ("CO", "CC", "1.020.345.678", "1020345678"),
        ("PA", "CEDULA", "8-0123-04567", "8-123-4567"),
        ("VE", "CI", "v-12.345.678", "V12345678"),
        ("JP", "PASSPORT", "tz 1234567", "TZ1234567"),
    ],
)
def test_documents_have_one_form_however_they_are_typed(
    country: str, kind: str, typed: str, canonical: str
) -> None:
    checked = check_document(country, kind, typed)
    assert checked == Document(country.upper(), kind.upper(), canonical)
    assert check_document(country, kind, checked.number) == checked


@pytest.mark.parametrize(
    ("country", "kind", "number"),
    [
        ("PE", "DNI", "10117410-3"),
        ("BR", "CPF", "390.533.447-06"),
        ("BR", "CNS", "700000000000004"),
        ("EC", "CI", "1714307104"),
        ("CL", "RUN", "12.531.909-3"),
        ("UY", "CI", "1.234.567-3"),
        ("SV", "DUI", "00016297-6"),
        ("GT", "CUI", "1234567880101"),
    ],
)
def test_a_mistyped_number_is_told_from_a_malformed_one(
    country: str, kind: str, number: str
) -> None:
    assert refusal(country, kind, number) == "check-digit"
    assert refusal(country, kind, number[:-4]) == "format"


def test_what_is_no_document_is_refused() -> None:
    assert refusal("PE", "CPF", "39053344705") == "unknown-document"
    assert refusal("Peru", "PASSPORT", "A1234567") == "unknown-document"
    assert refusal("PE", "PASSPORT", "<script>") == "format"
    assert refusal("UY", "CI", "0000000-0") == "check-digit"
    assert refusal("CO", "CC", "١٢٣٤٥٦٧") == "format", "digits of other scripts are not digits here"


def test_two_documents_never_share_a_canonical_form() -> None:
    one = check_document("PA", "CEDULA", "8-12-34567")
    assert one != check_document("PA", "CEDULA", "8-123-4567")


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), min_size=13, max_size=13), st.sampled_from("12789"))
def test_a_wrong_digit_in_a_health_card_is_always_found(rest: list[int], first: str) -> None:
    body = first + "".join(map(str, rest))
    valid = [d for d in range(10) if _accepted("BR", "CNS", f"{body}{d}")]
    assert len(valid) <= 1


def _accepted(country: str, kind: str, number: str) -> bool:
    try:
        check_document(country, kind, number)
    except Invalid:
        return False
    return True


@settings(deadline=None)
@given(
    st.text(max_size=30),
    st.sampled_from(
        [
            ("PE", "DNI"),
            ("PE", "RUC"),
            ("BR", "CPF"),
            ("BR", "CNS"),
            ("UY", "CI"),
            ("SV", "DUI"),
            ("GT", "CUI"),
            ("MX", "CURP"),
            ("CL", "RUN"),
            ("EC", "CI"),
            ("EC", "PASSPORT"),
            ("EC", "OTHER"),
        ]
    ),
)
def test_no_text_breaks_a_document(number: str, document: tuple[str, str]) -> None:
    if _accepted(*document, number):
        canonical = check_document(*document, number).number
        assert canonical.isascii()
        assert canonical.isalnum()
        assert check_document(*document, canonical).number == canonical


def test_a_passport_is_known_of_every_country() -> None:
    assert check_document("JP", "PASSPORT", "TR 1234567").number == "TR1234567"
    assert refusal("JP", "DNI", "12345678") == "unknown-document"


@settings(deadline=None)
@given(st.integers(1, 10**14), st.data())
def test_a_record_number_survives_no_wrong_digit(sequence: int, data: st.DataObject) -> None:
    number = record_number(sequence)
    assert check_record_number(f" {number[:4]}-{number[4:]} ") == number
    place = data.draw(st.integers(0, len(number) - 1))
    wrong = data.draw(st.sampled_from([d for d in "0123456789" if d != number[place]]))
    with pytest.raises(Invalid):
        check_record_number(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize("text", ["", "1234", "1234567a", "9" * 17, "12345678901234567"])
def test_what_is_no_record_number_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        check_record_number(text)


def test_record_numbers_count_from_one() -> None:
    with pytest.raises(ValueError, match="from one"):
        record_number(0)


def test_names_compare_without_accents_case_particles_or_order() -> None:
    assert tokens("María de la O'Núñez-Peña") == ["maria", "onunez", "pena"]
    assert tokens("De la") == ["de", "la"], "a name of particles only is still a name"
    assert similarity("José Luis", "LUIS JOSE") == 1.0
    assert similarity("Quispe Mamani", "Quispe") > 0.9
    assert similarity("Quispe", "Torres") < 0.6
    assert similarity("", "Torres") == 0.0


@settings(deadline=None)
@given(letters, letters)
def test_similarity_is_symmetric_and_bounded(one: str, other: str) -> None:
    assert similarity(one, other) == pytest.approx(similarity(other, one))
    assert 0.0 <= similarity(one, other) <= 1.0


@settings(deadline=None)
@given(letters)
def test_a_name_is_most_similar_to_itself(name: str) -> None:
    if tokens(name):
        assert similarity(name, name) == pytest.approx(1.0)


def test_names_are_stored_as_written_but_tidy() -> None:
    assert tidy("  Peña\u0301  y  Lillo ") == "Peñá y Lillo"
    for bad in ("", "  ", "---", "Ana3", "x" * 101, "Ana\x00"):
        with pytest.raises(Invalid):
            tidy(bad)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("RN 1", "RN 1"),
        ("Ana\u200b María\ufeff", "Ana María"),
        ("Juan\u00ad Pablo 2", "Juan Pablo 2"),
        ("Zaqg\u0303uy", "Zaqg\u0303uy"),
    ],
)
def test_a_newborns_number_and_what_a_paste_brings_along_do_not_refuse_a_name(
    written: str, kept: str
) -> None:
    assert tidy(written) == kept


@pytest.mark.parametrize(
    ("country", "kind", "number"),
    [
        ("MX", "CURP", "PEMJ800101XDFRRN01"),
        ("CO", "PPT", "1234567"),
        ("CO", "RC", "1012345678"),
        ("PE", "CNV", "1001234567"),
        ("PE", "PTP", "001234567"),
    ],
)
def test_documents_that_came_lately_are_known(country: str, kind: str, number: str) -> None:
    assert check_document(country, kind, number).number == number


def test_a_mistyped_curp_of_the_third_letter_is_refused() -> None:
    with pytest.raises(Invalid) as refused:
        check_document("MX", "CURP", "PEMJ800101XDFRRN02")
    assert refused.value.fields[0].code == "check-digit"


ONE = Person(
    given_names="Paciente Uno",
    surnames="Demostración Ejemplo",
    birth_date=date(1980, 3, 4),
    documents=frozenset({Document("PE", "DNI", "10117410")}),
)


person = partial(replace, ONE)


def test_the_same_document_always_asks() -> None:
    other = Person("Otra", "Persona", date(1999, 1, 1), documents=ONE.documents)
    match = compare(ONE, other)
    assert match.is_probable
    assert match.reasons[0] is Reason.SAME_DOCUMENT
    assert Reason.OTHER_BIRTH_DATE in match.reasons


def test_birth_date_and_names_are_enough_without_a_document() -> None:
    retyped = person(surnames="DEMOSTRACION  Ejenplo", documents=frozenset())
    match = compare(ONE, retyped)
    assert match.is_probable
    assert set(match.reasons) == {
        Reason.SAME_BIRTH_DATE,
        Reason.SAME_NAMES,
        Reason.SIMILAR_SURNAMES,
    }


def test_a_swapped_day_and_month_is_noticed() -> None:
    match = compare(ONE, person(birth_date=date(1980, 4, 3), documents=frozenset()))
    assert match.is_probable
    assert Reason.BIRTH_DAY_AND_MONTH_SWAPPED in match.reasons


def test_digits_of_the_year_that_changed_places_are_a_slip() -> None:
    moved = person(birth_date=date(1908, 3, 4), documents=frozenset())
    match = compare(ONE, moved)
    assert Reason.CLOSE_BIRTH_DATE in match.reasons
    assert match.is_probable
    parent = person(birth_date=date(1949, 3, 4), documents=frozenset())
    assert Reason.OTHER_BIRTH_DATE in compare(ONE, parent).reasons


def test_a_number_of_one_digit_only_is_nobodys() -> None:
    for digit in "0123456789":
        with pytest.raises(Invalid):
            check_document("BR", "CPF", digit * 11)
    assert check_document("BR", "CPF", "529.982.247-25").number == "52998224725"


def test_twins_and_namesakes_are_not_taken_for_one_person() -> None:
    twin = person(given_names="Ejemplar", documents=frozenset())
    assert compare(ONE, twin).score < POSSIBLE
    child = person(birth_date=date(2010, 8, 9), documents=frozenset())
    assert compare(ONE, child).score < POSSIBLE
    other_document = person(documents=frozenset({Document("PE", "DNI", "10117411")}))
    assert POSSIBLE <= compare(ONE, other_document).score < PROBABLE


def test_an_estimated_birth_date_counts_less() -> None:
    estimate = person(
        birth_date=date(1981, 5, 1), birth_estimated=True, documents=frozenset(), sex="F"
    )
    match = compare(ONE, estimate)
    assert Reason.CLOSE_BIRTH_DATE in match.reasons
    assert PROBABLE <= match.score < compare(ONE, replace(ONE, documents=frozenset())).score


def test_candidates_come_likeliest_first_and_the_unlikely_not_at_all() -> None:
    others = [
        ("c", Person("Otra", "Persona", date(1999, 1, 1))),
        ("b", person(birth_date=date(1980, 3, 5), documents=frozenset())),
        ("a", ONE),
    ]
    assert [identifier for identifier, _ in rank(ONE, others)] == ["a", "b"]


people = st.builds(
    Person,
    given_names=letters,
    surnames=letters,
    birth_date=st.none() | st.dates(date(1950, 1, 1), date(1952, 1, 1)),
    birth_estimated=st.booleans(),
    sex=st.sampled_from([None, "F", "M"]),
    documents=st.sets(
        st.sampled_from([Document("PE", "DNI", "10117410"), Document("PE", "CE", "001234567")])
    ).map(frozenset),
    contacts=st.sets(st.sampled_from(["+51900000001", "+51900000002"])).map(frozenset),
)


@settings(deadline=None)
@given(people, people)
def test_a_match_is_symmetric_and_bounded(one: Person, other: Person) -> None:
    match = compare(one, other)
    assert match == compare(other, one)
    assert 0 <= match.score <= 100
    assert compare(one, one).score >= match.score or Reason.SAME_DOCUMENT in match.reasons


def test_ages_count_completed_years_months_and_days() -> None:
    assert age_on(date(2020, 2, 29), date(2026, 2, 28)).years == 6
    age = age_on(date(2026, 1, 31), date(2026, 3, 1))
    assert (age.years, age.months, age.total_days) == (0, 1, 29)
    with pytest.raises(Invalid):
        age_on(TODAY, date(2026, 11, 20))


def test_nobody_is_born_in_the_future_or_before_anybody_living() -> None:
    assert check_birth_date(TODAY, TODAY) == TODAY
    for birth in (date(2026, 11, 22), date(1900, 1, 1)):
        with pytest.raises(Invalid):
            check_birth_date(birth, TODAY)


def test_dates_lie_within_a_life() -> None:
    birth = date(1980, 3, 4)
    assert check_life_date(birth, birth, TODAY, "/onset") == birth
    for day in (date(1980, 3, 3), date(2026, 11, 22)):
        with pytest.raises(Invalid) as caught:
            check_life_date(day, birth, TODAY, "/onset")
        assert caught.value.fields[0].pointer == "/onset"
