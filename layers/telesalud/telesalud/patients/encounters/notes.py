"""Writing notes: every save is a new version, and two editors never overwrite each other."""

from collections.abc import Sequence
from typing import NamedTuple

from schemas.encounters import NewNote, NoteContent, NoteSave, NoteSaved
from schemas.patients import EncounterStatus
from telesalud.patients.encounters.changing import save
from telesalud.patients.encounters.opening import OpenEncounter, open_encounter
from telesalud.patients.encounters.repository import encounter_partition, note_key
from telesalud.patients.encounters.stored import StoredNote
from telesalud.patients.policy import WRITE_RECORD
from telesalud.platform.errors import Conflict, FieldError, Invalid, NotFound, StaleVersion
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import (
    ABSENT,
    Check,
    ConditionFailed,
    Delete,
    Item,
    Key,
    Put,
    When,
    at_version,
    every,
)
from telesalud.platform.work import Call, Services, Work, retrying

MOST_NOTES = 40
"""Notes of one encounter: signing checks each of them in one transaction."""
MOST_BYTES = 300_000
"""UTF-8 bytes of one version; an item may have 400 KB."""
_AUTOSAVED = "autosaved_by"


class Version(NamedTuple):
    """A version of a note as it was read."""

    note: str
    number: int
    item: Item
    stored: StoredNote


def add(services: Services, call: Call, encounter: str, command: NewNote) -> NoteSaved:
    """Begin a note in an open encounter.

    Raises Forbidden, NotFound, Invalid, Conflict beyond MOST_NOTES, InvalidTransition once the
    encounter is signed.
    """

    def step() -> NoteSaved:
        loaded = open_encounter(services, call, encounter, WRITE_RECORD)
        loaded.must_be(EncounterStatus.OPEN, to="written in")
        note = services.new_id()
        work = Work(services, call)
        if len(last_versions(services, loaded)) >= MOST_NOTES:
            raise Conflict(f"an encounter takes at most {MOST_NOTES} notes")
        stored = stored_note(services, call, command, command.type.value)
        work.add(_put(services, loaded, note_key(loaded.chart.tenant, encounter, note, 1), stored))
        save(work, loaded, loaded.stored, "changed")
        loaded.chart.audit(work, "patients.begin_note", f"note/{note}")
        answer = _saved(note, 1, stored)
        work.commit(answer, 1)
        return answer

    return retrying(step)


class Target(NamedTuple):
    """Which version of a note the editor has."""

    encounter: str
    note: str
    version: int


def write(services: Services, call: Call, target: Target, content: NoteSave) -> NoteSaved:
    """Save the note as the version after the one that the editor has.

    Repeating a save whose answer was lost answers again. Raises Forbidden, NotFound, Invalid,
    StaleVersion when somebody else saved, InvalidTransition once the encounter is signed.
    """

    def step() -> NoteSaved:
        loaded = open_encounter(services, call, target.encounter, WRITE_RECORD)
        loaded.must_be(EncounterStatus.OPEN, to="written in")
        versions = (target.version, target.version + 1)
        read, new = (
            note_key(loaded.chart.tenant, target.encounter, target.note, n) for n in versions
        )
        found = services.store.get_many([read, new])
        if new in found:
            return _again(loaded, found[new], content)
        if read not in found:
            raise _missing(services, loaded, target.note)
        return _write(loaded, target, content, found[read], new)

    return retrying(step)


def _write(
    loaded: OpenEncounter, target: Target, content: NoteSave, before: Item, new: Key
) -> NoteSaved:
    services, call = loaded.chart.services, loaded.chart.call
    known = open_model(services.vault, loaded.scope, before, StoredNote)
    stored = stored_note(services, call, content, known.loinc)
    work = Work(services, call)
    mark = {_AUTOSAVED: call.caller.subject} if content.autosave else {}
    work.add(
        _put(services, loaded, new, stored, mark),
        Check(loaded.item.key, at_version(loaded.version)),
    )
    if before.attributes.get(_AUTOSAVED) == call.caller.subject:
        work.add(Delete(before.key, at_version(before.version)))
    else:
        work.add(Check(before.key, When(exists=True)))
    loaded.chart.audit(work, "patients.write_note", f"note/{target.note}")
    answer = _saved(target.note, target.version + 1, stored)
    try:
        work.commit(answer, answer.version)
    except ConditionFailed as failed:
        if failed.at(new) or failed.at(before.key):
            raise StaleVersion("somebody else saved this note") from failed
        raise
    return answer


def last_versions(services: Services, loaded: OpenEncounter) -> dict[str, Version]:
    """The newest version of each note, by note: pages through the encounter's notes."""
    partition = encounter_partition(loaded.chart.tenant, loaded.id)
    notes = every(services.store, partition, "NOTE#", page_size=1000)
    last = {item.key.sk.split("#")[1]: item for item in notes}
    return {note: version_of(services, loaded, item) for note, item in last.items()}


def version_of(services: Services, loaded: OpenEncounter, item: Item) -> Version:
    """The version that an item holds."""
    _, note, number = item.key.sk.split("#")
    stored = open_model(services.vault, loaded.scope, item, StoredNote)
    return Version(note, int(number), item, stored)


def untouched(loaded: OpenEncounter, versions: Sequence[Version]) -> list[Check]:
    """Checks that nobody saved a version after these."""
    tenant = loaded.chart.tenant
    return [Check(note_key(tenant, loaded.id, v.note, v.number + 1), ABSENT) for v in versions]


def stored_note(services: Services, call: Call, content: NoteContent, loinc: str) -> StoredNote:
    """A version by the caller, now. Raises Invalid for one that is too long."""
    stored = StoredNote(
        loinc=loinc,
        text=content.text,
        soap=content.soap,
        author=call.caller.subject,
        written_at=services.clock(),
    )
    if len(stored.model_dump_json().encode()) > MOST_BYTES:
        detail = f"a note has at most {MOST_BYTES} bytes"
        raise Invalid(detail, [FieldError("/text", "too-long", detail)])
    return stored


def put_version(
    services: Services, loaded: OpenEncounter, note: str, number: int, to: StoredNote
) -> Put:
    """The write of a version that nobody wrote before."""
    return _put(services, loaded, note_key(loaded.chart.tenant, loaded.id, note, number), to)


def _put(
    services: Services,
    loaded: OpenEncounter,
    key: Key,
    stored: StoredNote,
    mark: dict[str, str] | None = None,
) -> Put:
    sealed = seal_model(services.vault, loaded.scope, key, stored)
    return Put(key, {ATTRIBUTE: sealed, **(mark or {})}, when=ABSENT)


def _saved(note: str, version: int, stored: StoredNote) -> NoteSaved:
    return NoteSaved(note=note, version=version, saved_at=stored.written_at, author=stored.author)


def _again(loaded: OpenEncounter, item: Item, content: NoteContent) -> NoteSaved:
    """The answer to a save that was written before. Raises StaleVersion when it is another."""
    version = version_of(loaded.chart.services, loaded, item)
    stored = version.stored
    same = (stored.author, stored.text, stored.soap)
    if same != (loaded.chart.call.caller.subject, content.text, content.soap):
        raise StaleVersion("somebody else saved this note")
    loaded.chart.log("patients.read_note", f"note/{version.note}")
    return _saved(version.note, version.number, stored)


def _missing(services: Services, loaded: OpenEncounter, note: str) -> NotFound | StaleVersion:
    known = note in last_versions(services, loaded)
    return (
        StaleVersion("save after reading the newest version")
        if known
        else NotFound("there is no such note")
    )
