"""What was ordered in an encounter is found by it, and it is one of the same patient's."""

import json
from collections.abc import Callable

import httpx
import pytest

from schemas.orders import EntryQuery, OrderBody
from schemas.papers import NewCertificate, NewReferral
from schemas.prescriptions import NewPrescription, PrescriptionBody, Sign
from telesalud.orders import listing, repository
from telesalud.orders.neighbours.patients_http import HttpPeople
from telesalud.orders.papers import issuing
from telesalud.orders.prescriptions import prescribing
from telesalud.orders.requests import ordering
from telesalud.orders.stored import StoredEntry
from telesalud.platform.errors import Invalid, Unavailable
from telesalud.platform.sealed import ATTRIBUTE
from telesalud.platform.store import Key, Put, every
from telesalud.platform.vault import Scope
from tests.worlds.orders.papers import certificate, referral
from tests.worlds.orders.ward import OTHER_PATIENT, PATIENT, Ward, line, physician
from tests.worlds.world import TENANT, call

VISIT = "019ab000-0000-7000-8000-00000000e001"
LATER = "019ab000-0000-7000-8000-00000000e002"
FOREIGN = "019ab000-0000-7000-8000-00000000e003"


@pytest.fixture
def ward() -> Ward:
    ward = Ward()
    ward.people.encounters = {PATIENT: (VISIT, LATER), OTHER_PATIENT: (FOREIGN,)}
    return ward


def issue(ward: Ward, paper: NewReferral | NewCertificate, encounter: str) -> str:
    named = paper.model_copy(update={"encounter": encounter})
    return issuing.issue(ward.services, call(physician()), named).id


def listed(ward: Ward, encounter: str | None, limit: int = 50) -> list[str]:
    """Ids, by as many pages as it takes."""
    found, cursor = list[str](), None
    while True:
        query = EntryQuery(encounter=encounter, limit=limit, cursor=cursor)
        page = listing.page(ward.services, call(physician()), PATIENT, query)
        found += [entry.id for entry in page.items]
        cursor = page.cursor
        if cursor is None:
            return found


def test_everything_written_in_a_visit_is_listed_by_it(ward: Ward) -> None:
    mine = {
        ward.draft(encounter=VISIT).id,
        ward.order(encounter=VISIT).id,
        issue(ward, referral(), VISIT),
        issue(ward, certificate(), VISIT),
    }
    ward.draft(encounter=LATER)
    ward.draft()
    assert set(listed(ward, VISIT)) == mine
    assert len(listed(ward, None)) == 6


def test_what_was_signed_or_stopped_later_stays_in_its_visit(ward: Ward) -> None:
    drafted = ward.draft(encounter=VISIT)
    by = call(physician())
    signed = prescribing.sign(ward.services, by, drafted.id, Sign(), drafted.version)
    [entry] = listing.summary(ward.services, by, PATIENT).prescriptions
    assert (entry.id, entry.encounter) == (signed.id, VISIT)
    assert listed(ward, VISIT) == [signed.id]


@pytest.mark.parametrize("limit", [1, 2, 7, 50])
def test_a_visit_of_long_ago_is_found_behind_hundreds_of_others(ward: Ward, limit: int) -> None:
    first = ward.draft(encounter=VISIT).id
    for _ in range(60):
        ward.draft(encounter=LATER)
    last = ward.draft(encounter=VISIT).id
    assert listed(ward, VISIT, limit) == [last, first]
    assert len(listed(ward, LATER, limit)) == 60


def test_lines_of_an_earlier_release_know_their_visit_by_the_thing_itself(ward: Ward) -> None:
    mine = {ward.draft(encounter=VISIT).id, ward.sent(encounter=VISIT).id}
    mine.add(issue(ward, referral(), VISIT))
    ward.draft(encounter=LATER)
    forget(ward)
    assert set(listed(ward, VISIT)) == mine
    [order] = listing.summary(ward.services, call(physician()), PATIENT).orders
    assert order.encounter == VISIT


