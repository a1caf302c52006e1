"""Searching over HTTP: what each kind of parameter finds, chains, pages and includes."""

import pytest

from tests.worlds.interop.hub import BASE, DOCUMENTS, Hub, hub, machine, observation, patient


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Hub:
    """A client that may do everything."""
    return hub(monkeypatch)


def encounter(subject: str, day: int, **more: object) -> dict[str, object]:
    return {
        "resourceType": "Encounter",
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
        "subject": {"reference": f"Patient/{subject}"},
        "period": {"start": f"2026-03-{day:02d}T08:00:00-05:00"},
        **more,
    }


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("date=2026-03-01", True),
        ("date=le2026-03-01", True),
        ("date=gt2026-03-01", False),
        ("date=sa2026-02-28", True),
        ("date=eb2026-03-01", False),
        ("date=2026", True),
        ("date=ge2026-03-01T10:30:00-05:00", True),
        ("date=2026-03-01T15:30:00Z", True),
        ("date=2026-03-01T10:30:00+05:00", False),
        ("date=2026-03-01T20:30:00%2B05:00", True),
        ("date=2026-03-01T20:30:00 05:00", True),
        ("date=ne2026-03-01", False),
        ("date=2026-03-02,2026-03-01", True),
        ("date=ge2026-03-01&date=le2026-02-28", False),
        ("code=8867-4", True),
        ("code=http://loinc.org|8867-4", True),
        ("code=http://loinc.org|", True),
        ("code=|8867-4", False),
        ("code=http://other.example|8867-4", False),
        ("code:not=8867-4", False),
        ("category:not=laboratory", True),
        ("category:missing=true", True),
        ("category:missing=false", False),
        ("status=FINAL", True),
        ("value-quantity=72", True),
        ("value-quantity=72||/min", True),
        ("value-quantity=72.0|http://unitsofmeasure.org|/min", True),
        ("value-quantity=gt72", False),
        ("value-quantity=ge72|http://unitsofmeasure.org|kg", False),
        ("value-quantity=ap70", True),
        ("subject:Patient.family=demostracion", True),
        ("patient.birthdate=1980", True),
        ("patient.birthdate=1981", False),
        ("subject:Patient.name=otro", False),
        (f"patient.identifier={DOCUMENTS}|40000001", True),
        ("encounter=none", False),
        ("nothing=known", True),
    ],
)
def test_each_kind_of_parameter_finds_what_the_standard_says(
    client: Hub, query: str, is_found: bool
) -> None:
    subject = client.patient()
    id_ = client.add(observation(subject))
    for path in (f"Observation?{query}", f"Observation?patient={subject}&{query}"):
        sent = path.replace("+", "%2B").replace(" ", "%20").replace("|", "%7C")
        assert client.ids(sent.replace("%252B", "%2B")) == ([id_] if is_found else []), path


@pytest.mark.parametrize(
    "query",
    [
        "name=nunez",
        "name=NÚÑEZ",
        "family=Núñez",
        "family=nun",
        "family=nu",
        "given=jose",
        "name=quispe",
        "family:exact=Núñez Quispe",
        "family:contains=uispe",
        "gender=female",
        "birthdate=1980",
        "birthdate=ge1980-05-01",
        "active:missing=true",
        "phone=%2B51%20999",
        "_has:Observation:patient:code=8867-4",
        "_id=none,{id}",
        f"identifier={DOCUMENTS}%7C40000001",
        "identifier=",
    ],
)
def test_people_are_found_without_case_and_accents(client: Hub, query: str) -> None:
    id_ = client.patient(
        name=[{"family": "Núñez Quispe", "given": ["José"]}],
        telecom=[{"system": "phone", "value": "+51 999"}],
    )
    client.add(observation(id_))
    assert client.ids("Patient?" + query.format(id=id_)) == [id_]


@pytest.mark.parametrize("query", ["family:exact=nunez", "name=unez", "gender=male", "_id=none"])
def test_people_are_not_found_by_what_is_not_theirs(client: Hub, query: str) -> None:
    client.patient(name=[{"family": "Núñez"}])
    assert client.ids("Patient?" + query) == []


def test_a_system_is_part_of_an_identifier(client: Hub) -> None:
    with_system = client.add(patient(identifier=[{"system": "urn:demo:a", "value": "77"}]))
    without = client.add(patient(identifier=[{"value": "77"}]))
    assert client.ids("Patient?identifier=urn:demo:a%7C77") == [with_system]
    assert client.ids("Patient?identifier=%7C77") == [without]
    assert set(client.ids("Patient?identifier=77")) == {with_system, without}
    assert client.ids("Patient?identifier=urn:demo:b%7C77") == []


def test_every_way_to_name_a_patient_finds_the_same(client: Hub) -> None:
    subject = client.patient()
    id_ = client.add(observation(subject))
    client.add(observation(client.patient("2")))
    for query in (
        f"patient={subject}",
        f"subject={subject}",
        f"subject=Patient/{subject}",
        f"subject:Patient={subject}",
        f"subject={BASE}/Patient/{subject}",
    ):
        assert client.ids(f"Observation?{query}") == [id_], query
    assert client.ids(f"Patient/{subject}/Observation") == [id_]
    form = client.send(
        "POST",
        "Observation/_search",
        f"subject=Patient%2F{subject}",
        content_type="application/x-www-form-urlencoded",
    )
    assert [e["resource"]["id"] for e in form.json["entry"]] == [id_]


