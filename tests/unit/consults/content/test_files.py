"""Files: what reaches the other side, and what is refused on the way."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.consult_content import MAX_FILE, FileStatus, NewFile, Upload
from telesalud.consults.content import files, inspection
from telesalud.consults.errors import UploadMissing
from telesalud.platform import media
from telesalud.platform.errors import Conflict, Gone, NotFound, Unavailable
from telesalud.platform.media import Refused
from telesalud.platform.memory.files import MemoryBlobs, UploadRefused
from telesalud.platform.ports.blobs import Area
from telesalud.platform.scanners import ClamdScanner, EicarScanner
from telesalud.platform.work import AnsweredBefore, Call
from tests.support.crashes import crash_everywhere
from tests.worlds.consults.contents import PDF, described, examined, upload
from tests.worlds.consults.stage import PARTNER, Stage, opened, store_of
from tests.worlds.world import TENANT, call

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 20


def archive(*names: str, **contents: bytes) -> bytes:
    """A ZIP with these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened_zip:
        for name in names:
            opened_zip.writestr(name, contents.get(name, b"x"))
    return made.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")


@pytest.fixture
def stage() -> Stage:
    return opened()


@pytest.fixture
def blobs(stage: Stage) -> MemoryBlobs:
    return MemoryBlobs(stage.world.clock)


@pytest.mark.parametrize(
    ("name", "content", "refusal"),
    [
        ("examen.pdf", PDF, None),
        ("examen", PDF, None),
        ("foto.PNG", PNG, None),
        ("informe.docx", DOCX, None),
        ("foto.png", PDF, "type-mismatch"),
        ("examen.pdf.exe", PDF, "type-mismatch"),
        ("examen.pdf", b"MZ" + b"\0" * 100, "type-not-allowed"),
        ("pagina.pdf", b"<html><script>alert(1)</script>", "type-not-allowed"),
        ("cortado.pdf", PDF[:-8], "type-not-allowed"),
        (
            "macro.docx",
            archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
            "active-content",
        ),
        ("otro.docx", archive("a.txt"), "type-not-allowed"),
        (
            "bomba.docx",
            archive("[Content_Types].xml", "word/document.xml", "b", b=b"\0" * 30_000_000),
            "type-not-allowed",
        ),
        ("roto.docx", DOCX[:-30], "type-not-allowed"),
        ("vacio.zip", b"PK\x03\x04", "type-not-allowed"),
        ("virus.pdf", PDF + EicarScanner.SIGNATURE + b"%%EOF", "infected"),
    ],
)
def test_only_what_is_what_it_says_reaches_the_other_side(
    stage: Stage, blobs: MemoryBlobs, name: str, content: bytes, refusal: str | None
) -> None:
    file_id = upload(stage, blobs, name, content)
    examined(stage, blobs, file_id)
    mine = files.listed(stage.services, stage.patient, stage.id).items
    theirs = files.listed(stage.services, stage.doctor, stage.id).items
    assert [f.refusal for f in mine] == [refusal]
    assert [f.id for f in theirs] == ([] if refusal else [file_id])
    assert not any(area is Area.QUARANTINE for area, _ in blobs.files)
    if refusal:
        with pytest.raises(NotFound):
            files.download(stage.services, blobs, stage.doctor, stage.id, file_id)
    else:
        url = files.download(stage.services, blobs, stage.doctor, stage.id, file_id).url
        assert "attachment" in url


def test_what_arrives_must_be_what_was_announced(stage: Stage, blobs: MemoryBlobs) -> None:
    new = described("a.pdf", PDF).model_copy(update={"sha256": "0" * 64})
    offer = files.start(stage.services, blobs, stage.patient, stage.id, new)
    with pytest.raises(UploadRefused):
        blobs.receive(offer.fields, PDF + b"x")
    blobs.receive(offer.fields, PDF)
    files.complete(stage.services, blobs, stage.patient, stage.id, offer.file_id)
    examined(stage, blobs, offer.file_id)
    [file] = files.listed(stage.services, stage.patient, stage.id).items
    assert file.refusal == "hash-mismatch"


def test_a_file_above_the_limit_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="less than or equal"):
        NewFile(name="a.pdf", size=MAX_FILE + 1, sha256="0" * 64)


def test_an_upload_that_never_arrives_is_forgotten(stage: Stage, blobs: MemoryBlobs) -> None:
    offer = files.start(stage.services, blobs, stage.patient, stage.id, described("a.pdf", PDF))
    with pytest.raises(UploadMissing):
        files.complete(stage.services, blobs, stage.patient, stage.id, offer.file_id)
    stage.world.clock.advance(minutes=30)
    with pytest.raises(Gone):
        files.complete(stage.services, blobs, stage.patient, stage.id, offer.file_id)
    assert files.listed(stage.services, stage.patient, stage.id).items == ()


def test_one_completes_only_ones_own_upload(stage: Stage, blobs: MemoryBlobs) -> None:
    offer = files.start(stage.services, blobs, stage.patient, stage.id, described("a.pdf", PDF))
    blobs.receive(offer.fields, PDF)
    with pytest.raises(NotFound):
        files.complete(stage.services, blobs, stage.doctor, stage.id, offer.file_id)


def test_the_number_of_files_is_limited(stage: Stage, blobs: MemoryBlobs) -> None:
    for _ in range(50):
        files.start(stage.services, blobs, stage.patient, stage.id, described("a.pdf", PDF))
    with pytest.raises(Conflict):
        files.start(stage.services, blobs, stage.doctor, stage.id, described("a.pdf", PDF))


def test_an_upload_survives_a_crash_at_any_step() -> None:
    def act(stage: Stage) -> None:
        blobs = stage.blobs
        keyed = Call(stage.patient.caller, "r", call(PARTNER, key="upload-1").once)
        try:
            offer = files.start(stage.services, blobs, keyed, stage.id, described("a.pdf", PDF))
            file_id, fields = offer.file_id, offer.fields
        except AnsweredBefore as before:
            answered = Upload.model_validate_json(before.answer.body)
            file_id, fields = answered.file_id, answered.fields
        if not any(area is Area.CLEAN for area, _ in blobs.files):
            blobs.receive(fields, PDF)
        files.complete(stage.services, blobs, stage.patient, stage.id, file_id)
        examined(stage, blobs, file_id)

    def check(stage: Stage) -> None:
        [file] = files.listed(stage.services, stage.doctor, stage.id).items
        assert file.status is FileStatus.READY
        assert stage.event_types().count("file_ready") == 1

    assert crash_everywhere(opened, store_of, act, check) >= 6


def test_a_scanner_that_does_not_answer_keeps_the_file_in_quarantine(
    stage: Stage, blobs: MemoryBlobs
) -> None:
    file_id = upload(stage, blobs, "a.pdf", PDF)
    with pytest.raises(Unavailable):
        inspection.inspect(
            stage.services,
            blobs,
            ClamdScanner("127.0.0.1", 1),
            tenant=TENANT,
            consult_id=stage.id,
            file_id=file_id,
        )
    assert files.listed(stage.services, stage.doctor, stage.id).items == ()
    assert examined(stage, blobs, file_id) is FileStatus.READY


@given(st.binary(max_size=2000))
def test_no_content_breaks_the_detection(content: bytes) -> None:
    for prefix in (b"", b"PK\x03\x04", b"%PDF-", bytes.fromhex("d0cf11e0a1b11ae1"), DOCX[:40]):
        try:
            media.examine("x", prefix + content)
        except Refused:
            continue
