"""Signing, co-signing, finalising, amending.

    open -> signed -> finalised -> amended -> amended …

A signature stands for a digest of the content: the encounter and the newest version of each of its
notes. Once signed nothing of that changes; addenda are notes of their own. An amendment adds a
version to a note of a finalised encounter, with its reason; the earlier version stays readable.
"""

import hashlib
import json
from collections.abc import Iterable
from datetime import timedelta

from schemas.care import AccessWay, RelationKind
from schemas.encounters import (
    ADDENDUM,
    AddendumBody,
    Amendment,
    AmendmentBody,
    AuthorSignature,
    EncounterState,
    NoteContent,
    Signature,
    SignatureBody,
)
from schemas.patients import EncounterStatus
from telesalud.patients.access.granting import check_clinician, refer
from telesalud.patients.encounters import notes
from telesalud.patients.encounters.changing import commit, save
from telesalud.patients.encounters.opening import OpenEncounter, open_encounter
from telesalud.patients.encounters.stored import StoredEncounter
from telesalud.patients.encounters.tasks import AUTHOR, COSIGNER
from telesalud.patients.people.relations import TREATED_FOR, granted
from telesalud.patients.policy import AMEND_OTHERS, GRANTS, SIGN, WRITE_RECORD
from telesalud.patients.reviews.reporting import Reported, report
from telesalud.platform.access import Role, allows, own_name, require_live
from telesalud.platform.errors import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
    StaleVersion,
)
from telesalud.platform.store import ConditionFailed
from telesalud.platform.work import Call, Services, Work, retrying

_SEALED = (EncounterStatus.SIGNED, EncounterStatus.FINALISED, EncounterStatus.AMENDED)
COSIGN_WITHIN = timedelta(days=90)
"""How long somebody who was asked to co-sign may read what they are to sign."""


def sign(
    services: Services, call: Call, encounter: str, body: AuthorSignature, version: int
) -> EncounterState:
    """Sign an open encounter that the caller attended or wrote in.

    Raises Forbidden, NotFound, StaleVersion (also when a note was saved meanwhile), Conflict for
    an encounter in which nothing is written, Invalid for who names themselves as co-signer,
    InvalidTransition, SessionExpired.
    """

    def step() -> EncounterState:
        require_live(call.caller, services.clock())
        loaded = open_encounter(services, call, encounter, SIGN).at(version)
        loaded.must_be(EncounterStatus.OPEN, to=EncounterStatus.SIGNED)
        written = list(notes.last_versions(services, loaded).values())
        if not any(_says_something(v) for v in written):
            raise Conflict("write a note before signing")
        _must_have_attended(loaded, call, written)
        signature = _signature(loaded, written, body, AUTHOR)
        changed = loaded.stored.model_copy(
            update={
                "status": EncounterStatus.SIGNED,
                "signatures": (signature,),
                "cosigner": body.cosigner,
                "ended_at": loaded.stored.ended_at or signature.at,
            }
        )
        work = Work(services, call)
        work.add(*notes.untouched(loaded, written))
        if body.cosigner is not None:
            _refer(work, loaded, body.cosigner)
        _treated(work, loaded)
        return _commit(work, loaded, changed, "signed", "patients.sign_encounter")

    return retrying(step)


def cosign(
    services: Services, call: Call, encounter: str, body: SignatureBody, version: int
) -> EncounterState:
    """Stand for what somebody else signed; once each, a physician or who was asked to.

    Raises Forbidden, NotFound, StaleVersion, Conflict, InvalidTransition, SessionExpired.
    """

    def step() -> EncounterState:
        require_live(call.caller, services.clock())
        loaded = open_encounter(services, call, encounter, SIGN).at(version)
        loaded.must_be(*_SEALED, to="co-signed")
        if any(s.by == call.caller.subject for s in loaded.stored.signatures):
            raise Conflict("you have signed this encounter")
        asked = loaded.stored.cosigner == call.caller.subject
        if not asked and Role.PHYSICIAN not in call.caller.roles:
            raise Forbidden("a physician, or who was asked, co-signs", right=SIGN)
        written = list(notes.last_versions(services, loaded).values())
        signature = _signature(loaded, written, body, COSIGNER)
        signatures = (*loaded.stored.signatures, signature)
        changed = loaded.stored.model_copy(update={"signatures": signatures})
        return _commit(
            Work(services, call), loaded, changed, "changed", "patients.cosign_encounter"
        )

    return retrying(step)


