"""Countries' words and decimal signs."""

import zoneinfo

import pytest

from telesalud.platform.words import countries
from telesalud.platform.words.countries import comma, country_of, word


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("America/Lima", "PE"),
        ("America/Argentina/Ushuaia", "AR"),
        ("America/Manaus", "BR"),
        ("Pacific/Easter", "CL"),
        ("America/Tijuana", "MX"),
        ("Europe/Madrid", None),
        ("UTC", None),
        (None, None),
    ],
)
def test_a_place_is_in_the_country_of_its_clock(zone: str | None, country: str | None) -> None:
    assert country_of(zone) == country


def test_every_time_zone_is_one_and_belongs_to_one_country() -> None:
    known = zoneinfo.available_timezones()
    named = [zone for each in countries.countries().values() for zone in each.zones]
    assert len(named) == len(set(named))
    assert [z for z in named if z not in known and not any(k.startswith(z) for k in known)] == []


def test_decimals_follow_the_country_and_portuguese_and_english_keep_theirs() -> None:
    assert [comma(c, "es") for c in ("PE", "MX", "AR", "CL", "CO", None, "XX")] == [
        False,
        False,
        True,
        True,
        True,
        False,
        False,
    ]
    assert comma("PE", "pt")
    assert comma(None, "pt")
    assert not comma("BR", "en")


def test_what_a_country_does_not_say_is_said_as_the_language_says_it() -> None:
    assert word("AR", "es", "reminder.appointment", "cita") == "turno"
    assert word("PE", "es", "reminder.appointment", "cita") == "cita"
    assert word("AR", "pt", "reminder.appointment", "consulta") == "consulta"
    assert word(None, "es", "reminder.appointment", "cita") == "cita"
