"""What the record knows, over FHIR: read and searched as if it were kept here."""

from datetime import date

import pytest

from schemas import chart, chart_lists, patients
from schemas import orders as o
from telesalud.interop import wiring
from telesalud.interop.record.naming import packed
from telesalud.platform.errors import Forbidden, Gone
from tests.worlds.interop.hub import BASE, Hub, hub, machine
from tests.worlds.interop.near import (
    AT,
    ENTRY,
    ORDER,
    PATIENT,
    RIGHTS,
    Near,
    allergy,
    near,
    order,
    person,
    recorded,
    told,
)

DNI = "urn:telesalud:identity-document:PE:DNI"


@pytest.fixture
def record(monkeypatch: pytest.MonkeyPatch) -> Near:
    """The record, in which there is one patient."""
    known = near()
    monkeypatch.setattr(wiring, "clinic", lambda _: known)
    return known


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch, record: Near) -> Hub:
    """A client whose token reaches the whole record."""
    made = hub(monkeypatch)
    made.api.caller = machine(*RIGHTS)
    return made


def test_a_patient_of_the_record_is_read_and_found(client: Hub) -> None:
    answer = client.get(f"Patient/{PATIENT}")
    assert (answer.status, answer.etag) == (200, 'W/"3"')
    assert answer.json["name"][0]["family"] == "Demostración Uno"
    assert "lastUpdated" not in answer.json["meta"]
    assert client.get(f"Patient/{PATIENT}/_history/3").json == answer.json
    assert client.get(f"Patient/{PATIENT}/_history/2").status == 404
    for search in (f"identifier={DNI}|40000001", "name=demostracion", f"_id={PATIENT}"):
        assert client.ids(f"Patient?{search}") == [PATIENT], search
    assert client.ids(f"Patient?identifier={DNI}|40000001&gender=male") == []


def test_a_birth_date_has_the_precision_that_is_known(client: Hub, record: Near) -> None:
    year = person(
        birth_date=date(1980, 1, 1), birth_date_estimated=True, birth_date_precision="year"
    )
    record.answers[f"/patients/{PATIENT}"] = year
    assert client.get(f"Patient/{PATIENT}").json["birthDate"] == "1980"


def test_entries_of_the_chart_are_searched_by_patient(client: Hub, record: Near) -> None:
    listed = chart_lists.AllergyList(items=(allergy(),))
    record.answers[f"/patients/{PATIENT}/allergies"] = listed
    id_ = packed(PATIENT, ENTRY)
    assert client.ids(f"AllergyIntolerance?patient={PATIENT}") == [id_]
    assert client.ids(f"AllergyIntolerance?patient.identifier={DNI}|40000001") == [id_]
    assert client.ids(f"Patient/{PATIENT}/AllergyIntolerance") == [id_]
    assert client.ids(f"AllergyIntolerance?patient={PATIENT}&clinical-status=inactive") == []
    one = client.get(f"AllergyIntolerance/{id_}")
    assert one.json["code"]["text"] == "Penicilina"
    assert one.headers["last-modified"].endswith("GMT")
    bundle = client.get(f"AllergyIntolerance?patient={PATIENT}&_include=AllergyIntolerance:patient")
    modes = [(e["resource"]["resourceType"], e["search"]["mode"]) for e in bundle.json["entry"]]
    assert modes == [("AllergyIntolerance", "match"), ("Patient", "include")]


