"""The demonstration's working day: which one it is, and that the API takes all of it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from localstack import seed_day
from telesalud.appointments.booking.resources import BACKDATED

ZONES = st.sampled_from(["America/Lima", "America/Sao_Paulo"]).map(ZoneInfo)
MOMENTS = st.integers(1_735_689_600, 1_830_297_600).map(lambda at: datetime.fromtimestamp(at, UTC))


@given(MOMENTS, ZONES)
def test_no_visit_of_the_day_is_too_old_to_be_booked(now: datetime, zone: ZoneInfo) -> None:
    day = seed_day.present_of(now, zone).date()
    first = datetime.combine(day, datetime.min.time().replace(hour=8), zone)
    assert first >= now - BACKDATED


@given(MOMENTS, ZONES)
def test_the_day_is_the_sites_own_until_the_evening(now: datetime, zone: ZoneInfo) -> None:
    local = now.astimezone(zone)
    ahead = timedelta(days=local.hour >= 20)
    assert seed_day.present_of(now, zone).date() == local.date() + ahead


@given(MOMENTS, ZONES)
def test_the_present_is_amid_the_day(now: datetime, zone: ZoneInfo) -> None:
    assert seed_day.OPENS <= seed_day.present_of(now, zone).time() <= seed_day.QUIET
