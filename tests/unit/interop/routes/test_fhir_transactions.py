"""Batches and transactions over HTTP: links, conditions, size, and nothing left by a failure."""

from collections.abc import Sequence
from typing import Any

import pytest

from tests.worlds.interop.hub import BASE, DOCUMENTS, Hub, hub, machine, observation, patient


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A client that may do everything."""
    return hub(monkeypatch)


MOTHER = "urn:uuid:0f5d0f7e-4c1c-4b62-9c1c-000000000001"
VISIT = "urn:uuid:0f5d0f7e-4c1c-4b62-9c1c-000000000002"


def entry(method: str, url: str, resource: Any = None, **more: Any) -> dict[str, Any]:
    full_url = more.pop("full_url", None)
    made: dict[str, Any] = {"request": {"method": method, "url": url, **more}}
    if resource is not None:
        made["resource"] = resource
    if full_url:
        made["fullUrl"] = full_url
    return made


def bundle(entries: Sequence[Any], kind: str = "transaction") -> dict[str, Any]:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries)}


def visit_of(reference: str) -> dict[str, Any]:
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"code": "AMB"},
        "subject": {"reference": reference},
    }


def count(client: Hub, type_: str) -> int:
    return int(client.get(f"{type_}?_summary=count").json["total"])


def test_entries_refer_to_each_other_in_any_order_and_everywhere(client: Hub) -> None:
    seen = {**observation("x"), "subject": {"reference": MOTHER}, "encounter": {"reference": VISIT}}
    seen["text"] = {
        "status": "generated",
        "div": f'<div xmlns="http://www.w3.org/1999/xhtml"><a href="{MOTHER}">x</a></div>',
    }
    seen["extension"] = [{"url": "http://demo.example/of", "valueUri": VISIT}]
    seen["identifier"] = [{"system": "urn:ietf:rfc:3986", "value": VISIT}]
    answer = client.post(
        "",
        bundle(
            [
                entry("POST", "Observation", seen),
                entry("POST", "Encounter", visit_of(MOTHER), full_url=VISIT),
                entry("POST", "Patient", patient(), full_url=MOTHER),
            ]
        ),
    )
    assert answer.status == 200, answer.body
    assert answer.json["type"] == "transaction-response"
    told = [e["response"] for e in answer.json["entry"]]
    assert [t["status"] for t in told] == ["201 Created"] * 3
    assert all(set(t) == {"status", "location", "etag", "lastModified"} for t in told)
    names = [t["location"].removeprefix(BASE + "/").partition("/_history")[0] for t in told]
    assert [n.partition("/")[0] for n in names] == ["Observation", "Encounter", "Patient"]
    kept = client.get(names[0]).json
    assert kept["subject"]["reference"] == names[2]
    assert kept["encounter"]["reference"] == names[1]
    assert f'href="{names[2]}"' in kept["text"]["div"]
    assert kept["extension"][0]["valueUri"] == names[1]
    assert kept["identifier"][0]["value"] == VISIT


@pytest.mark.parametrize("size", [20, 320])
def test_a_transaction_of_any_size_is_written_as_one(client: Hub, size: int) -> None:
    entries = [entry("POST", "Patient", patient(), full_url=MOTHER)]
    pulse = {**observation("x"), "subject": {"reference": MOTHER}}
    entries += [entry("POST", "Observation", pulse) for _ in range(size - 1)]
    answer = client.post("", bundle(entries))
    assert answer.status == 200, answer.body
    assert {e["response"]["status"] for e in answer.json["entry"]} == {"201 Created"}
    subject = answer.json["entry"][0]["resource"]["id"]
    assert client.get(f"Observation?patient={subject}").json["total"] == size - 1
    written = [a for a, s, _ in client.world.audited() if s == subject and a == "interop.write"]
    assert len(written) == size
    again = client.put(f"Patient/{subject}", patient(id=subject))
    assert (again.status, again.etag) == (200, 'W/"2"')


@pytest.mark.parametrize("size", [2, 150])
@pytest.mark.parametrize(
    ("last", "status"),
    [
        (entry("POST", "Patient", {"resourceType": "Patient", "nickname": "x"}), 422),
        (entry("DELETE", "Observation/none"), 404),
        (entry("PUT", "Patient/own", patient(id="own"), ifMatch='W/"3"'), 412),
        (entry("POST", "Observation", observation("nobody")), 422),
        (
            entry("POST", "Observation", {**observation("x"), "subject": {"reference": VISIT}}),
            400,
        ),
        (
            entry(
                "POST",
                "Observation",
                {**observation("x"), "subject": {"reference": f"Patient?identifier={DOCUMENTS}|9"}},
            ),
            412,
        ),
        (entry("PATCH", "Patient/1"), 400),
        (entry("POST", "Nothing", {"resourceType": "Nothing"}), 404),
        ({"resource": patient()}, 400),
        (None, 400),
    ],
)
def test_a_transaction_with_one_wrong_entry_leaves_nothing(
    client: Hub, size: int, last: Any, status: int
) -> None:
    entries = [entry("POST", "Patient", patient(str(n))) for n in range(size)]
    answer = client.post("", bundle([*entries, last]))
    assert answer.status == status, answer.body
    assert answer.json["resourceType"] == "OperationOutcome"
    assert count(client, "Patient") == 0
    assert [a for a, _, _ in client.world.audited() if a != "interop.search"] == []


def test_a_condition_inside_a_transaction_names_who_is_there(client: Hub) -> None:
    known = client.patient()
    condition = f"identifier={DOCUMENTS}|40000001"
    entries = [
        entry("POST", "Patient", patient(), full_url=MOTHER, ifNoneExist=condition),
        entry("POST", "Encounter", visit_of(MOTHER)),
        entry("POST", "Encounter", visit_of(f"Patient?{condition}")),
        entry("PUT", f"Patient?identifier={DOCUMENTS}|2", patient("2")),
    ]
    told = client.post("", bundle(entries)).json["entry"]
    assert [e["response"]["status"][:3] for e in told] == ["200", "201", "201", "201"]
    assert client.get(f"Encounter?patient={known}").json["total"] == 2
    again = client.post("", bundle(entries[:1] + entries[3:])).json["entry"]
    assert [e["response"]["status"][:3] for e in again] == ["200", "200"]


def test_the_same_condition_twice_makes_one_resource(client: Hub) -> None:
    condition = f"identifier={DOCUMENTS}|40000001"
    twice = [entry("POST", "Patient", patient(), ifNoneExist=condition) for _ in range(2)]
    told = client.post("", bundle(twice)).json["entry"]
    assert [e["response"]["status"][:3] for e in told] == ["201", "200"]
    assert told[0]["resource"] == told[1]["resource"]
    assert count(client, "Patient") == 1


def test_two_entries_may_not_write_one_resource(client: Hub) -> None:
    twice = [entry("PUT", "Patient/own", patient(id="own")) for _ in range(2)]
    assert client.post("", bundle(twice)).status == 400


def test_a_transaction_ends_writes_and_reads_in_the_standards_order(client: Hub) -> None:
    old = client.patient("1")
    answer = client.post(
        "",
        bundle(
            [
                entry("GET", f"Patient?identifier={DOCUMENTS}|2"),
                entry("POST", "Patient", patient("2")),
                entry("DELETE", f"Patient/{old}"),
                entry("GET", "Patient/own"),
                entry("PUT", "Patient/own", patient("3", id="own")),
            ]
        ),
    )
    told = answer.json["entry"]
    assert [e["response"]["status"][:3] for e in told] == ["200", "201", "204", "200", "201"]
    assert told[0]["resource"]["total"] == 1
    assert told[3]["resource"]["id"] == "own"
    assert client.get(f"Patient/{old}").status == 410


def test_the_entries_of_a_batch_stand_alone(client: Hub) -> None:
    answer = client.post(
        "",
        bundle(
            [
                entry("POST", "Patient", patient()),
                entry("GET", "Patient/none"),
                entry("POST", "Patient", {"resourceType": "Patient", "nickname": "x"}),
                entry("DELETE", "Patient/none"),
                None,
                entry("PUT", "Patient/own", patient(id="own")),
            ],
            "batch",
        ),
    )
    assert (answer.status, answer.json["type"]) == (200, "batch-response")
    told = [e["response"] for e in answer.json["entry"]]
    assert [t["status"][:3] for t in told] == ["201", "404", "422", "404", "400", "201"]
    assert told[1]["outcome"]["resourceType"] == "OperationOutcome"


def test_every_entry_needs_its_own_scope(client: Hub) -> None:
    caller = machine("interop.read", "interop.write", "system/Patient.c")
    entries = [entry("POST", "Patient", patient()), entry("POST", "Encounter", visit_of("x"))]
    assert client.send("POST", "", bundle(entries), caller=caller).status == 403
    assert count(client, "Patient") == 0
    batch = client.send("POST", "", bundle(entries, "batch"), caller=caller).json["entry"]
    assert [e["response"]["status"][:3] for e in batch] == ["201", "403"]


@pytest.mark.parametrize(
    "body",
    [
        patient(),
        {"resourceType": "Bundle", "type": "searchset"},
        {"resourceType": "Bundle", "type": "transaction", "entry": {}},
        bundle([entry("POST", "Patient", patient())] * 1001),
    ],
)
def test_the_base_takes_batches_and_transactions_only(client: Hub, body: Any) -> None:
    assert client.post("", body).status in (400, 413)
