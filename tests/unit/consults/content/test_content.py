"""Notes, chat, files and the change feed."""

import hashlib
import io
import socketserver
import struct
import threading
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.consult_content import (
    MAX_FILE,
    FileStatus,
    Finish,
    NewFile,
    NewMessage,
    NoteDraft,
    Upload,
)
from schemas.consult_sessions import AfterQuery, NewSignal
from telesalud.consults.content import chat, exporting, files, inspection, notes
from telesalud.consults.errors import ConsultEnded, NoteChanged, UploadMissing
from telesalud.consults.visit import channel, finish
from telesalud.platform import media
from telesalud.platform.access import Role
from telesalud.platform.errors import (
    Conflict,
    Forbidden,
    Gone,
    KeyReused,
    NotFound,
    Unavailable,
)
from telesalud.platform.media import Refused
from telesalud.platform.memory.files import MemoryBlobs, UploadRefused
from telesalud.platform.ports.blobs import Area
from telesalud.platform.scanners import ClamdScanner, EicarScanner, scanner_at
from telesalud.platform.work import AnsweredBefore, Call
from tests.support.crashes import crash_everywhere
from tests.worlds.consults.stage import PARTNER, Stage, opened, running, store_of
from tests.worlds.world import TENANT, call, partner, user

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\ntrailer << >>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 20
MESSAGE = NewMessage(client_id="01900000-0000-7000-8000-0000000000aa", text="Buenos días")


def archive(*names: str, **contents: bytes) -> bytes:
    """A ZIP with these members."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened_zip:
        for name in names:
            opened_zip.writestr(name, contents.get(name, b"x"))
    return made.getvalue()


DOCX = archive("[Content_Types].xml", "word/document.xml")


def save(stage: Stage, text: str, base: int) -> int:
    return notes.save_note(
        stage.services, stage.doctor, stage.id, NoteDraft(text=text, base_version=base)
    ).version


# --- notes ---------------------------------------------------------------------------------------


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


# --- chat ----------------------------------------------------------------------------------------


def test_a_message_sent_twice_is_one_message() -> None:
    stage = opened()
    first = chat.send(stage.services, stage.patient, stage.id, MESSAGE)
    stage.world.clock.advance(seconds=3)
    assert chat.send(stage.services, stage.patient, stage.id, MESSAGE) == first
    other = MESSAGE.model_copy(update={"text": "Otra cosa"})
    with pytest.raises(KeyReused):
        chat.send(stage.services, stage.patient, stage.id, other)


def test_both_sides_may_use_the_same_client_id() -> None:
    stage = opened()
    chat.send(stage.services, stage.patient, stage.id, MESSAGE)
    chat.send(stage.services, stage.doctor, stage.id, MESSAGE)
    read = chat.read(stage.services, stage.doctor, stage.id, AfterQuery())
    assert [m.participant for m in read.items] == ["patient", "practitioner-1"]


def test_the_chat_is_read_page_by_page_without_a_gap() -> None:
    stage = opened()
    for n in range(7):
        one = MESSAGE.model_copy(update={"client_id": f"01900000-0000-7000-8000-0000000000{n:02}"})
        chat.send(stage.services, stage.patient, stage.id, one)
    seen: list[int] = []
    while True:
        query = AfterQuery(after=seen[-1] if seen else 0, limit=3)
        page = chat.read(stage.services, stage.doctor, stage.id, query)
        seen += [m.sequence for m in page.items]
        if not page.more:
            break
    assert len(seen) == 7
    assert seen == sorted(set(seen))


def test_racing_messages_are_all_kept() -> None:
    stage = opened()

    def say(n: int) -> None:
        one = MESSAGE.model_copy(update={"client_id": f"01900000-0000-7000-8000-0000000000{n:02}"})
        who = stage.patient if n % 2 else stage.doctor
        chat.send(stage.services, who, stage.id, one)

    threads = [threading.Thread(target=say, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read = chat.read(stage.services, stage.doctor, stage.id, AfterQuery())
    assert len(read.items) == 8


def test_a_message_survives_a_crash_at_any_step() -> None:
    def check(stage: Stage) -> None:
        assert len(chat.read(stage.services, stage.doctor, stage.id, AfterQuery()).items) == 1

    def send(stage: Stage) -> None:
        chat.send(stage.services, stage.patient, stage.id, MESSAGE)

    assert crash_everywhere(opened, store_of, send, check) >= 2


def test_the_feed_has_no_gap_and_says_what_changed() -> None:
    stage = running()
    chat.send(stage.services, stage.patient, stage.id, MESSAGE)
    save(stage, "uno", 0)
    feed = channel.changes(stage.services, stage.doctor, stage.id, AfterQuery())
    sequences = [c.sequence for c in feed.items]
    assert sequences == list(range(1, feed.consult.sequence + 1))
    rest = channel.changes(
        stage.services, stage.doctor, stage.id, AfterQuery(after=feed.consult.sequence)
    )
    assert rest.items == ()


class NoPusher:
    """Nobody is connected."""

    def post(self, connection_id: str, message: bytes) -> bool:
        raise AssertionError("nobody is connected")


def test_signals_go_to_the_other_side_and_are_forgotten() -> None:
    stage = opened()
    new = NewSignal(to="patient", payload="offer")
    channel.signal(stage.services, NoPusher(), stage.doctor, stage.id, new)
    polled = channel.changes(stage.services, stage.patient, stage.id, AfterQuery())
    assert [s.payload for s in polled.signals] == ["offer"]
    mine = channel.changes(stage.services, stage.doctor, stage.id, AfterQuery())
    assert mine.signals == ()
    stage.world.clock.advance(seconds=61)
    late = channel.changes(stage.services, stage.patient, stage.id, AfterQuery())
    assert late.signals == ()


# --- files ---------------------------------------------------------------------------------------


def described(name: str, content: bytes) -> NewFile:
    return NewFile(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def upload(stage: Stage, blobs: MemoryBlobs, name: str, content: bytes) -> str:
    offer = files.start(stage.services, blobs, stage.patient, stage.id, described(name, content))
    blobs.receive(offer.fields, content)
    files.complete(stage.services, blobs, stage.patient, stage.id, offer.file_id)
    return offer.file_id


def examined(stage: Stage, blobs: MemoryBlobs, file_id: str) -> FileStatus:
    return inspection.inspect(
        stage.services,
        blobs,
        EicarScanner(),
        tenant=TENANT,
        consult_id=stage.id,
        file_id=file_id,
    )


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
        ("macro.docx", archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
         "type-not-allowed"),
        ("otro.docx", archive("a.txt"), "type-not-allowed"),
        ("bomba.docx", archive("[Content_Types].xml", "word/document.xml", "b",
                               b=b"\0" * 30_000_000), "type-not-allowed"),
        ("roto.docx", DOCX[:-30], "type-not-allowed"),
        ("vacio.zip", b"PK\x03\x04", "type-not-allowed"),
        ("virus.pdf", PDF + EicarScanner.SIGNATURE + b"%%EOF", "infected"),
    ],
)  # fmt: skip
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


class Clamd(socketserver.BaseRequestHandler):
    """clamd's side of INSTREAM."""

    def handle(self) -> None:
        stream = self.request.makefile("rb")
        command = stream.read(len(b"zINSTREAM\0"))
        content = b""
        while size := struct.unpack(">I", stream.read(4))[0]:
            content += stream.read(size)
        if command != b"zINSTREAM\0":
            answer = b"UNKNOWN COMMAND\0"
        elif len(content) > 600_000:
            answer = b"INSTREAM size limit exceeded. ERROR\0"
        else:
            bad = EicarScanner.SIGNATURE in content
            answer = b"stream: Eicar-Test FOUND\0" if bad else b"stream: OK\0"
        self.request.sendall(answer)


