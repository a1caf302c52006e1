"""The note: saved on top of what was read, in steps that a reader can follow."""

import pytest

from schemas.consult_content import NoteDraft
from schemas.consult_sessions import AfterQuery
from telesalud.consults.content import notes
from telesalud.consults.errors import NoteChanged
from telesalud.platform.errors import Forbidden, NotFound
from tests.support.crashes import crash_everywhere
from tests.worlds.consults.contents import save
from tests.worlds.consults.stage import Stage, running, store_of


def test_a_save_on_an_older_version_is_refused_and_overwrites_nothing() -> None:
    stage = running()
    assert save(stage, "uno", 0) == 1
    assert save(stage, "dos", 1) == 2
    with pytest.raises(NoteChanged) as refused:
        save(stage, "otra", 1)
    assert refused.value.extra["current_version"] == 2
    assert notes.read_note(stage.services, stage.doctor, stage.id).text == "dos"


def test_saving_the_same_text_again_is_one_version() -> None:
    stage = running()
    assert save(stage, "uno", 0) == save(stage, "uno", 0) == 1


@pytest.mark.parametrize("version", ["²", "٣", "-1", "1e3", "", "9" * 9])
def test_what_is_no_number_is_no_version(version: str) -> None:
    stage = running()
    save(stage, "uno", 0)
    with pytest.raises(NotFound):
        notes.read_version(stage.services, stage.doctor, stage.id, version)


def test_autosaves_within_a_minute_become_one_step_of_the_history() -> None:
    stage = running()
    for version in range(12):
        save(stage, f"texto {version}", version)
        stage.world.clock.advance(seconds=15)
    history = notes.history(stage.services, stage.doctor, stage.id, AfterQuery())
    assert [v.version for v in history.items] == [4, 8, 12]


def test_the_patient_neither_reads_nor_writes_the_note() -> None:
    stage = running()
    save(stage, "uno", 0)
    draft = NoteDraft(text="dos", base_version=1)
    with pytest.raises(Forbidden):
        notes.read_note(stage.services, stage.patient, stage.id)
    with pytest.raises(Forbidden):
        notes.save_note(stage.services, stage.patient, stage.id, draft)


def test_the_longest_note_in_the_widest_characters_is_kept_whole() -> None:
    stage = running()
    text = "\U0001f9e0" * 50_000
    save(stage, text, 0)
    assert notes.read_note(stage.services, stage.doctor, stage.id).text == text


def test_a_save_survives_a_crash_at_any_step() -> None:
    def check(stage: Stage) -> None:
        note = notes.read_note(stage.services, stage.doctor, stage.id)
        assert (note.text, note.version) == ("uno", 1)

    assert crash_everywhere(running, store_of, lambda s: save(s, "uno", 0), check) >= 2
