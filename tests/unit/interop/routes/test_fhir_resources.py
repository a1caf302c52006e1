"""One resource over HTTP: what comes back, versions, conditions, and what is refused."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.worlds.interop.hub import BASE, DOCUMENTS, Hub, hub, machine, observation, patient


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A client that may do everything."""
    return hub(monkeypatch)


def test_a_created_resource_comes_back_with_its_version_and_address(client: Hub) -> None:
    answer = client.post("Patient", patient())
    made = answer.json
    assert answer.status == 201
    assert answer.headers["location"] == f"{BASE}/Patient/{made['id']}/_history/1"
    assert answer.etag == 'W/"1"'
    assert answer.headers["content-type"] == "application/fhir+json"
    assert "GMT" in answer.headers["last-modified"]
    read = client.get(f"Patient/{made['id']}")
    assert (read.status, read.json) == (200, made)
    assert client.get(f"Patient/{made['id']}", if_none_match='W/"1"').status == 304
    assert client.get(f"Patient/{made['id']}", if_none_match="1").status == 304


@pytest.mark.parametrize("number", ["1.50", "0.000", "1.0e-3", "123456789012345.6789", "7"])
def test_digits_and_parts_of_primitives_come_back_as_they_were(client: Hub, number: str) -> None:
    subject = client.patient()
    text = json.dumps(
        observation(
            subject,
            _effectiveDateTime={"extension": [{"url": "http://demo.example/x", "valueCode": "a"}]},
            contained=[{"resourceType": "Specimen", "id": "tube"}],
            specimen={"reference": "#tube"},
        )
    ).replace('"value": 72', f'"value": {number}')
    answer = client.post("Observation", text)
    assert answer.status == 201, answer.body
    id_ = answer.json["id"]
    for path in (f"Observation/{id_}", f"Observation?patient={subject}"):
        body = client.get(path).body
        assert f'"value":{number},' in body
        assert '"_effectiveDateTime":{"extension"' in body
        assert '"reference":"#tube"' in body


def test_every_write_makes_a_version_and_all_of_them_stay(client: Hub) -> None:
    id_ = client.patient()
    second = client.put(f"Patient/{id_}", patient(id=id_, gender="other"))
    assert (second.status, second.etag) == (200, 'W/"2"')
    assert client.get(f"Patient/{id_}/_history/1").json["gender"] == "female"
    assert client.delete(f"Patient/{id_}").status == 204
    assert client.get(f"Patient/{id_}").status == 410
    assert client.delete(f"Patient/{id_}").status == 204
    again = client.put(f"Patient/{id_}", patient(id=id_))
    assert (again.status, again.etag) == (201, 'W/"4"')
    entries = client.get(f"Patient/{id_}/_history").json["entry"]
    assert [e["response"]["etag"] for e in entries] == ['W/"4"', 'W/"3"', 'W/"2"', 'W/"1"']
    assert ["resource" in e for e in entries] == [True, False, True, True]


def test_a_stale_version_is_refused(client: Hub) -> None:
    id_ = client.patient()
    body = patient(id=id_)
    assert client.put(f"Patient/{id_}", body, if_match='W/"1"').status == 200
    refused = client.put(f"Patient/{id_}", body, if_match='W/"1"')
    assert refused.status == 412
    assert refused.json["resourceType"] == "OperationOutcome"
    assert client.delete(f"Patient/{id_}", if_match='W/"1"').status == 412


def test_the_body_of_an_answer_is_what_the_client_prefers(client: Hub) -> None:
    assert client.post("Patient", patient("1"), prefer="return=minimal").body == ""
    told = client.post("Patient", patient("2"), prefer="return=OperationOutcome")
    assert told.json["resourceType"] == "OperationOutcome"


def test_eight_conditional_creates_at_once_make_one_resource(client: Hub) -> None:
    condition = f"identifier={DOCUMENTS}|40000001"

    def create(_: int) -> int:
        return client.post("Patient", patient(), if_none_exist=condition).status

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(create, range(8)))
    assert statuses == [200] * 7 + [201]
    assert client.get(f"Patient?{condition}").json["total"] == 1


