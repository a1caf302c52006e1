"""What other systems wrote about a patient, in the chart: who sees it, and what adopting does."""

import json
from typing import Any

import pytest

from schemas.care import Admission, RelationKind
from telesalud.interop import wiring
from telesalud.platform.access import Role
from telesalud.platform.errors import Invalid, Unavailable
from tests.support.http import HttpAnswer
from tests.worlds.interop.hub import Hub, hub, machine, observation
from tests.worlds.interop.near import PATIENT, RIGHTS, Near, near
from tests.worlds.world import user

DOCTOR = user(Role.PHYSICIAN, subject="doctor-1")
OTHER = user(Role.PHYSICIAN, subject="doctor-2")


@pytest.fixture
def record(monkeypatch: pytest.MonkeyPatch) -> Near:
    """The record, which lets the caller in."""
    known = near()
    monkeypatch.setattr(wiring, "clinic", lambda _: known)
    let_in(known, RelationKind.BOOKED)
    return known


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, record: Near) -> Hub:
    """A partner that writes, and the chart beside it."""
    made = hub(monkeypatch)
    made.api.caller = machine(*RIGHTS)
    return made


def let_in(record: Near, *relations: RelationKind) -> None:
    """How the record answers who comes."""
    members = (PATIENT,)
    admission = Admission(patient=PATIENT, members=members, relations=relations, deceased=False)
    record.answers[f"/patients/{PATIENT}/admission"] = admission


def chart(client: Hub, caller: Any = DOCTOR) -> HttpAnswer:
    """The chart's section."""
    return client.api.request("GET", f"/interop/patients/{PATIENT}/external", caller=caller)


def adopt(
    client: Hub, name: str, caller: Any = DOCTOR, version: int = 1, key: str = "k"
) -> HttpAnswer:
    """Adopt `Type/id`."""
    return client.api.request(
        "POST",
        f"/interop/patients/{PATIENT}/external/{name}/adopt",
        body=json.dumps({"version": version}),
        headers={"content-type": "application/json", "idempotency-key": f"adoption-{key}"},
        caller=caller,
    )


def allergy(**more: Any) -> dict[str, Any]:
    """An allergy as another hospital writes it."""
    return {
        "resourceType": "AllergyIntolerance",
        "meta": {"source": "urn:hospital:demo"},
        "patient": {"reference": f"Patient/{PATIENT}"},
        "code": {
            "coding": [{"system": "http://www.whocc.no/atc", "code": "J01CA04"}],
            "text": "Amoxicilina",
        },
        "criticality": "high",
        "onsetDateTime": "2019-05",
        "reaction": [{"manifestation": [{"text": "urticaria"}]}],
        **more,
    }


def test_the_chart_shows_what_others_wrote_and_where_it_comes_from(client: Hub) -> None:
    id_ = client.add(allergy())
    client.add(observation(PATIENT, code={"text": "Pulso"}))
    client.add(
        {
            "resourceType": "Basic",
            "code": {"text": "x"},
            "subject": {"reference": f"Patient/{PATIENT}"},
        }
    )
    listed = chart(client).json
    assert [each["type"] for each in listed["items"]] == ["Observation", "AllergyIntolerance"]
    one = listed["items"][1]
    assert (one["id"], one["title"], one["happened"]) == (id_, "Amoxicilina", "2019-05")
    assert (one["source"], one["details"]) == ("urn:hospital:demo", ["urticaria"])
    assert (one["becomes"], one["adopted"]) == ("allergies", None)
    pulse = listed["items"][0]
    assert (pulse["becomes"], pulse["source"]) == (None, "laboratory-demo")
    assert pulse["details"] == ["72 /min"]


def test_only_who_has_a_care_relation_sees_it(client: Hub, record: Near) -> None:
    client.add(allergy())
    assert chart(client, user(Role.FRONT_DESK)).status == 403
    assert chart(client, machine(*RIGHTS)).status == 403
    let_in(record)
    refused = chart(client)
    assert (refused.status, refused.json["right"]) == (403, "patients.care_relation")


def test_what_its_sender_marked_confidential_is_for_who_treats(client: Hub, record: Near) -> None:
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    id_ = client.add(allergy(meta={"security": [label]}))
    listed = chart(client).json
    assert (listed["items"], listed["withheld"]) == ([], 1)
    assert adopt(client, f"AllergyIntolerance/{id_}").status == 404
    let_in(record, RelationKind.TREATED)
    assert [each["id"] for each in chart(client).json["items"]] == [id_]


def test_adopting_writes_an_unconfirmed_entry_of_the_clinicians(client: Hub, record: Near) -> None:
    id_ = client.add(allergy())
    adopted = adopt(client, f"AllergyIntolerance/{id_}")
    assert adopted.status == 200, adopted.body
    [(entry, sent)] = record.posted.values()
    path, _, body = sent.partition(" ")
    written = json.loads(body)
    assert path == f"/patients/{PATIENT}/allergies"
    assert (written["verification"], written["criticality"]) == ("unconfirmed", "high")
    assert (written["codes"], written["onset_on"]) == (["atc:J01CA04"], "2019-05")
    assert f"AllergyIntolerance/{id_}" in written["comment"]
    shown = chart(client).json["items"][0]
    assert (shown["becomes"], shown["adopted"]["entry"]) == (None, entry)
    assert client.get(f"AllergyIntolerance/{id_}").status == 200