def test_none_known_and_what_was_an_error_keep_their_meaning(client: Hub, record: Near) -> None:
    none = allergy(text="Ninguna conocida", type="none_known", codes=[], reaction=None)
    wrong = allergy(id=ORDER, verification="entered_in_error")
    record.answers[f"/patients/{PATIENT}/allergies"] = chart_lists.AllergyList(items=(none, wrong))
    by_id = {
        e["resource"]["id"]: e["resource"]
        for e in client.get(f"AllergyIntolerance?patient={PATIENT}").json["entry"]
    }
    assert by_id[packed(PATIENT, ENTRY)]["code"]["coding"][0]["code"] == "716186003"
    mistaken = by_id[packed(PATIENT, ORDER)]
    assert mistaken["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    assert "clinicalStatus" not in mistaken


@pytest.mark.parametrize(
    ("status", "ended", "said"),
    [
        ("chronic", None, "active"),
        ("recurring", None, "recurrence"),
        ("resolved", "2020", "resolved"),
        ("active", "2020-05", "inactive"),
    ],
)
def test_the_status_of_a_problem_is_told_in_fhirs_words(
    client: Hub, record: Near, status: str, ended: str | None, said: str
) -> None:
    fields = recorded(text="Asma", status=status, ended_on=ended, onset_on="2010-03")
    problem = told(chart.Problem, {**fields, "diagnoses": []})
    record.answers[f"/patients/{PATIENT}/problems"] = chart_lists.ProblemList(items=(problem,))
    entry = client.get(f"Condition?patient={PATIENT}&onset-date=2010").json["entry"][0]
    assert entry["resource"]["clinicalStatus"]["coding"][0]["code"] == said


def test_an_order_its_report_and_its_values_name_each_other(client: Hub, record: Near) -> None:
    entry = o.Entry(kind=o.EntryKind.ORDER, id=ORDER, status="resulted", title="x", at=AT)
    record.answers[f"/orders/patients/{PATIENT}"] = o.EntryList(items=(entry,))
    record.answers[f"/orders/requests/{ORDER}"] = order()
    report = client.get(f"DiagnosticReport/{ORDER}").json
    assert report["basedOn"] == [{"reference": f"ServiceRequest/{ORDER}"}]
    [value] = client.get(
        f"Observation?patient={PATIENT}&category=laboratory&value-quantity=lt12"
    ).json["entry"]
    assert report["result"] == [{"reference": "Observation/" + value["resource"]["id"]}]
    assert value["resource"]["valueQuantity"]["value"] == 9.5
    assert client.ids(f"ServiceRequest?patient={PATIENT}&status=completed") == [ORDER]


def test_a_token_is_not_shown_what_its_scopes_do_not_reach(client: Hub, record: Near) -> None:
    client.api.caller = machine("interop.read", "patients.read")
    assert client.get(f"Patient/{PATIENT}").status == 200
    record.asked.clear()
    assert client.ids(f"AllergyIntolerance?patient={PATIENT}") == []
    assert client.get(f"AllergyIntolerance/{packed(PATIENT, ENTRY)}").status == 404
    assert record.asked == []
    client.api.caller = machine(*RIGHTS, "system/Patient.rs")
    assert client.get(f"AllergyIntolerance?patient={PATIENT}").status == 403


def test_what_the_record_refuses_is_refused(client: Hub, record: Near) -> None:
    record.refusal = Forbidden("closed")
    assert client.get(f"Condition?patient={PATIENT}").status == 403
    record.refusal = Gone("shredded")
    answer = client.get(f"Patient/{PATIENT}")
    assert (answer.status, answer.json["resourceType"]) == (410, "OperationOutcome")


def test_no_second_truth_comes_to_stand_beside_the_records_own(client: Hub) -> None:
    mine = client.get(f"Patient/{PATIENT}").json
    one = f"identifier={DNI}|40000001"
    entry = {"resource": mine, "request": {"method": "PUT", "url": f"Patient/{PATIENT}"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    for refused in (
        client.put(f"Patient/{PATIENT}", mine),
        client.put(f"Patient?{one}", mine),
        client.delete(f"Patient/{PATIENT}"),
        client.post("", bundle),
    ):
        assert refused.status == 422, refused.body
        assert refused.json["issue"][0]["code"] == "business-rule"
    found = client.post("Patient", mine, if_none_exist=one)
    assert (found.status, found.json["id"]) == (200, PATIENT)


def test_others_write_beside_the_record_for_a_patient_of_the_record(client: Hub) -> None:
    body = {"resourceType": "AllergyIntolerance", "patient": {"reference": f"Patient/{PATIENT}"}}
    made = client.post("AllergyIntolerance", body)
    assert made.status == 201
    assert client.ids(f"AllergyIntolerance?patient={PATIENT}") == [made.json["id"]]
    stranger = {**body, "patient": {"reference": "Patient/019ab000-0000-7000-8000-0000000000ff"}}
    assert client.post("AllergyIntolerance", stranger).status == 422


@pytest.mark.parametrize(
    "id_",
    ["z" * 25 + "." + "z" * 25, "1.2", ENTRY, packed(PATIENT, ORDER, "8867-4"), "a" * 64],
)
def test_ids_that_name_nothing_are_not_found(client: Hub, record: Near, id_: str) -> None:
    record.answers[f"/patients/{PATIENT}/allergies"] = chart_lists.AllergyList(items=(allergy(),))
    assert client.get(f"AllergyIntolerance/{id_}").status == 404


def test_every_page_of_a_list_is_read(client: Hub, record: Near) -> None:
    class Paging(Near):
        def get(self, path: str) -> bytes:
            if "/immunizations" not in path:
                return super().get(path)
            at = int(path.partition("cursor=")[2].partition("&")[0] or 0)
            given = {"text": f"dosis {at}", "given_on": "2020"}
            id_ = f"019ab000-0000-7000-8000-{at:012d}"
            one = told(chart.Immunization, recorded(**given) | {"id": id_})
            cursor = str(at + 1) if at < 2 else None
            return (
                chart_lists.ImmunizationList(items=(one,), cursor=cursor).model_dump_json().encode()
            )

    record.__class__ = Paging
    assert len(client.ids(f"Immunization?patient={PATIENT}")) == 3


def test_addresses_in_bundles_are_this_servers(client: Hub) -> None:
    entry = client.get(f"Patient?_id={PATIENT}").json["entry"][0]
    assert entry["fullUrl"] == f"{BASE}/Patient/{PATIENT}"


def test_names_of_a_patient_keep_how_they_are_called(client: Hub, record: Near) -> None:
    name = patients.PersonName(given="Paciente", family="Uno", social_name="Demo")
    record.answers[f"/patients/{PATIENT}"] = person(name=name)
    names = client.get(f"Patient/{PATIENT}").json["name"]
    assert [each["use"] for each in names] == ["official", "usual"]


def test_everything_of_a_patient_is_in_one_bundle(client: Hub, record: Near) -> None:
    record.answers[f"/patients/{PATIENT}/allergies"] = chart_lists.AllergyList(items=(allergy(),))
    body = {"resourceType": "Condition", "subject": {"reference": f"Patient/{PATIENT}"}}
    external = client.add(body)
    client.patient("2")
    everything = client.get(f"Patient/{PATIENT}/$everything").json
    found = {entry["fullUrl"].removeprefix(f"{BASE}/") for entry in everything["entry"]}
    assert found == {
        f"Patient/{PATIENT}",
        f"AllergyIntolerance/{packed(PATIENT, ENTRY)}",
        f"Condition/{external}",
    }
    client.api.caller = machine(*RIGHTS, "system/Patient.r", "system/Condition.r")
    narrowed = client.get(f"Patient/{PATIENT}/$everything").json["entry"]
    assert [e["resource"]["resourceType"] for e in narrowed] == ["Patient", "Condition"]
    unknown = "019ab000-0000-7000-8000-0000000000ff"
    assert client.get(f"Patient/{unknown}/$everything").status == 404
    assert client.get(f"Condition/{external}/$everything").status == 404
