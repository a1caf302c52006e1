"""The catalogue of tests: sound in itself, and found by what people say."""

import pytest

from telesalud.orders.catalogues.files import valid_loinc
from telesalud.orders.laboratory.knowledge import KnownTests, shipped
from telesalud.orders.laboratory.units import Unit

TESTS = KnownTests.of()


def test_every_code_unit_and_limit_that_is_shipped_is_sound() -> None:
    for test in shipped():
        assert test.loinc is None or valid_loinc(test.loinc)
        if test.unit is not None:
            unit = Unit.read(test.unit)
            assert unit is not None
            assert unit.code == test.unit
            assert test.lowest is not None
            assert test.highest is not None
        for limits in test.limits:
            for limit in (limits.low, limits.high, limits.critical_low, limits.critical_high):
                if limit is not None:
                    assert test.lowest is not None
                    assert test.lowest <= limit
                    assert test.highest is not None
                    assert limit <= test.highest


def test_every_test_is_found_by_each_of_its_names() -> None:
    for test in shipped():
        for name in (test.es, test.pt, test.en, *test.words):
            found = TESTS.search(name, "es", None)
            assert test.es in {one.display for one in found[:8]}, name


@pytest.mark.parametrize(
    ("asked", "language", "wanted"),
    [
        ("hemog", "es", "Hemograma completo"),
        ("hemograma", "pt", "Hemograma completo"),
        ("cuadro hematico", "es", "Hemograma completo"),
        ("tgo", "es", "Aspartato aminotransferasa"),
        ("k", "es", "Potasio"),
        ("azúcar en sangre", "es", "Glucosa"),
        ("placa de torax", "es", "Radiografía de tórax, dos proyecciones"),
        ("raio x de tórax", "pt", "Radiografia de tórax, duas incidências"),
        ("ego", "es", "Examen completo de orina"),
        ("hemograna", "es", "Hemograma completo"),
        ("creatinnina", "es", "Creatinina"),
        ("bk", "es", "Baciloscopia"),
        ("2823-3", "en", "Potassium"),
    ],
)
def test_what_people_say_finds_the_test(asked: str, language: str, wanted: str) -> None:
    assert wanted in [one.display for one in TESTS.search(asked, language, None)[:5]]


def test_nonsense_finds_nothing() -> None:
    assert TESTS.search("zzqx", "es", None) == []