@pytest.fixture
def clamd() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"clamd://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_clamd_is_asked_as_its_protocol_says(clamd: str) -> None:
    scanner = scanner_at(clamd)
    assert scanner.infected(b"x" * 500_000) == ""
    assert scanner.infected(b"x" * 300_000 + EicarScanner.SIGNATURE) == "Eicar-Test"
    with pytest.raises(Unavailable):
        scanner.infected(b"x" * 700_000)


@pytest.mark.parametrize("address", ["", "clamd://", "clamd://host", "http://host:1", "none"])
def test_an_unusable_scanner_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="clamd"):
        scanner_at(address)


# --- export --------------------------------------------------------------------------------------


def test_the_export_holds_everything_once_it_has_ended() -> None:
    stage = running()
    blobs = MemoryBlobs(stage.world.clock)
    chat.send(stage.services, stage.patient, stage.id, MESSAGE)
    save(stage, "uno", 0)
    examined(stage, blobs, upload(stage, blobs, "examen", PDF))
    with pytest.raises(Conflict):
        exporting.export(stage.services, blobs, call(PARTNER), stage.id)
    finish.finish(stage.services, stage.doctor, stage.id, Finish())
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
    finish.finish(stage.services, stage.doctor, stage.id, Finish())
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


ACTS: dict[str, Callable[[Stage], object]] = {
    "chat": lambda s: chat.send(s.services, s.patient, s.id, MESSAGE),
    "note": lambda s: save(s, "tarde", 0),
    "upload": lambda s: files.start(
        s.services, MemoryBlobs(s.world.clock), s.patient, s.id, described("a.pdf", PDF)
    ),
    "poll": lambda s: channel.changes(s.services, s.patient, s.id, AfterQuery()),
    "channel": lambda s: channel.open_ticket(s.services, s.patient, "wss://x/ws", s.id),
}


@pytest.mark.parametrize("act", ACTS)
def test_after_the_end_nothing_is_taken(act: str) -> None:
    stage = running()
    finish.finish(stage.services, stage.doctor, stage.id, Finish())
    with pytest.raises(ConsultEnded):
        ACTS[act](stage)


@pytest.mark.parametrize("act", ACTS)
def test_outside_the_window_nothing_is_taken(act: str) -> None:
    stage = running()
    stage.world.clock.now += timedelta(minutes=36)
    with pytest.raises(ConsultEnded):
        ACTS[act](stage)
