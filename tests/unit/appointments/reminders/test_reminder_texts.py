"""What reminders and offers say: one SMS, with the link, in three languages and each country."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.agendas import Site
from schemas.reminders import ReminderChannel
from telesalud.appointments.reminders import texts
from telesalud.appointments.reminders.texts import Visit
from telesalud.platform.words import sms

EMAIL, SMS = ReminderChannel.EMAIL, ReminderChannel.SMS
LANGUAGES = ("es", "pt", "en")
LINK = "https://telesalud.example.org/c/#" + "A" * 43
WORDS = ("Hospital", "Clínica", "São", "José", "de", "la", "Ñuñoa", "Sede", "Œuvre", "Nº", "3")


def site(**changes: object) -> Site:
    """A site with everything that a message may name."""
    fields = {
        "id": "0190f0e0-0000-7000-8000-000000000001",
        "version": 1,
        "name": "Sede Demostración",
        "zone": "America/Lima",
        "address": "Av. Demostración 1",
        "phone": "+51 900 000 000",
    }
    return Site.model_validate(fields | changes)


def at(day: int = 3, zone: str = "America/Lima") -> datetime:
    """A Tuesday in February, or another day of it."""
    return datetime(2026, 2, day, 8, 5, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reminder_says_when_and_where_and_nothing_else(language: str) -> None:
    text = texts.reminder(language, EMAIL, Visit(site(), at()))
    assert "08:05" in text.body
    assert "Av. Demostración 1" in text.body
    assert "+51 900 000 000" in text.body
    assert {"es": "martes", "pt": "terça", "en": "Tuesday"}[language] in text.body
    assert text.subject.startswith("Sede Demostración: ")
    assert len(text.body) < 300


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", list(ReminderChannel))
def test_a_visit_by_video_has_its_link_and_no_address_in_every_channel(
    language: str, channel: ReminderChannel
) -> None:
    text = texts.reminder(language, channel, Visit(site(), at(), remote=True, link=LINK))
    assert LINK in text.body
    assert "Av. Demostración 1" not in text.body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", list(ReminderChannel))
def test_without_a_link_nobody_is_sent_to_look_for_one(
    language: str, channel: ReminderChannel
) -> None:
    reached = texts.reminder(language, channel, Visit(site(), at(), remote=True)).body
    assert "+51 900 000 000" in reached
    silent = texts.reminder(language, channel, Visit(site(phone=None), at(), remote=True)).body
    for body in (reached, silent):
        assert "http" not in body
        assert not any(said in body for said in ("le enviamos", "enviamos", "we sent", "correo"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_offer_of_a_video_visit_sends_nobody_to_an_address(language: str) -> None:
    until = at(2)
    there = texts.offer(language, EMAIL, Visit(site(), at()), until)
    remote = texts.offer(language, EMAIL, Visit(site(), at(), remote=True), until)
    assert "Av. Demostración 1" in there.body
    assert "Av. Demostración 1" not in remote.body
    assert {"es": "video", "pt": "vídeo", "en": "video"}[language] in remote.body


PLACES = st.builds(
    site,
    name=st.lists(st.sampled_from(WORDS), min_size=1, max_size=18).map(" ".join),
    phone=st.none() | st.from_regex(r"\+\d{8,15}", fullmatch=True),
    zone=st.sampled_from(["America/Lima", "America/Sao_Paulo", "America/Santiago", "UTC"]),
)


@given(
    language=st.sampled_from(LANGUAGES),
    place=PLACES,
    hours=st.integers(0, 24 * 400),
    secret=st.none() | st.integers(1, 90),
    remote=st.booleans(),
)
def test_every_sms_is_one_segment_and_keeps_its_link_whole(
    *, language: str, place: Site, hours: int, secret: int | None, remote: bool
) -> None:
    local = at(zone=place.zone) + timedelta(hours=hours)
    link = "https://salud.example.org/c/#" + "Z" * secret if secret else None
    visit = Visit(place, local, remote, link if remote else None)
    reminder = texts.reminder(language, SMS, visit).body
    offer = texts.offer(language, SMS, visit, local - timedelta(hours=3)).body
    for body in (reminder, offer):
        assert sms.septets(body) is not None
        assert sms.segments(body) == 1, body
        assert f"{local:%H:%M}" in body
    if visit.link:
        assert reminder.endswith(visit.link)


def test_an_sms_names_its_sender_first_and_shortens_it_before_it_drops_anything() -> None:
    name = "Hospital Nacional Docente Madre Niño San Bartolomé"
    visit = Visit(site(name=name), at(), remote=True, link=LINK)
    body = texts.reminder("es", SMS, visit).body
    assert body == (
        "Hosp. Nac. Docente Madre Niño: su cita por video es el mar 3/02 a las 08:05. Entre: "
        + LINK
    )


def test_a_link_that_is_too_long_for_one_sms_is_sent_whole() -> None:
    link = "https://un-nombre-muy-largo.telesalud.ministerio.example.org/c/#" + "Z" * 120
    body = texts.reminder("es", SMS, Visit(site(), at(), remote=True, link=link)).body
    assert body.endswith(link)


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("America/Lima", "su cita:"),
        ("America/Argentina/Cordoba", "su turno:"),
        ("America/Santiago", "su hora:"),
        ("UTC", "su cita:"),
    ],
)
def test_an_appointment_has_the_countrys_name(zone: str, said: str) -> None:
    text = texts.reminder("es", EMAIL, Visit(site(zone=zone), at(zone=zone)))
    assert said in text.body


def test_the_first_of_a_month_is_an_ordinal_in_portuguese() -> None:
    assert "domingo, 1º de fevereiro" in texts.reminder("pt", EMAIL, Visit(site(), at(1))).body
