"""The export of an ended consult, and who may have it."""

import hashlib

import pytest

from schemas.consult_content import Finish
from telesalud.consults.content import chat, exporting, finishing
from telesalud.platform.access import Role
from telesalud.platform.errors import Conflict, Forbidden, NotFound
from telesalud.platform.memory.files import MemoryBlobs
from tests.worlds.consults.contents import MESSAGE, PDF, examined, save, upload
from tests.worlds.consults.stage import PARTNER, running
from tests.worlds.world import call, partner, user


def test_the_export_holds_everything_once_it_has_ended() -> None:
    stage = running()
    blobs = MemoryBlobs(stage.world.clock)
    chat.send(stage.services, stage.patient, stage.id, MESSAGE)
    save(stage, "uno", 0)
    examined(stage, blobs, upload(stage, blobs, "examen", PDF))
    with pytest.raises(Conflict):
        exporting.export(stage.services, blobs, call(PARTNER), stage.id)
    finishing.finish(stage.services, stage.doctor, stage.id, Finish())
    export = exporting.export(stage.services, blobs, call(PARTNER), stage.id)
    assert export.note.text == "uno"
    assert [m.text for m in export.chat] == ["Buenos días"]
    [file] = export.files
    assert (file.media_type, file.size) == ("application/pdf", len(PDF))
    assert file.sha256 == hashlib.sha256(PDF).hexdigest()
    assert "examen.pdf" in file.url
    assert ("consults.exported", "done") in [(a, o) for a, _, o in stage.world.audited()]


def test_only_those_with_the_right_export() -> None:
    stage = running()
    finishing.finish(stage.services, stage.doctor, stage.id, Finish())
    blobs = MemoryBlobs(stage.world.clock)
    mine = call(user(Role.PHYSICIAN, subject="user-1"))
    assert exporting.export(stage.services, blobs, mine, stage.id)
    for caller, refusal in (
        (user(Role.PHYSICIAN, subject="user-2"), Forbidden),
        (user(Role.FRONT_DESK), Forbidden),
        (partner("consults.read"), Forbidden),
        (partner("consults.export", tenant="other-hospital"), NotFound),
    ):
        with pytest.raises(refusal):
            exporting.export(stage.services, blobs, call(caller), stage.id)
