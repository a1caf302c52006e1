"""The life of an encounter: what may follow what, and that nothing signed ever changes."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.care import RelationBody, RelationKind
from schemas.encounters import (
    AddendumBody,
    AmendmentBody,
    EncounterBody,
    NewNote,
    NoteContent,
    NoteSave,
)
from schemas.patients import EncounterQuery, EncounterStatus
from telesalud.patients.access import granting
from telesalud.patients.encounters import notes, reading, signing, writing
from telesalud.patients.encounters.notes import Target
from telesalud.patients.people import registration
from telesalud.platform.access import Role
from telesalud.platform.errors import (
    Conflict,
    Forbidden,
    Invalid,
    InvalidTransition,
    NotFound,
    SessionExpired,
    StaleVersion,
)
from telesalud.platform.work import AnsweredBefore
from tests.support.crashes import crash_everywhere
from tests.worlds.patients.people import body_of
from tests.worlds.patients.ward import (
    COLLEAGUE,
    DOCTOR,
    SIGNED,
    SOAP,
    Ward,
    doctor,
    new_encounter,
    person,
)
from tests.worlds.world import START


@pytest.fixture
def ward() -> Ward:
    return Ward()


def colleague(ward: Ward) -> None:
    """Refer the patient to a colleague."""
    body = RelationBody(user=COLLEAGUE, kind=RelationKind.REFERRED)
    granting.grant(ward.services, ward.by(), ward.patient, body)


def save(
    ward: Ward, encounter: str, note: str, version: int, text: str, *, autosave: bool = False
) -> int:
    target, content = Target(encounter, note, version), NoteSave(text=text, autosave=autosave)
    return notes.write(ward.services, ward.by(), target, content).version


def amendment(note: str, version: int = 1, text: str = "Neumonía") -> AmendmentBody:
    return AmendmentBody(
        note=note,
        note_version=version,
        content=NoteContent(text=text),
        reason="Radiografía informada después",
    )


def test_an_encounter_from_beginning_to_amendment(ward: Ward) -> None:
    begun = ward.begin()
    note = ward.note(begun.id)
    signed = signing.sign(ward.services, ward.by(), begun.id, SIGNED, begun.version + 1)
    assert (signed.status, signed.signatures[0].by) == (EncounterStatus.SIGNED, DOCTOR)
    assert signed.ended_at == START
    closed = signing.finalise(ward.services, ward.by(), begun.id, signed.version)
    amended = signing.amend(
        ward.services, ward.by(), begun.id, amendment(note.note), closed.version
    )
    assert amended.status is EncounterStatus.AMENDED
    assert amended.amendments[0].reason == "Radiografía informada después"
    read = reading.read_encounter(ward.services, ward.by(), begun.id)
    assert [(v.version, v.text, v.soap) for v in read.notes[0].versions] == [
        (1, "", SOAP),
        (2, "Neumonía", None),
    ]
    assert read.signatures == signed.signatures
    [listed] = reading.list_encounters(
        ward.services, ward.by(), ward.patient, EncounterQuery()
    ).items
    assert (listed.status, listed.version) == (EncounterStatus.AMENDED, amended.version)
    assert [e.type for e in ward.world.events() if "encounter" in e.type] == [
        f"patients.encounter_{verb}"
        for verb in ("opened", "changed", "signed", "finalised", "amended")
    ]


def test_refused_transitions_name_both_states(ward: Ward) -> None:
    begun = ward.begin()
    with pytest.raises(InvalidTransition) as refused:
        signing.finalise(ward.services, ward.by(), begun.id, begun.version)
    assert refused.value.extra == {"current": "open", "requested": "finalised"}
    closed = ward.finalised()
    for act in (
        lambda: signing.sign(ward.services, ward.by(), closed.id, SIGNED, closed.version),
        lambda: writing.correct(ward.services, ward.by(), closed.id, ward_body(), closed.version),
        lambda: notes.add(ward.services, ward.by(), closed.id, NewNote(text="más")),
    ):
        with pytest.raises(InvalidTransition, match="finalised"):
            act()


def ward_body() -> EncounterBody:
    command = new_encounter()
    fields = EncounterBody.model_fields
    return EncounterBody(**{name: getattr(command, name) for name in fields})


def test_a_signed_note_takes_no_save_but_an_addendum(ward: Ward) -> None:
    begun = ward.begin()
    note = ward.note(begun.id)
    signed = signing.sign(ward.services, ward.by(), begun.id, SIGNED, 2)
    with pytest.raises(InvalidTransition):
        save(ward, begun.id, note.note, 1, "otra cosa")
    body = AddendumBody(text="Llamó la hija")
    added = signing.add_addendum(ward.services, ward.by(), begun.id, body, signed.version)
    assert added.status is EncounterStatus.SIGNED
    read = reading.read_encounter(ward.services, ward.by(), begun.id)
    assert sorted(n.loinc for n in read.notes) == ["11506-3", "55107-7"]
    addendum = next(n.id for n in read.notes if n.loinc == "55107-7")
    closed = signing.finalise(ward.services, ward.by(), begun.id, added.version)
    with pytest.raises(Conflict, match="addendum"):
        signing.amend(ward.services, ward.by(), begun.id, amendment(addendum), closed.version)


def test_of_two_editors_the_second_is_told(ward: Ward) -> None:
    begun = ward.begin()
    note = ward.note(begun.id)
    assert save(ward, begun.id, note.note, 1, "primera") == 2
    with pytest.raises(StaleVersion):
        save(ward, begun.id, note.note, 1, "segunda")
    [read] = reading.read_encounter(ward.services, ward.by(), begun.id).notes
    assert [v.text for v in read.versions] == ["", "primera"]


def test_racing_editors_leave_one_winner_each_time(ward: Ward) -> None:
    begun = ward.begin()
    note = ward.note(begun.id)
    outcomes: list[str] = []

    def edit(text: str) -> None:
        try:
            save(ward, begun.id, note.note, 1, text)
            outcomes.append(text)
        except StaleVersion:
            outcomes.append("stale")

    threads = [threading.Thread(target=edit, args=(f"texto {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 6
    [winner] = [one for one in outcomes if one != "stale"]
    [read] = reading.read_encounter(ward.services, ward.by(), begun.id).notes
    assert read.versions[-1].text == winner


def test_repeating_a_save_whose_answer_was_lost_answers_again(ward: Ward) -> None:
    begun = ward.begin()
    note = ward.note(begun.id)
    assert save(ward, begun.id, note.note, 1, "igual") == 2
    assert save(ward, begun.id, note.note, 1, "igual") == 2


def test_autosaves_of_one_author_leave_one_version(ward: Ward) -> None:
    begun = ward.begin()
    note = ward.note(begun.id).note
    version = 1
    for text in ("a", "ab", "abc"):
        version = save(ward, begun.id, note, version, text, autosave=True)
    version = save(ward, begun.id, note, version, "abcd")
    version = save(ward, begun.id, note, version, "abcde", autosave=True)
    [read] = reading.read_encounter(ward.services, ward.by(), begun.id).notes
    assert [(v.version, v.text) for v in read.versions] == [(1, ""), (5, "abcd"), (6, "abcde")]


def test_an_autosave_of_a_colleague_is_kept(ward: Ward) -> None:
    begun = ward.begin()
    note = ward.note(begun.id).note
    version = save(ward, begun.id, note, 1, "del médico", autosave=True)
    colleague(ward)
    by = ward.by(person(COLLEAGUE, Role.PHYSICIAN))
    notes.write(ward.services, by, Target(begun.id, note, version), NoteSave(text="colega"))
    [read] = reading.read_encounter(ward.services, ward.by(), begun.id).notes
    assert [v.text for v in read.versions] == ["", "del médico", "colega"]


def test_signing_with_an_expired_session_is_refused(ward: Ward) -> None:
    begun = ward.begin()
    ward.note(begun.id)
    ward.world.clock.advance(minutes=11)
    with pytest.raises(SessionExpired):
        signing.sign(ward.services, ward.by(), begun.id, SIGNED, 2)
    status = reading.read_encounter(ward.services, ward.by(), begun.id).status
    assert status is EncounterStatus.OPEN


def test_a_save_during_signing_is_never_signed_unseen(ward: Ward) -> None:
    begun = ward.begin()
    note = ward.note(begun.id).note
    transact = ward.world.store.transact
    slipped: list[int] = []

    def slip(operations: object) -> None:
        if not slipped:
            slipped.append(1)
            save(ward, begun.id, note, 1, "llegó tarde")
        transact(operations)  # type: ignore[arg-type]  # the store's own operations pass through

    object.__setattr__(ward.services, "store", _Slipping(ward.world.store, slip))
    with pytest.raises(StaleVersion):
        signing.sign(ward.services, ward.by(), begun.id, SIGNED, 2)
    assert slipped


class _Slipping:
    """A store whose first transaction is overtaken by another."""

    def __init__(self, store: object, transact: Callable[[object], None]) -> None:
        self._store = store
        self.transact = transact

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)


def test_nothing_written_is_not_signed(ward: Ward) -> None:
    begun = ward.begin()
    with pytest.raises(Conflict, match="write a note"):
        signing.sign(ward.services, ward.by(), begun.id, SIGNED, 1)
    notes.add(ward.services, ward.by(), begun.id, NewNote(text="  \n"))
    with pytest.raises(Conflict):
        signing.sign(ward.services, ward.by(), begun.id, SIGNED, 2)


def test_who_did_not_attend_cosigns_but_does_not_sign(ward: Ward) -> None:
    begun = ward.begin()
    ward.note(begun.id)
    colleague(ward)
    by = ward.by(person(COLLEAGUE, Role.PHYSICIAN))
    with pytest.raises(Forbidden):
        signing.sign(ward.services, by, begun.id, SIGNED, 2)
    signed = signing.sign(ward.services, ward.by(), begun.id, SIGNED, 2)
    with pytest.raises(Forbidden):
        signing.finalise(ward.services, by, begun.id, signed.version)
    both = signing.cosign(ward.services, by, begun.id, SIGNED, signed.version)
    assert [s.role for s in both.signatures] == ["author", "co-signer"]
    assert both.signatures[0].digest == both.signatures[1].digest
    with pytest.raises(Conflict):
        signing.cosign(ward.services, by, begun.id, SIGNED, both.version)


def test_anothers_note_is_amended_only_with_the_right_to(ward: Ward) -> None:
    closed = ward.finalised()
    colleague(ward)
    [note] = reading.read_encounter(ward.services, ward.by(), closed.id).notes
    body = amendment(note.id)
    other = ward.by(person(COLLEAGUE, Role.PHYSICIAN))
    with pytest.raises(Forbidden) as refused:
        signing.amend(ward.services, other, closed.id, body, closed.version)
    assert refused.value.extra["right"] == "patients.amend_others"
    director = ward.by(person(COLLEAGUE, Role.PHYSICIAN, Role.ADMINISTRATOR))
    amended = signing.amend(ward.services, director, closed.id, body, closed.version)
    assert amended.amendments[0].by == COLLEAGUE


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"started_at": START + timedelta(hours=1)}, "/started_at"),
        ({"ended_at": START + timedelta(hours=1)}, "/ended_at"),
        ({"started_at": START - timedelta(days=365 * 60)}, "/started_at"),
    ],
)
def test_impossible_times_are_refused(ward: Ward, changes: dict[str, object], pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        ward.begin(**changes)
    assert [f.pointer for f in refused.value.fields] == [pointer]
    with pytest.raises(ValueError, match="ends after it begins"):
        new_encounter(ended_at=START - timedelta(hours=2))


def test_nobody_is_attended_after_death(ward: Ward) -> None:
    patient = registration.read(ward.services, ward.by(), ward.patient)
    body = body_of(patient, deceased_on=date(2026, 11, 10))
    registration.update(ward.services, ward.by(), ward.patient, body, 1)
    assert ward.world.events()[-1].type == "patients.patient_deceased"
    with pytest.raises(Invalid, match="cannot have been"):
        ward.begin()
    assert ward.begin(started_at=START - timedelta(days=20)).status is EncounterStatus.OPEN


def test_correcting_the_start_moves_the_line_in_the_list(ward: Ward) -> None:
    first, second = ward.begin(), ward.begin(started_at=START - timedelta(hours=2))
    body = ward_body().model_copy(update={"started_at": START - timedelta(hours=3)})
    writing.correct(ward.services, ward.by(), first.id, body, 1)
    listed = reading.list_encounters(ward.services, ward.by(), ward.patient, EncounterQuery())
    assert [one.id for one in listed.items] == [second.id, first.id]


def test_encounters_of_another_institution_do_not_exist(ward: Ward) -> None:
    closed = ward.finalised()
    stranger = ward.by(doctor("clinic-two"))
    [note] = reading.read_encounter(ward.services, ward.by(), closed.id).notes
    before = len(ward.world.store.changes)
    acts: list[Callable[[], object]] = [
        lambda: reading.read_encounter(ward.services, stranger, closed.id),
        lambda: writing.begin(ward.services, stranger, ward.patient, new_encounter()),
        lambda: writing.correct(ward.services, stranger, closed.id, ward_body(), 1),
        lambda: notes.add(ward.services, stranger, closed.id, NewNote(text="x")),
        lambda: notes.write(
            ward.services, stranger, Target(closed.id, note.id, 1), NoteSave(text="x")
        ),
        lambda: signing.sign(ward.services, stranger, closed.id, SIGNED, closed.version),
        lambda: signing.cosign(ward.services, stranger, closed.id, SIGNED, closed.version),
        lambda: signing.finalise(ward.services, stranger, closed.id, closed.version),
        lambda: signing.amend(
            ward.services, stranger, closed.id, amendment(note.id), closed.version
        ),
        lambda: signing.add_addendum(
            ward.services, stranger, closed.id, AddendumBody(text="x"), closed.version
        ),
    ]
    for act in acts:
        with pytest.raises(NotFound):
            act()
    assert len(ward.world.store.changes) == before


def test_beginning_survives_a_crash_at_any_step() -> None:
    def act(ward: Ward) -> None:
        by = ward.by(key="begin-encounter")
        with suppress(AnsweredBefore):
            writing.begin(ward.services, by, ward.patient, new_encounter())

    def check(ward: Ward) -> None:
        query = EncounterQuery()
        found = reading.list_encounters(ward.services, ward.by(), ward.patient, query).items
        assert len(found) == 1
        assert reading.read_encounter(ward.services, ward.by(), found[0].id).version == 1

    assert crash_everywhere(Ward, lambda w: w.world.store, act, check) > 0


def test_signing_survives_a_crash_at_any_step() -> None:
    def make() -> Ward:
        ward = Ward()
        begun = ward.begin()
        ward.note(begun.id)
        return ward

    def one(ward: Ward) -> str:
        query = EncounterQuery()
        [found] = reading.list_encounters(ward.services, ward.by(), ward.patient, query).items
        return found.id

    def act(ward: Ward) -> None:
        read = reading.read_encounter(ward.services, ward.by(), one(ward))
        if read.status is EncounterStatus.OPEN:
            signing.sign(ward.services, ward.by(), read.id, SIGNED, read.version)

    def check(ward: Ward) -> None:
        read = reading.read_encounter(ward.services, ward.by(), one(ward))
        assert (read.status, len(read.signatures)) == (EncounterStatus.SIGNED, 1)

    assert crash_everywhere(make, lambda w: w.world.store, act, check) > 0


def take(ward: Ward, step: str, encounter: str, note: str, text: str) -> object:
    """One step of somebody who has read everything."""
    services, by = ward.services, ward.by()
    now = reading.read_encounter(services, by, encounter)
    last = next(n for n in now.notes if n.id == note).versions[-1].version
    at = now.version
    body = AddendumBody(text=text)
    steps: dict[str, Callable[[], object]] = {
        "note": lambda: ward.note(encounter),
        "save": lambda: save(ward, encounter, note, last, text),
        "sign": lambda: signing.sign(services, by, encounter, SIGNED, at),
        "cosign": lambda: signing.cosign(services, by, encounter, SIGNED, at),
        "finalise": lambda: signing.finalise(services, by, encounter, at),
        "amend": lambda: signing.amend(services, by, encounter, amendment(note, last, text), at),
        "add": lambda: signing.add_addendum(services, by, encounter, body, at),
    }
    return steps[step]()


STEPS = st.lists(st.sampled_from(["note", "save", "sign", "cosign", "finalise", "amend", "add"]))


@settings(max_examples=40, deadline=None)
@given(STEPS)
def test_whatever_is_tried_what_was_signed_stays(steps: list[str]) -> None:
    ward = Ward()
    begun = ward.begin()
    note = ward.note(begun.id).note
    signed: dict[tuple[str, int], object] = {}
    for number, step in enumerate(steps):
        with suppress(InvalidTransition, Conflict):
            take(ward, step, begun.id, note, f"texto {number}")
        after = reading.read_encounter(ward.services, ward.by(), begun.id)
        content = {(n.id, v.version): v for n in after.notes for v in n.versions}
        assert all(content[key] == version for key, version in signed.items())
        if after.status is not EncounterStatus.OPEN:
            signed = dict(content)