def test_ten_writers_at_once_make_ten_versions(client: Hub) -> None:
    id_ = client.patient()

    def write(number: int) -> int:
        return client.put(f"Patient/{id_}", patient(str(number), id=id_)).status

    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(write, range(10)))
    assert set(statuses) <= {200, 503}
    entries = client.get(f"Patient/{id_}/_history").json["entry"]
    numbers = [int(e["resource"]["meta"]["versionId"]) for e in entries]
    assert numbers == list(range(len(numbers), 0, -1))
    assert len(numbers) == 1 + statuses.count(200)
    assert client.get(f"Patient/{id_}").json == entries[0]["resource"]


def test_a_condition_names_one_resource_or_the_write_is_refused(client: Hub) -> None:
    one = f"identifier={DOCUMENTS}|1"
    created = client.put(f"Patient?{one}", patient("1"))
    assert created.status == 201
    updated = client.put(f"Patient?{one}", patient("1", gender="male"))
    assert (updated.status, updated.json["id"]) == (200, created.json["id"])
    assert client.put(f"Patient?{one}", patient("1", id="another")).status == 400
    client.patient("1")
    assert client.put(f"Patient?{one}", patient("1")).status == 412
    assert client.post("Patient", patient("1"), if_none_exist=one).status == 412
    assert client.delete(f"Patient?{one}").status == 412
    for wrong in ("identifier=", "nothing=1", "", "_count=1"):
        assert client.put(f"Patient?{wrong}", patient("1")).status == 400, wrong
        if wrong:
            assert client.post("Patient", patient("9"), if_none_exist=wrong).status == 400, wrong


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("", 400),
        ("{", 400),
        ("[]", 400),
        ('{"resourceType":"Patient","gender":"male","gender":"female"}', 400),
        ('{"resourceType":"Patient","x":' + '{"a":' * 3000 + "1" + "}" * 3001, 400),
        ('{"resourceType":"Patient","extension":' + "[" * 60 + "]" * 60 + "}", 400),
        ('{"resourceType":"Patient","name":[{"family":"\\ud800"}]}', 400),
        ('{"resourceType":"Patient","multipleBirthInteger":' + "9" * 5000 + "}", 400),
        ('{"resourceType":"Patient","multipleBirthInteger":NaN}', 400),
        ('{"resourceType":"Patient","nickname":"x"}', 422),
        ('{"resourceType":"Patient","name":{"family":"x"}}', 422),
        ('{"resourceType":"Patient","birthDate":"1980-13-01"}', 422),
        ('{"resourceType":"Patient","gender":"F"}', 422),
        ('{"resourceType":"Patient","implicitRules":"http://demo.example/rules"}', 422),
        ('{"resourceType":"Observation","status":"final","code":{}}', 400),
        ('{"resourceType":"Patient","text":{"status":"generated","div":7}}', 422),
    ],
)
def test_what_is_no_resource_is_refused_with_an_outcome(
    client: Hub, body: str, status: int
) -> None:
    answer = client.post("Patient", body)
    assert answer.status == status, answer.body
    assert answer.json["resourceType"] == "OperationOutcome"
    assert answer.json["issue"][0]["severity"] == "error"


