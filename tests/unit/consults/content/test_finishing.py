"""The finish keeps what is unsaved, whoever comes second."""

import pytest

from schemas.consult_content import Finish, NoteDraft
from schemas.consults import ConsultStatus, EndCause
from telesalud.consults.content import finishing, notes
from telesalud.consults.errors import ConsultEnded
from telesalud.consults.visit import limit
from tests.worlds.consults.stage import running


def test_finishing_saves_what_is_unsaved_in_the_same_step() -> None:
    stage = running()
    notes.save_note(stage.services, stage.doctor, stage.id, NoteDraft(text="uno", base_version=0))
    done = finishing.finish(
        stage.services,
        stage.doctor,
        stage.id,
        Finish(note=NoteDraft(text="uno dos", base_version=1)),
    )
    assert (done.status, done.note_version) == (ConsultStatus.FINISHED, 2)
    note = notes.read_note(stage.services, stage.doctor, stage.id)
    assert (note.text, note.after_end) == ("uno dos", False)


def test_two_finishes_have_one_effect_and_both_texts_are_kept() -> None:
    stage = running()
    one = Finish(note=NoteDraft(text="de la primera pestaña", base_version=0))
    two = Finish(note=NoteDraft(text="de la segunda pestaña", base_version=0))
    first = finishing.finish(stage.services, stage.doctor, stage.id, one)
    again = finishing.finish(stage.services, stage.doctor, stage.id, one)
    second = finishing.finish(stage.services, stage.doctor, stage.id, two)
    third = finishing.finish(stage.services, stage.doctor, stage.id, two)
    assert again == first
    assert second.ended_at == first.ended_at
    assert second.note_conflict
    assert third.note_version == second.note_version
    assert notes.read_note(stage.services, stage.doctor, stage.id).text == "de la primera pestaña"
    kept = notes.read_version(stage.services, stage.doctor, stage.id, "2")
    assert (kept.text, kept.after_end) == ("de la segunda pestaña", True)
    assert stage.event_types().count("finished") == 1


def test_a_finish_that_loses_against_the_limit_loses_no_text() -> None:
    stage = running()

    def limit_first(_: object) -> None:
        stage.world.store.before_transact = None
        stage.world.clock.advance(minutes=40)
        limit.due(stage.services, "hospital-demo", stage.id, 1)

    stage.world.store.before_transact = limit_first
    asked = Finish(note=NoteDraft(text="texto sin guardar", base_version=0))
    done = finishing.finish(stage.services, stage.doctor, stage.id, asked)
    assert done.end_cause is EndCause.LIMIT
    note = notes.read_note(stage.services, stage.doctor, stage.id)
    assert (note.text, note.after_end) == ("texto sin guardar", True)
    assert stage.event_types().count("finished") == 1
    assert stage.event_types().count("notes_amended") == 1


def test_long_after_the_end_nothing_is_taken_any_more() -> None:
    stage = running()
    finishing.finish(stage.services, stage.doctor, stage.id, Finish())
    stage.world.clock.advance(minutes=31)
    asked = Finish(note=NoteDraft(text="demasiado tarde", base_version=0))
    with pytest.raises(ConsultEnded):
        finishing.finish(stage.services, stage.doctor, stage.id, asked)
