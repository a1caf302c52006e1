"""Doses on paper: a rhythm is read as it is meant."""

import pytest

from schemas.prescriptions import Dose, Frequency
from telesalud.platform.printing.doses import dose_of


@pytest.mark.parametrize(
    ("times", "hours", "language", "said"),
    [
        (1, 168, "es", "4 tabletas, cada 7 días"),
        (1, 168, "pt", "4 tabletas, a cada 7 dias"),
        (1, 168, "en", "4 tabletas, every 7 days"),
        (1, 2160, "es", "4 tabletas, cada 90 días"),
        (2, 168, "es", "4 tabletas, 2 veces cada 7 días"),
        (1, 48, "es", "4 tabletas, cada 2 días"),
        (1, 36, "es", "4 tabletas, cada 36 horas"),
        (1, 24, "es", "4 tabletas, cada 24 horas"),
        (1, 1, "en", "4 tabletas, every hour"),
    ],
)
def test_a_rhythm_of_days_is_said_in_days(times: int, hours: int, language: str, said: str) -> None:
    frequency = Frequency(times=times, hours=hours)
    assert dose_of(Dose(value=4, unit="tableta"), frequency, language, comma=False) == said