def forget(ward: Ward) -> None:
    """Lines as releases before this one wrote them."""
    scope = Scope(TENANT, PATIENT)
    for item in every(ward.world.store, repository.patient_partition(TENANT, PATIENT)):
        if not item.key.sk.startswith(("LIST#", "NOW#ORDER#")):
            continue
        place = f"{item.key.pk}\x00{item.key.sk}"
        told = json.loads(ward.vault.open(scope, place, item.blob(ATTRIBUTE)))
        del told["encounter"]
        StoredEntry.model_validate(told, strict=False)
        sealed = ward.vault.seal(scope, place, json.dumps(told).encode())
        ward.world.store.transact([Put(Key(*item.key), {ATTRIBUTE: sealed})])


def names_it(ward: Ward, encounter: str) -> list[Callable[[], object]]:
    """Everything that names an encounter."""
    by = call(physician())
    drafted, ordered, signed = ward.draft(), ward.order(), ward.signed()
    lines = PrescriptionBody(lines=(line("PAR500"),), encounter=encounter)
    tests = OrderBody(
        kind=ordered.kind, tests=ordered.tests, reason=ordered.reason, encounter=encounter
    )
    return [
        lambda: ward.draft(encounter=encounter),
        lambda: prescribing.edit(ward.services, by, drafted.id, lines, drafted.version),
        lambda: prescribing.renew(ward.services, by, signed.id, encounter),
        lambda: ward.order(encounter=encounter),
        lambda: ordering.edit(ward.services, by, ordered.id, tests, ordered.version),
        lambda: issue(ward, referral(), encounter),
        lambda: issue(ward, certificate(), encounter),
    ]


@pytest.mark.parametrize("encounter", [FOREIGN, "019ab000-0000-7000-8000-00000000e0ff"])
def test_an_encounter_of_somebody_else_or_of_nobody_is_refused(ward: Ward, encounter: str) -> None:
    acts = names_it(ward, encounter)
    before = len(listed(ward, None))
    for act in acts:
        with pytest.raises(Invalid) as refused:
            act()
        assert [f.pointer for f in refused.value.fields] == ["/encounter"]
    assert len(listed(ward, None)) == before


def test_while_the_record_does_not_answer_nothing_is_written_and_trying_again_works(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts = names_it(ward, VISIT)
    before = len(listed(ward, None))

    def down(patient: str, encounter: str) -> bool:
        raise Unavailable("the patients service did not answer")

    with monkeypatch.context() as broken:
        broken.setattr(ward.people, "has_encounter", down)
        for act in acts:
            with pytest.raises(Unavailable):
                act()
    assert len(listed(ward, None)) == before
    for act in acts:
        act()
    assert len(listed(ward, VISIT)) == len(acts)


def test_a_draft_keeps_its_encounter_without_asking_again(ward: Ward) -> None:
    drafted = ward.draft(encounter=VISIT)
    ward.people.encounters = {}
    body = PrescriptionBody(lines=(line("IBU400"),), encounter=VISIT)
    edited = prescribing.edit(ward.services, call(physician()), drafted.id, body, drafted.version)
    assert edited.encounter == VISIT


def test_a_renewal_belongs_to_the_visit_in_which_it_is_renewed(ward: Ward) -> None:
    signed = ward.signed(encounter=VISIT)
    by = call(physician())
    assert prescribing.renew(ward.services, by, signed.id).encounter is None
    assert prescribing.renew(ward.services, by, signed.id, LATER).encounter == LATER


def test_after_a_merge_both_registrations_visits_are_the_patients(ward: Ward) -> None:
    ward.people.merged = {PATIENT: OTHER_PATIENT}
    ward.people.encounters = {OTHER_PATIENT: (VISIT, FOREIGN)}
    command = NewPrescription(patient=PATIENT, lines=(line("PAR500"),), encounter=VISIT)
    made = prescribing.draft(ward.services, call(physician()), command)
    assert (made.patient, made.encounter) == (OTHER_PATIENT, VISIT)


@pytest.mark.parametrize(("status", "known"), [(200, True), (404, False)])
def test_the_record_is_asked_in_the_callers_name(status: int, known: bool) -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(status, json={"patient": PATIENT, "encounter": VISIT})

    client = httpx.Client(transport=httpx.MockTransport(handle))
    people = HttpPeople("https://clinic.example/api", "Bearer token", lambda: client)
    assert people.has_encounter(PATIENT, VISIT) is known
    assert seen[0].url.path == f"/api/patients/{PATIENT}/encounters/{VISIT}"
    assert seen[0].headers["authorization"] == "Bearer token"