def test_an_entry_is_adopted_once_however_often_it_is_tried(client: Hub, record: Near) -> None:
    name = f"AllergyIntolerance/{client.add(allergy())}"
    first = adopt(client, name)
    again = adopt(client, name, key="another")
    by_another = adopt(client, name, OTHER, key="third")
    assert first.json["entry"] == again.json["entry"] == by_another.json["entry"]
    assert len(record.posted) == 1


def test_a_try_whose_answer_was_lost_is_finished_by_the_next(client: Hub, record: Near) -> None:
    name = f"AllergyIntolerance/{client.add(allergy())}"
    post, lost = Near.post, [True]

    class Losing(Near):
        def post(self, path: str, body: str, key: str) -> bytes:
            answer = post(self, path, body, key)
            if lost.pop() if lost else False:
                raise Unavailable("the answer was lost")
            return answer

    record.__class__ = Losing
    assert adopt(client, name).status == 503
    assert adopt(client, name, OTHER, key="other").status == 409
    assert adopt(client, name).status == 200
    assert len(record.posted) == 1


def test_what_the_record_refuses_leaves_nothing_behind(client: Hub, record: Near) -> None:
    class Refusing(Near):
        def post(self, path: str, body: str, key: str) -> bytes:
            raise Invalid("no such code")

    name = f"AllergyIntolerance/{client.add(allergy())}"
    record.__class__ = Refusing
    assert adopt(client, name).status == 422
    record.__class__ = Near
    assert adopt(client, name, OTHER).status == 200


@pytest.mark.parametrize(
    "more",
    [
        {"verificationStatus": {"coding": [{"code": "entered-in-error"}]}},
        {"verificationStatus": {"coding": [{"code": "refuted"}]}},
        {"modifierExtension": [{"url": "http://demo.example/not", "valueBoolean": True}]},
        {"code": {"coding": [{"system": "http://snomed.info/sct", "code": "716186003"}]}},
    ],
)
def test_what_would_change_its_meaning_is_not_adopted(client: Hub, more: dict[str, Any]) -> None:
    name = f"AllergyIntolerance/{client.add(allergy(**more))}"
    assert chart(client).json["items"][0]["becomes"] is None
    assert adopt(client, name).status == 409


def test_what_changed_since_it_was_looked_at_is_not_adopted(client: Hub, record: Near) -> None:
    id_ = client.add(allergy())
    client.put(f"AllergyIntolerance/{id_}", allergy(id=id_, criticality="low"))
    assert adopt(client, f"AllergyIntolerance/{id_}").status == 412
    assert record.posted == {}
    assert adopt(client, f"AllergyIntolerance/{id_}", version=2).status == 200


@pytest.mark.parametrize(
    ("resource", "path", "written"),
    [
        (
            {
                "resourceType": "Condition",
                "subject": {},
                "code": {"text": "Asma"},
                "onsetDateTime": "2010",
            },
            "problems",
            {"onset_on": "2010"},
        ),
        (
            {
                "resourceType": "Immunization",
                "status": "completed",
                "patient": {},
                "vaccineCode": {
                    "coding": [{"system": "http://hl7.org/fhir/sid/cvx", "code": "88"}]
                },
                "occurrenceDateTime": "2024-05-01T10:00:00-05:00",
            },
            "immunizations",
            {"given_on": "2024-05-01", "primary_source": False},
        ),
        (
            {
                "resourceType": "MedicationStatement",
                "status": "on-hold",
                "subject": {},
                "medicationCodeableConcept": {"text": "Enalapril"},
            },
            "medications",
            {"status": "on_hold"},
        ),
    ],
)
def test_each_kind_becomes_an_entry_of_its_own(
    client: Hub, record: Near, resource: dict[str, Any], path: str, written: dict[str, Any]
) -> None:
    who = "patient" if "patient" in resource else "subject"
    id_ = client.add({**resource, who: {"reference": f"Patient/{PATIENT}"}})
    answer = adopt(client, f"{resource['resourceType']}/{id_}")
    assert answer.status == 200, answer.body
    [(_, sent)] = record.posted.values()
    assert sent.startswith(f"/patients/{PATIENT}/{path} ")
    assert written.items() <= json.loads(sent.partition(" ")[2]).items()


def test_another_patients_entries_are_not_found(client: Hub, record: Near) -> None:
    stranger = client.patient()
    id_ = client.add(allergy(patient={"reference": f"Patient/{stranger}"}))
    assert chart(client).json["items"] == []
    assert adopt(client, f"AllergyIntolerance/{id_}").status == 404
