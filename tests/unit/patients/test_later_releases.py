"""What a later release wrote survives a change made by this one, which does not know it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from schemas import chart as c
from schemas.encounters import EncounterBody
from schemas.forms import FormBody
from schemas.patients import EncounterKind
from schemas.vitals import VitalsBody
from telesalud.patients.access.opening import chart_partition
from telesalud.patients.chart import entries
from telesalud.patients.encounters import writing
from telesalud.patients.encounters.repository import encounter_key
from telesalud.patients.measurements import recording
from telesalud.patients.people import registration
from telesalud.patients.people.repository import patient_key
from telesalud.patients.questionnaires import filling, library
from telesalud.platform.sealed import ATTRIBUTE, place
from telesalud.platform.store import Item, Key, Put
from telesalud.platform.vault import Scope
from tests.worlds.patients.people import body_of
from tests.worlds.patients.ward import Ward
from tests.worlds.world import START, TENANT

LATER = "of_a_later_release"

Change = Callable[[Ward], tuple[Key, Scope, Callable[[], object]]]
"""Records something: where it is kept, under which key, and how it is changed."""


def entry(ward: Ward) -> tuple[Key, Scope, Callable[[], object]]:
    made = entries.record(ward.services, ward.by(), ward.patient, c.ProblemBody(text="Asma"))
    where = entries.Where(ward.patient, c.EntryKind.PROBLEM, made.id)
    body = c.ProblemBody(text="Asma leve")
    return (
        Key(chart_partition(TENANT, ward.patient), f"ENTRY#problems#{made.id}"),
        Scope(TENANT, ward.patient),
        lambda: entries.revise(ward.services, ward.by(), where, body, 1),
    )


def encounter(ward: Ward) -> tuple[Key, Scope, Callable[[], object]]:
    begun = ward.begin()
    body = EncounterBody(kind=EncounterKind.DAY_HOSPITAL, started_at=START)
    return (
        encounter_key(TENANT, begun.id),
        Scope(TENANT, ward.patient),
        lambda: writing.correct(ward.services, ward.by(), begun.id, body, 1),
    )


def draft(ward: Ward) -> tuple[Key, Scope, Callable[[], object]]:
    body = FormBody(
        form="phq-9",
        response={
            "resourceType": "QuestionnaireResponse",
            "questionnaire": library.load("phq-9").questionnaire.canonical,
            "status": "in-progress",
            "item": [],
        },
    )
    made = filling.submit(ward.services, ward.by(), ward.patient, body)
    return (
        Key(chart_partition(TENANT, ward.patient), f"FORM#{made.id}"),
        Scope(TENANT, ward.patient),
        lambda: filling.resubmit(ward.services, ward.by(), ward.patient, made.id, body, version=1),
    )


def vitals(ward: Ward) -> tuple[Key, Scope, Callable[[], object]]:
    given: dict[str, Any] = {"pulse": {"value": 72, "unit": "/min"}}
    body = VitalsBody.model_validate_json(
        json.dumps({"measured_at": START.isoformat(), "values": given})
    )
    made = recording.record(ward.services, ward.by(), ward.patient, body)
    partition = chart_partition(TENANT, ward.patient)
    [item] = ward.services.store.query(partition, "VITALS#").items
    return (
        item.key,
        Scope(TENANT, ward.patient),
        lambda: recording.void(ward.services, ward.by(), ward.patient, made.id, 1),
    )


def person(ward: Ward) -> tuple[Key, Scope, Callable[[], object]]:
    known = registration.read(ward.services, ward.by(), ward.patient)
    body = body_of(known, email="paciente@example.org")
    return (
        patient_key(TENANT, ward.patient),
        Scope(TENANT),
        lambda: registration.update(ward.services, ward.by(), ward.patient, body, 1),
    )


def opened(ward: Ward, key: Key, scope: Scope) -> tuple[Item, dict[str, Any]]:
    item = ward.services.store.get(key)
    assert item is not None
    text = ward.services.vault.open(scope, place(key), item.blob(ATTRIBUTE))
    return item, json.loads(text)


@pytest.mark.parametrize("change", [entry, encounter, draft, vitals, person])
def test_what_a_later_release_wrote_survives_a_change(change: Change) -> None:
    ward = Ward()
    key, scope, act = change(ward)
    item, body = opened(ward, key, scope)
    places = [body, body["body"]] if change is person else [body]
    for each in places:
        each[LATER] = {"kept": True}
    text = json.dumps(body).encode()
    sealed = ward.services.vault.seal(scope, place(key), text)
    # A put without a version leaves version 1, as the item had.
    ward.services.store.transact([Put(key, {**item.attributes, ATTRIBUTE: sealed})])
    act()
    item, body = opened(ward, key, scope)
    assert item.version == 2
    places = [body, body["body"]] if change is person else [body]
    assert [each[LATER] for each in places] == [{"kept": True}] * len(places)
