"""The practitioner's note: autosaved, versioned, never overwritten by an older copy.

Every save is a version of its own (`NOTE#<version>`), on top of the version it was written on.
Autosaves of one author within a minute replace each other, so that the history has steps that a
reader can follow; anything that was not written on top of the current text is kept beside it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from schemas.consult_content import Note, NoteDraft, NoteHistory, NoteVersion
from schemas.consult_sessions import AfterQuery, ChangeKind
from schemas.consults import ParticipantRole
from telesalud.consults.access import attend
from telesalud.consults.errors import NoteChanged
from telesalud.consults.model import Consult, Seat, State
from telesalud.consults.policy import NOTE_STEP
from telesalud.consults.repository import audit, change, child_key, partition, patient_scope
from telesalud.platform.clock import from_text, to_text
from telesalud.platform.errors import NotFound
from telesalud.platform.sealed import ATTRIBUTE, place
from telesalud.platform.store import ABSENT, Delete, Item, Key, Put, Value
from telesalud.platform.vault import Vault
from telesalud.platform.work import Call, Services, Work, retrying


@dataclass(frozen=True, slots=True)
class Saved:
    """A version as it is stored."""

    version: int
    text: str
    author: str
    at: datetime
    after_end: bool
    step: datetime
    """When the run of autosaves began that this version stands for."""

    @property
    def view(self) -> Note:
        """For the page."""
        return Note(
            text=self.text,
            version=self.version,
            saved_at=self.at,
            author=self.author,
            after_end=self.after_end,
        )


def note_key(consult: Consult, version: int) -> Key:
    """Where a version is."""
    return child_key(consult, f"NOTE#{version:08d}")


def saved_of(vault: Vault, consult: Consult, item: Item) -> Saved:
    """The version that an item holds."""
    text = vault.open(patient_scope(consult), place(item.key), item.blob(ATTRIBUTE)).decode()
    return Saved(
        item.number("note_version"),
        text,
        item.text("author"),
        from_text(item.text("at")),
        bool(item.attributes["after_end"]),
        from_text(item.text("step")),
    )


def versions(services: Services, consult: Consult) -> Mapping[int, Saved]:
    """The current and the last version, one round trip; empty before the first save."""
    state = consult.state
    if not state.note_version:
        return {}
    keys = [note_key(consult, number) for number in {state.note_version, state.note_current}]
    items = services.fetch(keys, patient_scope(consult))
    saved = [saved_of(services.vault, consult, items[key]) for key in keys]
    return {version.version: version for version in saved}


def read_note(services: Services, call: Call, consult_id: str) -> Note:
    """The current text; empty before the first save."""
    loaded, _ = attend(services, call, consult_id, only=ParticipantRole.PRACTITIONER, late=True)
    consult = loaded.consult
    current = versions(services, consult).get(consult.state.note_current)
    work = Work(services, call)
    audit(work, consult, "note_read")
    work.commit()
    return current.view if current else Note(text="", version=0)


def save_note(services: Services, call: Call, consult_id: str, draft: NoteDraft) -> Note:
    """Autosave. The same draft again gives the version it made. Raises NoteChanged."""

    def step() -> Note:
        loaded, seat = attend(services, call, consult_id, only=ParticipantRole.PRACTITIONER)
        before = loaded.consult
        known = versions(services, before)
        current = known.get(before.state.note_current)
        if current is not None and current.text == draft.text:
            return current.view
        if draft.base_version != before.state.note_current:
            raise NoteChanged(before.state.note_current)
        work = Work(services, call)
        state, saved = add_version(work, before, before.state, known=known, seat=seat, draft=draft)
        changed = change(work, before, state, ChangeKind.NOTE)
        audit(work, changed, "note_saved", f"note/{saved.version}")
        work.commit()
        return saved.view

    return retrying(step)


def add_version(
    work: Work,
    consult: Consult,
    state: State,
    *,
    known: Mapping[int, Saved],
    seat: Seat,
    draft: NoteDraft,
) -> tuple[State, Saved]:
    """Add the draft as a new version; current unless a newer text is there already."""
    now, vault = work.services.clock(), work.services.vault
    on_top = not state.note_current or draft.base_version == state.note_current
    former = known.get(state.note_current) if on_top else None
    step = now
    if former and _same_run(former, seat, consult, now):
        step = former.step
        work.add(Delete(note_key(consult, former.version)))
    saved = Saved(state.note_version + 1, draft.text, seat.id, now, consult.state.ended, step)
    key = note_key(consult, saved.version)
    attributes: dict[str, Value] = {
        "note_version": saved.version,
        "author": saved.author,
        "at": to_text(now),
        "after_end": saved.after_end,
        "step": to_text(step),
        ATTRIBUTE: vault.seal(patient_scope(consult), place(key), draft.text.encode()),
    }
    work.add(Put(key, attributes, ABSENT))
    update = {"note_version": saved.version}
    if on_top:
        update["note_current"] = saved.version
    return state.model_copy(update=update), saved


def _same_run(former: Saved, seat: Seat, consult: Consult, now: datetime) -> bool:
    """Whether a save continues the former's run of autosaves, so that it takes its place."""
    same_side = former.author == seat.id and former.after_end == consult.state.ended
    return same_side and now - former.step < NOTE_STEP


def keep_unsaved(
    work: Work,
    consult: Consult,
    state: State,
    *,
    known: Mapping[int, Saved],
    seat: Seat,
    draft: NoteDraft | None,
) -> tuple[State, bool]:
    """The state that keeps the unsaved text of a finish, and whether a newer text stays current."""
    if draft is None or any(saved.text == draft.text for saved in known.values()):
        return state, False
    if not draft.text and not known:
        return state, False
    after, _ = add_version(work, consult, state, known=known, seat=seat, draft=draft)
    return after, after.note_current != after.note_version


def history(services: Services, call: Call, consult_id: str, query: AfterQuery) -> NoteHistory:
    """The versions without their texts, oldest first."""
    attend(services, call, consult_id, only=ParticipantRole.PRACTITIONER, late=True)
    page = services.store.query(
        partition(call.caller.tenant, consult_id),
        "NOTE#",
        after=f"NOTE#{query.after:08d}",
        limit=query.limit,
    )
    items = tuple(
        NoteVersion(
            version=item.number("note_version"),
            saved_at=from_text(item.text("at")),
            author=item.text("author"),
            after_end=bool(item.attributes["after_end"]),
        )
        for item in page.items
    )
    return NoteHistory(items=items, more=page.next_after is not None)


def read_version(services: Services, call: Call, consult_id: str, version: str) -> Note:
    """One version with its text. Raises NotFound."""
    if not (version.isascii() and version.isdigit()) or len(version) > 8:
        raise NotFound
    loaded, _ = attend(services, call, consult_id, only=ParticipantRole.PRACTITIONER, late=True)
    consult = loaded.consult
    item = services.store.get(note_key(consult, int(version)))
    if item is None:
        raise NotFound("there is no such version")
    saved = saved_of(services.vault, consult, item)
    work = Work(services, call)
    audit(work, consult, "note_read", f"note/{saved.version}")
    work.commit()
    return saved.view