def test_pages_with_includes_lose_and_double_nothing(client: Hub) -> None:
    subject = client.patient()
    made = [client.add(encounter(subject, day)) for day in range(1, 26)]
    bundles = list(client.pages("Encounter?_count=10&_include=Encounter:patient&_sort=-date"))
    assert len(bundles) == 3
    matches = [
        e["resource"]["id"] for b in bundles for e in b["entry"] if e["search"]["mode"] == "match"
    ]
    assert matches == made[::-1]
    for bundle in bundles:
        included = [e for e in bundle["entry"] if e["search"]["mode"] == "include"]
        assert [e["resource"]["id"] for e in included] == [subject]
        assert bundle["total"] == 25


def test_what_changes_between_two_pages_makes_no_entry_vanish_or_double(client: Hub) -> None:
    subject = client.patient()
    made = [client.add(encounter(subject, day)) for day in range(1, 10)]
    seen: list[str] = []
    for bundle in client.pages(f"Encounter?patient={subject}&_count=4&_sort=date"):
        seen += [e["resource"]["id"] for e in bundle["entry"]]
        if len(seen) == 4:
            client.delete(f"Encounter/{made[1]}")
            client.add(encounter(subject, 1))
    assert seen == made


def test_a_page_belongs_to_its_search_and_its_institution(client: Hub) -> None:
    for number in range(3):
        client.patient(str(number))
    link = next(client.pages("Patient?_count=1&gender=female"))["link"][1]["url"]
    path = link.removeprefix(BASE + "/")
    assert "female" not in link
    other = machine("interop.read", tenant="hospital-other")
    assert client.send("GET", path, caller=other).status in (400, 410)
    assert client.get(path.replace("Patient?", "Encounter?")).status == 400
    assert client.get("Patient?_page=AAAA").status == 400


def test_reverse_includes_come_with_what_they_refer_to(client: Hub) -> None:
    subject = client.patient()
    visit = client.add(encounter(subject, 1))
    pulse = client.add(observation(subject, encounter={"reference": f"Encounter/{visit}"}))
    found = client.get(f"Encounter?_id={visit}&_revinclude=Observation:encounter").json["entry"]
    assert [(e["resource"]["id"], e["search"]["mode"]) for e in found] == [
        (visit, "match"),
        (pulse, "include"),
    ]
    assert client.ids(f"Observation?encounter={visit}") == [pulse]
    assert client.ids(f"Observation?encounter=Encounter/{visit}") == [pulse]
    assert client.ids("Observation?encounter.status=finished") == [pulse]
    assert client.ids(f"Observation?encounter:Encounter.patient={subject}") == [pulse]


def test_a_search_says_what_it_went_by(client: Hub) -> None:
    bundle = client.get("Patient?gender=female&favourite=blue&_count=5").json
    assert bundle["link"] == [{"relation": "self", "url": f"{BASE}/Patient?gender=female&_count=5"}]
    assert (bundle["type"], bundle["total"]) == ("searchset", 0)
    strict = client.get("Patient?favourite=blue", prefer="handling=strict")
    assert (strict.status, strict.json["resourceType"]) == (400, "OperationOutcome")


@pytest.mark.parametrize(
    "query",
    [
        "birthdate=yesterday",
        "birthdate=ge",
        "gender:upper=x",
        "name:missing=perhaps",
        "_count=-1",
        "_count=many",
        "_summary=some",
        "_total=all",
        "_sort=hair",
        "_include=Nothing:at",
        "_include=Patient:name",
        "_has:Observation=x",
        "_has:Observation:code:status=final",
        "organization.hair=red",
        "link.name=x",
    ],
)
def test_what_is_not_understood_is_refused_not_ignored(client: Hub, query: str) -> None:
    assert client.get("Patient?" + query).status == 400


def test_a_search_tells_as_much_as_is_asked(client: Hub) -> None:
    id_ = client.patient()
    for query in ("_count=0", "_summary=count"):
        bundle = client.get("Patient?" + query).json
        assert (bundle["total"], "entry" in bundle) == (1, False)
    part = client.get("Patient?_elements=birthDate").json["entry"][0]["resource"]
    assert set(part) == {"resourceType", "id", "meta", "birthDate"}
    assert part["meta"]["tag"][0]["code"] == "SUBSETTED"
    assert client.get("Patient?_summary=text").json["entry"][0]["resource"]["id"] == id_
    assert "total" not in client.get("Patient?_total=none").json


def test_what_has_no_value_to_sort_by_comes_last(client: Hub) -> None:
    subject = client.patient()
    late, none, early = (
        client.add({**observation(subject), "effectiveDateTime": "2026-03-05"}),
        client.add({k: v for k, v in observation(subject).items() if k != "effectiveDateTime"}),
        client.add({**observation(subject), "effectiveDateTime": "2026-03-02"}),
    )
    assert client.ids("Observation?_sort=date") == [early, late, none]
    assert client.ids("Observation?_sort=-date") == [late, early, none]


def test_included_types_need_their_own_scope(client: Hub) -> None:
    subject = client.patient()
    client.add(observation(subject))
    caller = machine("interop.read", "system/Observation.rs")
    path = "Observation?_include=Observation:patient"
    entries = client.send("GET", path, caller=caller).json["entry"]
    assert [e["search"]["mode"] for e in entries] == ["match"]
    chained = client.send("GET", "Observation?patient.gender=female", caller=caller)
    assert chained.status == 403
