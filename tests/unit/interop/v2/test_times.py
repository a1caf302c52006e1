"""A time keeps its precision and its zone."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telesalud.interop.v2.errors import WrongValue
from telesalud.interop.v2.times import time, written_day, written_time

LIMA = ZoneInfo("America/Lima")


@pytest.mark.parametrize(
    ("text", "at", "precision"),
    [
        ("2026", "2026-01-01T05:00:00+00:00", "year"),
        ("202603", "2026-03-01T05:00:00+00:00", "month"),
        ("20260301", "2026-03-01T05:00:00+00:00", "day"),
        ("2026030108", "2026-03-01T13:00:00+00:00", "hour"),
        ("202603010815", "2026-03-01T13:15:00+00:00", "minute"),
        ("20260301081530", "2026-03-01T13:15:30+00:00", "second"),
        ("20260301081530.25", "2026-03-01T13:15:30.250000+00:00", "fraction"),
        ("20260301081530-0300", "2026-03-01T11:15:30+00:00", "second"),
        ("202603012400", "2026-03-02T05:00:00+00:00", "minute"),
    ],
)
def test_without_an_offset_it_is_the_institutions_zone(text: str, at: str, precision: str) -> None:
    read = time(text, LIMA)
    assert (read.at, read.precision) == (datetime.fromisoformat(at), precision)
    assert read.is_moment == (precision not in ("year", "month", "day"))


def test_the_day_is_that_of_the_sender() -> None:
    assert time("20260301230000-0500", LIMA).day == date(2026, 3, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20",
        "2026-03-01",
        "20261301",
        "20260230",
        "2026030125",
        "202603012401",
        "2026+9999",
        "x",
    ],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(WrongValue):
        time(text, LIMA, "PID-7")


@given(st.integers(-2_000_000_000, 7_000_000_000))
def test_a_moment_written_is_read_again_to_the_second(seconds: int) -> None:
    whole = datetime.fromtimestamp(seconds, UTC)
    read = time(written_time(whole, ZoneInfo("Etc/GMT+5")), UTC)
    assert read.at == whole


def test_a_day_of_an_early_year_has_four_digits_of_it() -> None:
    assert written_day(date(850, 1, 2)) == "08500102"