def test_a_body_of_more_than_five_megabytes_is_refused(client: Hub) -> None:
    large = json.dumps(patient(photo=[{"data": "A" * (5 * 1024 * 1024)}]))
    answer = client.post("Patient", large)
    assert answer.status == 413
    assert answer.json["issue"][0]["code"] == "too-long"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "Patient/nobody", {}, 404),
        ("DELETE", "Patient/nobody", {}, 404),
        ("GET", "Patient/nobody/_history", {}, 404),
        ("GET", "Patient/nobody/_history/1", {}, 404),
        ("GET", "Nothing/1", {}, 404),
        ("GET", "Patient/a%20b", {}, 404),
        ("GET", "Patient", {"accept": "application/fhir+xml"}, 406),
        ("GET", "Patient?_format=xml", {}, 406),
        ("GET", "Patient", {"accept": "application/fhir+json; fhirVersion=5.0"}, 406),
        ("POST", "Patient", {"content_type": "application/fhir+xml"}, 415),
        ("PATCH", "Patient", {}, 405),
    ],
)
def test_what_means_nothing_here_is_told_as_an_outcome(
    client: Hub, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    body = "<Patient/>" if method == "POST" else None
    answer = client.send(method, path, body, None, **headers)
    assert answer.status == status
    assert answer.json["resourceType"] == "OperationOutcome"


def test_the_format_parameter_goes_before_the_header(client: Hub) -> None:
    for wanted in ("json", "application/fhir+json", "application/json"):
        assert client.get(f"Patient?_format={wanted}", accept="text/html").status == 200


def test_what_the_client_says_of_version_and_time_is_not_believed(client: Hub) -> None:
    given = patient(
        meta={"versionId": "9", "lastUpdated": "1999-01-01T00:00:00Z", "tag": [{"code": "a"}]}
    )
    meta = client.post("Patient", given).json["meta"]
    assert (meta["versionId"], meta["tag"]) == ("1", [{"code": "a"}])
    assert meta["lastUpdated"].startswith("2026")


def test_a_client_chooses_an_id_by_updating_it_and_no_other(client: Hub) -> None:
    assert client.put("Patient/own-1", patient(id="own-1")).status == 201
    assert client.put("Patient/own-1", patient(id="own-2")).status == 400
    assert client.put("Patient/own-1", patient()).status == 400


def test_nothing_belongs_to_a_patient_who_is_not_here(client: Hub) -> None:
    answer = client.post("Observation", observation("nobody"))
    assert answer.status == 422
    theirs = machine("interop.read", "interop.write", tenant="hospital-other")
    made = client.send("POST", "Patient", patient(), caller=theirs).json["id"]
    assert client.post("Observation", observation(made)).status == 422
    assert client.get(f"Patient/{made}").status == 404
    assert client.get(f"Patient?identifier={DOCUMENTS}|40000001").json["total"] == 0


def test_a_patient_to_whom_something_belongs_is_not_deleted(client: Hub) -> None:
    id_ = client.patient()
    pulse = client.add(observation(id_))
    assert client.delete(f"Patient/{id_}").status == 409
    assert client.delete(f"Observation/{pulse}").status == 204
    assert client.delete(f"Patient/{id_}").status == 204


def test_a_part_of_a_resource_is_not_taken_for_the_whole(client: Hub) -> None:
    id_ = client.patient()
    part = client.get(f"Patient/{id_}?_elements=gender").json
    assert set(part) == {"resourceType", "id", "meta", "gender"}
    assert client.put(f"Patient/{id_}", part).status == 422


@pytest.mark.parametrize(
    ("scopes", "method", "path", "status"),
    [
        (("interop.read",), "GET", "Patient/x", 404),
        (("interop.read",), "POST", "Patient", 403),
        ((), "GET", "Patient/x", 403),
        (("interop.read", "system/Observation.rs"), "GET", "Patient/x", 403),
        (("interop.read", "system/Patient.s"), "GET", "Patient/x", 403),
        (("interop.read", "system/*.rs"), "GET", "Patient/x", 404),
        (("interop.read", "system/Patient.read"), "GET", "Patient/x", 404),
        (("interop.read", "interop.write", "system/Patient.read"), "POST", "Patient", 403),
        (("interop.read", "interop.write", "system/Patient.c"), "POST", "Patient", 201),
        (("system/Patient.cruds",), "POST", "Patient", 403),
    ],
)
def test_a_machine_does_what_its_scopes_name_and_nothing_else(
    client: Hub, scopes: tuple[str, ...], method: str, path: str, status: int
) -> None:
    body = patient() if method == "POST" else None
    answer = client.send(method, path, body, caller=machine(*scopes))
    assert (answer.status, answer.json["resourceType"]) == (
        status,
        "Patient" if status == 201 else "OperationOutcome",
    )


def test_reading_and_writing_are_on_the_patients_trail(client: Hub) -> None:
    id_ = client.patient()
    pulse = client.add(observation(id_))
    client.get(f"Observation/{pulse}")
    client.get(f"Observation?patient={id_}")
    assert [(a, s) for a, s, _ in client.world.audited()] == [
        ("interop.create", id_),
        ("interop.create", id_),
        ("interop.read", id_),
        ("interop.search", id_),
    ]


def test_nothing_of_a_resource_is_stored_in_clear(client: Hub) -> None:
    id_ = client.patient()
    client.add(observation(id_))
    stored = repr(client.world.store.changes)
    for word in ("Demostraci", "40000001", "8867-4", "1980-05", "demostraci"):
        assert word not in stored