def finalise(services: Services, call: Call, encounter: str, version: int) -> EncounterState:
    """Close a signed encounter for good; by one of its signers.

    Raises Forbidden, NotFound, StaleVersion, InvalidTransition, SessionExpired.
    """

    def step() -> EncounterState:
        require_live(call.caller, services.clock())
        loaded = open_encounter(services, call, encounter, SIGN).at(version)
        loaded.must_be(EncounterStatus.SIGNED, to=EncounterStatus.FINALISED)
        if all(s.by != call.caller.subject for s in loaded.stored.signatures):
            raise Forbidden("somebody who signed this encounter finalises it", right=SIGN)
        changed = loaded.stored.model_copy(update={"status": EncounterStatus.FINALISED})
        return _commit(
            Work(services, call), loaded, changed, "finalised", "patients.finalise_encounter"
        )

    return retrying(step)


def amend(
    services: Services, call: Call, encounter: str, body: AmendmentBody, version: int
) -> EncounterState:
    """Add a version to a note of a finalised encounter, with its reason.

    Another's note is amended only with the right to it, addenda never. Raises Forbidden, NotFound,
    Invalid, StaleVersion, Conflict, InvalidTransition, SessionExpired.
    """

    def step() -> EncounterState:
        now = services.clock()
        require_live(call.caller, now)
        loaded = open_encounter(services, call, encounter, SIGN).at(version)
        allowed = (EncounterStatus.FINALISED, EncounterStatus.AMENDED)
        loaded.must_be(*allowed, to=EncounterStatus.AMENDED)
        last = notes.last_versions(services, loaded).get(body.note)
        if last is None:
            raise NotFound("there is no such note")
        if last.number != body.note_version:
            raise StaleVersion("amend the newest version")
        _may_amend(loaded, call, last)
        if _content(last) == (body.content.text, body.content.soap):
            fault = FieldError("/content", "unchanged", "the amendment says what the note says")
            raise Invalid("nothing would change", [fault])
        stored = notes.stored_note(services, call, body.content, last.stored.loinc)
        work = Work(services, call)
        work.add(notes.put_version(services, loaded, body.note, last.number + 1, stored))
        amendment = Amendment(
            note=body.note,
            version=last.number + 1,
            reason=body.reason,
            by=call.caller.subject,
            at=now,
        )
        changed = loaded.stored.model_copy(
            update={
                "status": EncounterStatus.AMENDED,
                "amendments": (*loaded.stored.amendments, amendment),
            }
        )
        return _commit(work, loaded, changed, "amended", "patients.amend_encounter")

    return retrying(step)


def add_addendum(
    services: Services, call: Call, encounter: str, body: AddendumBody, version: int
) -> EncounterState:
    """Add a text to a signed, finalised or amended encounter; what was signed stays.

    Raises Forbidden, NotFound, StaleVersion, Conflict, InvalidTransition, SessionExpired.
    """

    def step() -> EncounterState:
        require_live(call.caller, services.clock())
        loaded = open_encounter(services, call, encounter, WRITE_RECORD).at(version)
        loaded.must_be(*_SEALED, to="given an addendum")
        if len(notes.last_versions(services, loaded)) >= notes.MOST_NOTES:
            raise Conflict(f"an encounter takes at most {notes.MOST_NOTES} notes")
        stored = notes.stored_note(services, call, NoteContent(text=body.text), ADDENDUM)
        late = stored.model_copy(update={"late": True})
        work = Work(services, call)
        work.add(notes.put_version(services, loaded, services.new_id(), 1, late))
        return _commit(work, loaded, loaded.stored, "changed", "patients.add_addendum")

    return retrying(step)


