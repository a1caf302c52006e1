"""The record over HTTP: routes, versions, problems, and who is kept out."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from infra.openapi import load_app
from schemas.documents import DocumentFact
from telesalud.patients import wiring
from telesalud.patients.documents import examining
from telesalud.patients.terminology.release import Releases
from telesalud.patients.terminology.search import TerminologyIndex
from telesalud.platform.access import Caller, Role
from telesalud.platform.aws import clients
from telesalud.platform.aws.s3 import S3Objects
from telesalud.platform.memory.files import MemoryBlobs
from telesalud.platform.scanners import EicarScanner
from tests.support.http import Api, HttpAnswer
from tests.worlds.patients.ward import COLLEAGUE, Ward, auditor, build_index, doctor, person

STARTED = "2026-11-21T11:00:00Z"
BEGIN = {"kind": "ambulatory", "started_at": STARTED, "practitioner_name": "Médica Demostración"}


@pytest.fixture
def ward() -> Ward:
    return Ward()


@pytest.fixture
def api(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> Api:
    module = load_app("patients")
    blobs = MemoryBlobs(ward.world.clock)
    monkeypatch.setattr(wiring, "services", lambda: ward.services)
    monkeypatch.setattr(wiring, "blobs", lambda: blobs)
    monkeypatch.setattr(wiring, "terminology_if_any", lambda: None)
    monkeypatch.setattr(module.api, "_services", lambda: ward.services)
    return Api(module.app, caller=doctor())


def slug(answer: HttpAnswer) -> str:
    return str(answer.json["type"]).rpartition(":")[2]


def test_an_encounter_is_written_signed_finalised_and_amended(ward: Ward, api: Api) -> None:
    begun = api.post(f"/patients/{ward.patient}/encounters", json=BEGIN, key="begin-0001")
    assert (begun.status, begun.etag) == (201, '"1"')
    path = f"/patients/encounters/{begun.json['id']}"
    soap = {"subjective": "Tos", "objective": "", "assessment": "Resfrío", "plan": "Reposo"}
    note = api.post(f"{path}/notes", json={"soap": soap}, key="note-00001").json["note"]
    saved = api.put(f"{path}/notes/{note}", json={"text": "Mejor", "soap": soap}, etag='"1"')
    assert (saved.status, saved.etag) == (200, '"2"')
    stale = api.put(f"{path}/notes/{note}", json={"text": "Otro"}, etag='"1"')
    assert (stale.status, slug(stale)) == (412, "stale-version")
    etag = api.get(path).etag
    signed = api.post(
        f"{path}/sign", json={"name": "Médica Demostración"}, etag=etag, key="sign-00001"
    )
    assert (signed.status, signed.json["status"]) == (200, "signed")
    again = api.post(
        f"{path}/sign", json={"name": "Médica Demostración"}, etag=etag, key="sign-00001"
    )
    assert again.json == signed.json
    twice = api.post(
        f"{path}/sign", json={"name": "Médica Demostración"}, etag=signed.etag, key="sign-00002"
    )
    assert (twice.status, slug(twice)) == (409, "invalid-transition")
    assert (twice.json["current"], twice.json["requested"]) == ("signed", "signed")
    closed = api.post(f"{path}/finalise", etag=signed.etag, key="final-0001")
    body = {
        "note": note,
        "note_version": 2,
        "content": {"text": "Neumonía"},
        "reason": "Radiografía posterior",
    }
    amended = api.post(f"{path}/amend", json=body, etag=closed.etag, key="amend-0001")
    assert (amended.status, amended.json["status"]) == (200, "amended")
    assert len(api.get(path).json["notes"][0]["versions"]) == 3


def test_an_expired_session_does_not_sign(ward: Ward, api: Api) -> None:
    begun = ward.begin()
    ward.note(begun.id)
    ward.world.clock.advance(minutes=11)
    path = f"/patients/encounters/{begun.id}/sign"
    refused = api.post(path, json={"name": "Médica Demostración"}, etag='"2"', key="sign-00001")
    assert (refused.status, slug(refused)) == (401, "session-expired")


ENTRIES: list[tuple[str, dict[str, Any]]] = [
    ("problems", {"text": "Asma", "diagnoses": [{"code": "CA23"}]}),
    ("allergies", {"text": "Penicilina", "codes": ["substance:benzylpenicillin"]}),
    ("medications", {"text": "Salbutamol", "codes": ["atc:R03AC02"], "started_on": "2026-01-01"}),
    ("immunizations", {"text": "Influenza", "given_on": "2026-05-01"}),
    ("procedures", {"text": "Sutura", "performed_on": "2026-05-01"}),
    ("family-history", {"text": "Diabetes", "relationship": "madre"}),
    ("social-history", {"text": "No fuma", "topic": "tobacco"}),
    (
        "consents",
        {
            "text": "Teleconsulta",
            "form": "https://telesalud.example/f|1.0.0",
            "decision": "permit",
            "channel": "video",
            "given_at": STARTED,
        },
    ),
]


@pytest.mark.parametrize(("kind", "body"), ENTRIES, ids=[kind for kind, _ in ENTRIES])
def test_every_kind_of_entry_is_recorded_revised_and_read(
    ward: Ward, api: Api, kind: str, body: dict[str, Any]
) -> None:
    path = f"/patients/{ward.patient}/{kind}"
    made = api.post(path, json=body, key="record-0001")
    assert (made.status, made.etag) == (201, '"1"')
    assert api.get(path).json["items"] == [made.json]
    entry = f"{path}/{made.json['id']}"
    assert api.put(entry, json=body).status == 428
    changed = api.put(entry, json={**body, "comment": "revisado"}, etag='"1"')
    assert (changed.status, changed.json["comment"]) == (200, "revisado")
    versions = api.get(f"{entry}/versions").json["items"]
    assert [one["version"] for one in versions] == [1, 2]
    refused = api.post(path, json={**body, "surprise": 1}, key="record-0002")
    assert (refused.status, slug(refused)) == (422, "invalid")


def test_vitals_summary_and_timeline(ward: Ward, api: Api) -> None:
    path = f"/patients/{ward.patient}"
    values = {"pulse": {"value": 130, "unit": "/min"}, "weight": {"value": 70.5, "unit": "kg"}}
    body = {"measured_at": STARTED, "values": values}
    made = api.post(f"{path}/vitals", json=body, key="vitals-0001")
    assert made.status == 201
    assert {f["vital"]: f["value"] for f in made.json["findings"]} == {"pulse": 130, "weight": 70.5}
    summary = api.get(f"{path}/summary").json
    assert summary["vitals"][0]["finding"]["interpretation"] in {"H", "HH"}
    assert api.get(f"{path}/timeline").json["items"][0]["kind"] == "vitals"
    trend = api.get(f"{path}/vitals/trend", query={"vital": "weight"}).json["items"]
    assert [point["finding"]["value"] for point in trend] == [70.5]
    body["values"]["pulse"]["value"] = 900  # type: ignore[index]  # JSON as a client writes it
    refused = api.post(f"{path}/vitals", json=body, key="vitals-0002")
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (422, "/values/pulse")
    limits = {"low": 0.0, "high": 400.0, "unit": "/min"}
    assert refused.json["errors"][0]["params"] == limits  # the site says them in its own words
    wrongs: tuple[object, ...] = (True, "80", None, {})
    for wrong in wrongs:
        bad = {"measured_at": STARTED, "values": {"pulse": {"value": wrong, "unit": "/min"}}}
        assert api.post(f"{path}/vitals", json=bad, key="vitals-0003").status == 422
    voided = api.post(f"{path}/vitals/{made.json['id']}/void", etag=made.etag, key="void-00001")
    assert (voided.status, api.get(f"{path}/summary").json["vitals"]) == (200, [])


def test_a_document_is_uploaded_replaced_opened_and_voided(ward: Ward, api: Api) -> None:
    path = f"/patients/{ward.patient}/documents"
    pdf = b"%PDF-1.7\n%%EOF\n"
    file = {"name": "a.pdf", "size": len(pdf), "sha256": hashlib.sha256(pdf).hexdigest()}
    body = {**file, "title": "Ecografía", "category": "18748-4"}
    blobs = wiring.blobs()
    assert isinstance(blobs, MemoryBlobs)
    offer = api.post(path, json=body, key="document-0001")
    assert (offer.status, api.post(path, json=body, key="document-0001").json) == (201, offer.json)
    complete = f"{path}/uploads/{offer.json['upload_id']}/complete"
    missing = api.post(complete)
    assert (missing.status, slug(missing)) == (409, "upload-missing")
    blobs.receive(offer.json["fields"], pdf)
    made = api.post(complete)
    assert (made.status, made.json["versions"][0]["status"]) == (200, "scanning")
    event = ward.world.events()[-1]
    told = DocumentFact.model_validate(event.data)
    examining.inspect(ward.services, blobs, EicarScanner(), event.tenant, told)
    one = f"{path}/{made.json['id']}"
    ready = api.get(one)
    assert (ready.json["current"], ready.json["versions"][0]["media_type"]) == (
        1,
        "application/pdf",
    )
    assert api.get(f"{one}/link").json["url"]
    assert api.get(f"{one}/link", query={"version": "2"}).status == 404
    assert api.post(f"{one}/versions", json=file, key="document-0002").status == 428
    again = api.post(f"{one}/versions", json=file, key="document-0002", etag=ready.etag)
    assert again.status == 201
    reason = {"reason": "De otra persona"}
    voided = api.post(f"{one}/void", json=reason, key="document-0003", etag=ready.etag)
    assert (voided.status, voided.json["status"]) == (200, "entered-in-error")
    assert api.get(path, query={"category": "18748-4"}).json["items"] == [voided.json]
    wrong = api.post(path, json={**body, "category": "x"}, key="document-0004")
    assert (wrong.status, wrong.json["errors"][0]["pointer"]) == (422, "/category")


def test_a_stranger_is_denied_noted_and_may_break_the_glass(ward: Ward, api: Api) -> None:
    stranger = person(COLLEAGUE, Role.PHYSICIAN)
    path = f"/patients/{ward.patient}"
    refused = api.get(f"{path}/summary", caller=stranger)
    assert (refused.status, refused.json["right"]) == (403, "patients.care_relation")
    assert ward.world.audited()[-1] == ("patients.read_summary", COLLEAGUE, "denied")
    body = {"reason": "Paciente inconsciente"}
    opened = api.post(f"{path}/break-glass", json=body, key="glass-0001", caller=stranger)
    assert (opened.status, opened.json["kind"]) == (201, "break_glass")
    assert api.get(f"{path}/summary", caller=stranger).status == 200
    seen = api.get(f"{path}/accesses", caller=auditor()).json["items"]
    assert seen[0]["reason"] == "break-glass"
    denied = api.get("/patients/trail", query={"subject": COLLEAGUE}, caller=auditor()).json
    assert [one["outcome"] for one in denied["items"]] == ["denied"]


OTHER: Caller = person(COLLEAGUE, Role.PHYSICIAN, Role.AUDITOR, tenant="clinic-two")


@pytest.mark.parametrize(
    "path",
    ["summary", "timeline", "problems", "vitals", "forms", "accesses", "relations", "documents"],
)
def test_charts_of_another_institution_do_not_exist(ward: Ward, api: Api, path: str) -> None:
    answer = api.get(f"/patients/{ward.patient}/{path}", caller=OTHER)
    assert (answer.status, slug(answer)) == (404, "not-found")


def test_icd11_is_searched_or_says_what_to_do(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "releases", lambda: Releases("", S3Objects("none", clients.s3)))
    missing = api.get("/patients/terminology/cie11", query={"text": "cronica"})
    assert (missing.status, slug(missing)) == (503, "no-terminology")
    assert "TELESALUD_TERMINOLOGY" in missing.json["detail"]
    index = build_index(tmp_path)
    monkeypatch.setattr(wiring, "terminology", lambda _name="icd11": index)
    found = api.get("/patients/terminology/cie11", query={"text": "crónica ñandu"}).json
    assert found["items"][0]["code"] == "ZZ00.0"
    assert found["attribution"]
    one = api.get("/patients/terminology/cie11/ZZ00.0", query={"language": "en"})
    assert (one.status, one.json["language"]) == (200, "en")
    assert api.get("/patients/terminology/cie11/9Z99").status == 404
    query = {"code": "ZZ00.0/9Z99"}
    checked = api.get("/patients/terminology/cie11-cluster", query=query).json
    assert [code["status"] for code in checked["codes"]] == ["active", "unknown"]
    bad = api.get("/patients/terminology/cie11-cluster", query={"code": "ZZ00.0&"})
    assert (bad.status, bad.json["errors"][0]["pointer"]) == (422, "/query/code")
    desk = person(COLLEAGUE, Role.FRONT_DESK)
    assert api.get("/patients/terminology/cie11", query={"text": "x"}, caller=desk).status == 403


def test_icd10_is_searched_only_where_the_country_profile_asks_for_it(
    api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, opened = build_index(tmp_path), []

    def terminology(name: str = "icd11") -> TerminologyIndex:
        opened.append(name)
        return index

    monkeypatch.setattr(wiring, "terminology", terminology)
    path, query = "/patients/terminology/cie10", {"text": "demostritis"}
    assert api.get("/patients/country-profile").json["icd10"] is False
    assert (api.get(path, query=query).status, opened) == (404, [])
    admin = person(COLLEAGUE, Role.ADMINISTRATOR)
    profile = {"country": "PE", "icd10": True}
    refused = api.put("/patients/country-profile", json=profile, etag='"0"')
    assert refused.status == 403
    made = api.put("/patients/country-profile", json=profile, etag='"0"', caller=admin)
    assert (made.status, made.etag) == (200, '"1"')
    stale = api.put("/patients/country-profile", json=profile, etag='"0"', caller=admin)
    assert (stale.status, slug(stale)) == (412, "stale-version")
    assert api.get(path, query=query).json["items"][0]["code"] == "ZZ00"
    assert api.get(f"{path}/ZZ00").status == 200
    assert opened == ["icd10-pe", "icd10-pe"]
    profile["icd10"] = False
    assert (
        api.put("/patients/country-profile", json=profile, etag='"1"', caller=admin).status == 200
    )
    assert api.get(f"{path}/ZZ00").status == 404


def test_growth_curves_are_served_to_who_reads_records_and_name_no_patient(
    ward: Ward, api: Api
) -> None:
    path = "/patients/growth-curves"
    asked = {"indicator": "weight-for-age", "sex": "male"}
    answer = api.get(path, query=asked)
    assert answer.status == 200
    chart = answer.json
    year = chart["x"].index(12)
    [median] = [one for one in chart["curves"] if one["percentile"] == 50]
    assert (chart["unit"], chart["x_unit"], median["deviations"]) == ("kg", "mo", 0)
    assert round(median["values"][year], 1) == 9.6
    assert ward.patient not in answer.body
    assert api.get(path, query=asked | {"sex": "other"}).status == 422
    assert api.get(path, query=asked | {"indicator": "arm"}).status == 422
    pharmacist = person("01900000-0000-7000-d000-00000000000a", Role.PHARMACIST)
    assert api.get(path, query=asked, caller=pharmacist).status == 403
