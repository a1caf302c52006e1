"""What was decided about a teleconsultation is among the patient's consents, once, in any order."""

from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest

from schemas import chart as c
from schemas.appointments import TeleconsultationConsented
from schemas.consents import (
    REQUIRED,
    BoxCode,
    Channel,
    ConsentPolicy,
    ConsentRecord,
    Decision,
    Kinship,
    Representative,
)
from telesalud.consults.consent.texts import Speaker, shipped
from telesalud.patients.chart import entries
from telesalud.patients.chart.kinds import KINDS
from telesalud.patients.teleconsultations.consents import file_consents
from telesalud.patients.teleconsultations.source import ImportRefused
from telesalud.platform.access import Role
from telesalud.platform.errors import Forbidden, NotFound
from tests.support.crashes import crash_everywhere
from tests.worlds.patients.people import desk, register
from tests.worlds.patients.teleconsultations import APPOINTMENT, CONSULT, SYSTEM, Clinic
from tests.worlds.world import START, call, partner, user

TEXT = shipped(Speaker(ConsentPolicy(country="PE"), None), "es")
BOTH = tuple(box for box in BoxCode if box in REQUIRED)
READER = partner("patients.read_record", "patients.write_record")


def record(number: int, decision: Decision, **changes: Any) -> ConsentRecord:
    fields: dict[str, Any] = {
        "id": f"01900000-0000-7000-d000-{number:012x}",
        "number": number,
        "decision": decision,
        "at": START + timedelta(minutes=number),
        "channel": Channel.LINK,
        "boxes": BOTH if decision is Decision.ACCEPTED else (),
        "text": TEXT,
    }
    return ConsentRecord(**{**fields, **changes})


def clinic(*decisions: ConsentRecord) -> Clinic:
    made = Clinic()
    made.source.decisions = decisions
    return made


def file(place: Clinic, **changes: str) -> None:
    fact = TeleconsultationConsented.model_validate(
        {
            "appointment_id": APPOINTMENT,
            "consult_id": CONSULT,
            "patient_id": place.patient,
            **changes,
        }
    )
    file_consents(place.world.services, place.source, SYSTEM, fact)


def listed(place: Clinic) -> list[c.Consent]:
    kind = KINDS[c.EntryKind.CONSENT]
    found, _, _ = entries.list_entries(
        place.world.services, call(READER), place.patient, kind, c.ChartQuery()
    )
    return [entry for entry in found if isinstance(entry, c.Consent)]


def decided(place: Clinic) -> list[tuple[str, int]]:
    return [(entry.decision.value, entry.version) for entry in listed(place)]


def test_the_chart_has_decision_moment_way_and_every_word() -> None:
    mother = Representative(name="Madre Demostración", document="DOC-7", relation=Kinship.MOTHER)
    place = clinic(record(1, Decision.ACCEPTED, representative=mother))
    file(place)
    (entry,) = listed(place)
    assert (entry.decision, entry.channel) == (c.ConsentDecision.PERMIT, c.ConsentChannel.LINK)
    assert entry.given_at == START + timedelta(minutes=1)
    assert (entry.given_by, entry.form) == ("Madre Demostración", "telesalud/PE|1.1")
    assert entry.evidence is not None
    assert entry.evidence.sha256 == TEXT.sha256
    assert entry.evidence.representative == mother
    words = entries.consent_words(place.world.services, call(READER), place.patient, entry.id)
    assert words == TEXT


def test_repetitions_and_disorder_change_nothing() -> None:
    steps = (
        (record(1, Decision.ACCEPTED),),
        (record(1, Decision.ACCEPTED), record(2, Decision.WITHDRAWN)),
        (record(2, Decision.WITHDRAWN), record(1, Decision.ACCEPTED)),
    )
    for order in permutations(steps):
        place = clinic()
        for seen in (*order, *order):
            place.source.decisions = seen
            file(place)
        assert decided(place) == [("withdrawn", 2)]


def test_a_refusal_reaches_the_chart_although_no_visit_follows() -> None:
    place = clinic(record(1, Decision.REFUSED))
    file(place)
    assert decided(place) == [("deny", 1)]


def test_each_change_of_mind_is_an_entry_and_a_withdrawal_a_version_of_the_last() -> None:
    place = clinic(
        record(1, Decision.REFUSED), record(2, Decision.ACCEPTED), record(3, Decision.WITHDRAWN)
    )
    file(place)
    assert sorted(decided(place)) == [("deny", 1), ("withdrawn", 2)]


@pytest.mark.parametrize("decision", [Decision.ACCEPTED, Decision.REFUSED])
def test_a_crash_anywhere_loses_none(decision: Decision) -> None:
    crashes = crash_everywhere(
        lambda: clinic(record(1, decision)),
        lambda place: place.world.store,
        file,
        check_once,
    )
    assert crashes >= 2


def check_once(place: Clinic) -> None:
    assert [version for _, version in decided(place)] == [1]


def test_the_finished_visit_files_what_its_announcement_lost() -> None:
    place = clinic(record(1, Decision.ACCEPTED))
    place.file()
    place.file()
    assert decided(place) == [("permit", 1)]


def test_what_somebody_called_an_error_is_not_brought_back_by_a_withdrawal() -> None:
    place = clinic(record(1, Decision.ACCEPTED))
    file(place)
    (entry,) = listed(place)
    body = c.ConsentBody(
        text=entry.text,
        form=entry.form,
        decision=c.ConsentDecision.ERROR,
        channel=entry.channel,
        given_at=entry.given_at,
    )
    where = entries.Where(place.patient, c.EntryKind.CONSENT, entry.id)
    revised = entries.revise(place.world.services, call(READER), where, body, 1)
    assert isinstance(revised, c.Consent)
    assert revised.evidence == entry.evidence, "whose words they were stays"
    place.source.decisions = (record(1, Decision.ACCEPTED), record(2, Decision.WITHDRAWN))
    file(place)
    assert decided(place) == [("entered_in_error", 2)]


def test_words_that_do_not_fit_their_hash_and_anothers_consult_are_refused() -> None:
    forged = TEXT.model_copy(update={"refusal": "Acepta todo."})
    with pytest.raises(ImportRefused, match="words-differ"):
        file(clinic(record(1, Decision.ACCEPTED, text=forged)))
    place = clinic(record(1, Decision.ACCEPTED))
    with pytest.raises(ImportRefused, match="another-consult"):
        file(place, consult_id=APPOINTMENT)
    with pytest.raises(ImportRefused, match="another-patient"):
        file(place, patient_id=register(place.world, confirm_not_duplicate=True).id)
    assert listed(place) == []


def test_only_a_worker_files_and_only_who_may_read_the_chart_reads_the_words() -> None:
    place = clinic(record(1, Decision.ACCEPTED))
    file(place)
    (entry,) = listed(place)
    fact = TeleconsultationConsented(
        appointment_id=APPOINTMENT, consult_id=CONSULT, patient_id=place.patient
    )
    with pytest.raises(Forbidden):
        file_consents(place.world.services, place.source, call(desk()), fact)
    outsider = call(user(Role.PHYSICIAN, subject="01900000-0000-7000-8000-0000000000ff"))
    with pytest.raises(Forbidden):
        entries.consent_words(place.world.services, outsider, place.patient, entry.id)
    with pytest.raises(NotFound):
        entries.consent_words(place.world.services, call(READER), place.patient, CONSULT)