def digest(stored: StoredEncounter, written: Iterable[notes.Version]) -> str:
    """SHA-256, in hex, of the encounter and these versions of its notes, as canonical JSON."""
    said = {"kind", "started_at", "ended_at", "practitioners", "reason", "site"}
    content = {
        "encounter": stored.model_dump(mode="json", include=said),
        "notes": {v.note: [v.number, v.stored.model_dump(mode="json")] for v in written},
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _signature(
    loaded: OpenEncounter, written: list[notes.Version], body: SignatureBody, role: str
) -> Signature:
    chart = loaded.chart
    now = chart.services.clock()
    ended = loaded.stored.model_copy(update={"ended_at": loaded.stored.ended_at or now})
    caller = chart.call.caller
    return Signature(
        by=caller.subject,
        name=own_name(caller, body.name, "name"),
        at=now,
        digest=digest(ended, written),
        role=role,
    )


def _treated(work: Work, loaded: OpenEncounter) -> None:
    """Who signs what they attended has treated the patient, and sees the record from now on.

    Not by a broken glass: the next access says why again. After a booking with oneself an auditor
    is told.
    """
    chart = loaded.chart
    if chart.self_made and RelationKind.GLASS in chart.kinds:
        return
    user = work.call.caller.subject
    until = work.services.clock() + TREATED_FOR
    work.add(granted(chart.tenant, chart.patient, user, RelationKind.TREATED, until))
    if chart.self_made:
        about = f"encounter/{loaded.id}"
        report(work, Reported(chart.patient, user, AccessWay.OWN_ENCOUNTER, about))


def _refer(work: Work, loaded: OpenEncounter, cosigner: str) -> None:
    """Let the one who is asked to co-sign read the record. Raises Invalid for the author."""
    chart = loaded.chart
    if cosigner == chart.call.caller.subject:
        fault = FieldError("/cosigner", "same", "name a colleague")
        raise Invalid("nobody co-signs their own signature", [fault])
    check_clinician(chart.services, chart.tenant, cosigner, "/cosigner")
    until = chart.services.clock() + COSIGN_WITHIN
    refer(work, chart, cosigner, RelationKind.REFERRED, until)


def _commit(
    work: Work, loaded: OpenEncounter, changed: StoredEncounter, verb: str, action: str
) -> EncounterState:
    state = save(work, loaded, changed, verb)
    loaded.chart.audit(work, action, f"encounter/{loaded.id}")
    try:
        return commit(work, loaded, state)
    except ConditionFailed as failed:
        if any("NOTE#" in failure.operation.key.sk for failure in failed.failures):
            raise StaleVersion("a note was saved meanwhile; read it first") from failed
        raise


def _says_something(version: notes.Version) -> bool:
    soap = version.stored.soap
    texts = (version.stored.text, *(soap.model_dump().values() if soap else ()))
    return any(text.strip() for text in texts)


def _content(version: notes.Version) -> tuple[object, object]:
    return version.stored.text, version.stored.soap


def _must_have_attended(loaded: OpenEncounter, call: Call, written: list[notes.Version]) -> None:
    people = {p.id for p in loaded.stored.practitioners} | {v.stored.author for v in written}
    if not any(loaded.stored.is_account(call.caller.subject, who) for who in people):
        raise Forbidden("somebody who attended or wrote in this encounter signs it", right=SIGN)


def _may_amend(loaded: OpenEncounter, call: Call, last: notes.Version) -> None:
    if last.stored.loinc == ADDENDUM:
        raise Conflict("an addendum is not amended; add another")
    mine = loaded.stored.is_account(call.caller.subject, last.stored.author)
    if not mine and not allows(call.caller, AMEND_OTHERS, GRANTS):
        raise Forbidden("somebody else wrote this note", right=AMEND_OTHERS)
