"""What appointments has stored or announced opens in this release, and in the one before it."""

import json
from datetime import date, time

import pytest
from pydantic import BaseModel

from schemas import agendas, appointments, reminders, waiting
from telesalud.appointments.agendas.repository import hours_key, site_key
from telesalud.appointments.places import directory
from telesalud.appointments.reminders import planning
from telesalud.appointments.series.repository import head_key
from telesalud.appointments.stored import STORED
from telesalud.appointments.waiting import entries
from telesalud.platform.sealed import ATTRIBUTE, from_json, place, to_json
from telesalud.platform.store import Key, Put
from telesalud.platform.vault import Scope
from tests.support import golden
from tests.worlds.appointments import recurring
from tests.worlds.appointments.clinic import Clinic, desk, patient
from tests.worlds.world import TENANT, call

EVENTS = {**agendas.EVENTS, **appointments.EVENTS, **waiting.EVENTS}
CONTRACTS: dict[str, type[BaseModel]] = {
    "site": agendas.SiteBody,
    "category": agendas.CategoryBody,
    "practitioner": agendas.PractitionerBody,
    "opening_hours": agendas.AvailabilityBody,
    "reminder_rule": reminders.ReminderPolicyBody,
    "offer_notice": waiting.OfferNotice,
    "teleconsultation_links": appointments.JoinLinks,
}
"""Kinds that the release before sealed as they were asked for or answered."""
UNKNOWN = {"of_a_later_release": {"kept": True}}


def test_what_was_stored_opens_and_keeps_what_a_later_release_added() -> None:
    golden.check("appointments", {**STORED, **EVENTS})


@pytest.mark.parametrize("file", golden.goldens("appointments"), ids=lambda f: str(f.kind))
def test_a_golden_file_leaves_no_field_empty(file: golden.Golden) -> None:
    assert [name for name, value in file.body.items() if value in (None, "", [], {})] == []


@pytest.mark.parametrize("kind", sorted(CONTRACTS))
def test_the_release_before_opens_what_is_written_now(kind: str) -> None:
    *_, body = [file.body for file in golden.goldens("appointments") if file.kind == kind]
    written = to_json(from_json(STORED[kind], json.dumps(body)))
    before = CONTRACTS[kind].model_validate_json(written)
    assert before.model_dump_json() == written


def test_replacing_a_site_keeps_what_a_later_release_added() -> None:
    clinic = Clinic()
    key = site_key(TENANT, clinic.site)
    add_unknown(clinic, key)
    body = agendas.SiteBody(name="Sede Demostración Dos", zone="America/Bogota")
    directory.change_site(clinic.services, call(desk()), clinic.site, body, 1)
    stored = json.loads(text_at(clinic, key))
    assert stored == {**json.loads(body.model_dump_json()), **UNKNOWN}


def test_replacing_sealed_opening_hours_keeps_what_a_later_release_added() -> None:
    clinic = Clinic()
    key = hours_key(TENANT, clinic.ana)
    seal_unknown(clinic, key)
    body = agendas.AvailabilityBody()
    answer = directory.put_hours(clinic.services, call(desk()), clinic.ana, body, 1)
    assert json.loads(opened_at(clinic, key)) == {**json.loads(body.model_dump_json()), **UNKNOWN}
    assert "of_a_later_release" not in answer.model_dump_json()


def test_setting_the_reminder_rule_keeps_what_a_later_release_added() -> None:
    clinic, by = Clinic(), call(desk())
    planning.put_policy(clinic.services, by, reminders.ReminderPolicyBody(), 0)
    key = Key(f"REMINDERS#{TENANT}", "POLICY")
    add_unknown(clinic, key)
    body = reminders.ReminderPolicyBody(quiet_from=time(21), quiet_until=time(7))
    planning.put_policy(clinic.services, by, body, 1)
    stored = json.loads(text_at(clinic, key))
    assert stored == {**json.loads(body.model_dump_json()), **UNKNOWN}


def test_changing_a_wish_keeps_what_a_later_release_added() -> None:
    clinic, by = Clinic(), call(desk())
    wish = waiting.WaitingBody(
        patient=patient(1), site=clinic.site, category="visit", minutes=30, specialty="general"
    )
    entry = entries.add(clinic.services, by, wish, clinic.patients)
    key = entries.entry_key(TENANT, entry.id)
    seal_unknown(clinic, key, "body")
    change = waiting.ChangeWaiting(**dict(wish.model_copy(update={"minutes": 60})))
    entries.change(clinic.services, by, entry.id, change, 1)
    stored = json.loads(opened_at(clinic, key))
    assert stored["body"]["minutes"] == 60
    assert stored["body"]["of_a_later_release"] == {"kept": True}


def test_moving_a_series_keeps_what_a_later_release_added_to_its_parts() -> None:
    clinic = Clinic()
    series = recurring.book(clinic)
    key = head_key(TENANT, series.id)
    stored = json.loads(opened_at(clinic, key))
    stored["parts"][0].update(UNKNOWN)
    stored["template"].update(UNKNOWN)
    seal(clinic, key, stored)
    as_read = series.model_copy(update={"version": 1})
    recurring.move(clinic, as_read, date(2026, 12, 7), local_time=time(9))
    after = json.loads(opened_at(clinic, key))
    assert len(after["parts"]) == 2
    for model in (*after["parts"], after["template"]):
        assert model["of_a_later_release"] == {"kept": True}


def add_unknown(clinic: Clinic, key: Key) -> None:
    """Write a field of a later release into what is stored in clear; the version stays."""
    rewrite(clinic, key, json.dumps({**json.loads(text_at(clinic, key)), **UNKNOWN}))


def seal_unknown(clinic: Clinic, key: Key, inside: str | None = None) -> None:
    """The same for what is sealed."""
    stored = json.loads(opened_at(clinic, key))
    (stored[inside] if inside else stored).update(UNKNOWN)
    seal(clinic, key, stored)


def seal(clinic: Clinic, key: Key, stored: object) -> None:
    text = json.dumps(stored).encode()
    rewrite(clinic, key, clinic.services.vault.seal(Scope(TENANT), place(key), text))


def rewrite(clinic: Clinic, key: Key, data: str | bytes) -> None:
    item = clinic.world.store.get(key)
    assert item is not None
    clinic.world.store.transact([Put(key, {**item.attributes, ATTRIBUTE: data})])


def text_at(clinic: Clinic, key: Key) -> str:
    item = clinic.world.store.get(key)
    assert item is not None
    return item.text(ATTRIBUTE)


def opened_at(clinic: Clinic, key: Key) -> bytes:
    item = clinic.world.store.get(key)
    assert item is not None
    return clinic.services.vault.open(Scope(TENANT), place(key), item.blob(ATTRIBUTE))
