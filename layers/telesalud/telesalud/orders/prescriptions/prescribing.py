"""Prescriptions: drafts, their checks, the signature, and what becomes of them."""

from datetime import timedelta

from schemas.formulary import CatalogueKind
from schemas.orders import EntryKind
from schemas.prescriptions import (
    AlertKind,
    Checks,
    NewLine,
    NewPrescription,
    PatientLabel,
    PrescriberBody,
    Prescription,
    PrescriptionBody,
    PrescriptionFact,
    PrescriptionStatus,
    Sign,
    Stop,
)
from telesalud.orders import current_state, repository
from telesalud.orders.access import Record, open_prescription, open_record, open_renewed, whole
from telesalud.orders.catalogues.releases import Formulary, pointer_key
from telesalud.orders.current_state import CurrentState
from telesalud.orders.errors import PatientDeceased
from telesalud.orders.papers import laws
from telesalud.orders.policy import DRAFT, GRANTS, PRESCRIBE, READ_PRESCRIPTIONS
from telesalud.orders.prescriptions import checks
from telesalud.orders.prescriptions.checking import checks_of, knowledge, overrides_of
from telesalud.orders.prescriptions.lines import lines_of
from telesalud.orders.qualified.asking import ask
from telesalud.orders.services import OrdersServices
from telesalud.orders.signatures import day_of, issue_code, prescriber_of
from telesalud.orders.statuses import IN_FORCE, PRESCRIPTION, move
from telesalud.orders.stored import NowPrescription, StoredEntry, StoredPrescription
from telesalud.orders.visits import check_encounter
from telesalud.platform.access import require, require_live
from telesalud.platform.errors import FieldError, Invalid, InvalidTransition
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work, retrying

_LATER_KINDS = (AlertKind.DOSE, AlertKind.AGE)
"""Kinds of alerts that the release before this one cannot read where it kept alerts."""
_VERBS = {
    PrescriptionStatus.ACTIVE: "resumed",
    PrescriptionStatus.ON_HOLD: "held",
    PrescriptionStatus.STOPPED: "stopped",
    PrescriptionStatus.COMPLETED: "completed",
    PrescriptionStatus.ENTERED_IN_ERROR: "withdrawn",
}


def draft(services: OrdersServices, call: Call, command: NewPrescription) -> Prescription:
    """Write a draft. Raises Invalid, NoCatalogue, NotFound, PatientDeceased, Unavailable."""
    record = open_record(services, call, command.patient, DRAFT)
    return _new(record, command)


def renew(
    services: OrdersServices, call: Call, which: str, encounter: str | None = None
) -> Prescription:
    """A draft with the lines of a signed prescription that were not stopped.

    It belongs to the encounter in which it is renewed, not to that of the old one, which signing it
    completes. Raises NotFound, InvalidTransition for a draft or an error,
    Invalid when a product has left the formulary, and what `draft` raises.
    """
    opened = open_prescription(services, call, which, DRAFT)
    old = opened.thing
    if old.status in (PrescriptionStatus.DRAFT, PrescriptionStatus.ENTERED_IN_ERROR):
        raise InvalidTransition(old.status.value, "renewed")
    lines = tuple(line for line in old.lines if line.stopped_at is None) or old.lines
    body = PrescriptionBody(
        encounter=encounter,
        lines=tuple(
            NewLine(**{name: getattr(line, name) for name in NewLine.model_fields})
            for line in lines
        ),
        reported_allergies=old.reported_allergies,
        valid_days=old.valid_days,
    )
    return _new(opened.record, body, renews=old.id)


def edit(
    services: OrdersServices,
    call: Call,
    which: str,
    body: PrescriptionBody,
    version: int,
) -> Prescription:
    """Replace what a draft says. Raises NotFound, StaleVersion, InvalidTransition, Invalid."""
    opened = open_prescription(services, call, which, DRAFT)
    found = opened.thing
    repository.current(found.version, version)
    if found.status is not PrescriptionStatus.DRAFT:
        raise InvalidTransition(found.status.value, "edited")
    check_encounter(opened.record, body.encounter, found.encounter)
    pointer = pointer_key(call.caller.tenant, CatalogueKind.FORMULARY)
    formulary = services.catalogues.formulary(call.caller.tenant, services.store.get(pointer))
    refuse_unprintable(("/lines", body.lines))
    changed = found.model_copy(
        update={
            "encounter": body.encounter,
            "lines": lines_of(body.lines, formulary),
            "reported_allergies": body.reported_allergies,
            "valid_days": body.valid_days,
            "weight_kg": body.weight_kg,
        }
    )
    work = Work(services, call)
    answer = _keep(work, changed, "edit_prescription")
    work.commit(answer, answer.version)
    return answer


def read(services: OrdersServices, call: Call, which: str) -> Prescription:
    """A prescription; audited. Raises NotFound."""
    found = open_prescription(services, call, which, READ_PRESCRIPTIONS).thing
    work = Work(services, call)
    work.audit("orders.read_prescription", found.patient, f"prescription/{found.id}")
    work.commit()
    return found.view(found.version)


def check(services: OrdersServices, call: Call, which: str, language: str | None) -> Checks:
    """What signing this now would meet; audited. Raises NotFound, NoCatalogue, Unavailable."""
    opened = open_prescription(services, call, which, READ_PRESCRIPTIONS)
    found, now = opened.thing, current_state.load(whole(opened.record))
    known = knowledge(services, call, language or found.patient_label.language)
    answer = checks_of(found, now, known, services.clock().date())
    work = Work(services, call)
    work.audit("orders.check_prescription", found.patient, f"prescription/{found.id}")
    work.commit()
    return answer


def check_unsaved(
    services: OrdersServices, call: Call, body: NewPrescription, language: str | None
) -> Checks:
    """What signing these lines would meet, before they are a draft; audited.

    Raises Invalid, NoCatalogue, NotFound, PatientDeceased, Unavailable.
    """
    record = open_record(services, call, body.patient, DRAFT)
    label = services.people.label(record.patient)
    known = knowledge(services, call, language or label.language)
    found = _draft_of(record, body, label, known.formulary)
    now = current_state.load(record)
    answer = checks_of(found, now, known, services.clock().date())
    work = Work(services, call)
    work.audit("orders.check_prescription", record.patient, f"patient/{record.patient}")
    work.commit()
    return answer


def sign(
    services: OrdersServices, call: Call, which: str, command: Sign, version: int
) -> Prescription:
    """Put a draft into force.

    The alerts are those of the moment of signing: whatever is recorded about the patient while
    this runs makes it look again. Raises SessionExpired, NotRegistered, StaleVersion,
    InvalidTransition, PatientDeceased, BlockingAlerts, Invalid for an override of nothing.
    """
    require(call.caller, PRESCRIBE, GRANTS)
    mine = repository.prescriber_key(call.caller.tenant, call.caller.subject)

    def step() -> Prescription:
        require_live(call.caller, services.clock())
        opened = open_prescription(services, call, which, PRESCRIBE)
        found, record = opened.thing, opened.record
        repository.current(found.version, version)
        status = move(PRESCRIPTION, found.status, PrescriptionStatus.ACTIVE)
        now = current_state.load(record)
        if record.admission.deceased or now.deceased_on is not None:
            raise PatientDeceased
        signer = prescriber_of(services, record.tenant, services.store.get(mine))
        known = knowledge(services, call, found.patient_label.language)
        checked = checks_of(found, now, known, services.clock().date())
        work = Work(services, call)
        signed = found.model_copy(
            update={
                "status": status,
                "alerts": tuple(a for a in checked.alerts if a.kind not in _LATER_KINDS),
                "more_alerts": tuple(a for a in checked.alerts if a.kind in _LATER_KINDS),
                "unchecked": checked.unchecked,
                "checked_with": checked.checked_with,
                "overrides": overrides_of(work, checked.alerts, command.overrides),
                **_signature(work, found, signer),
            }
        )
        for member, seen in now.seen.items():
            if member == found.patient:
                repository.count_change(work, member, seen)
            else:
                repository.unchanged(work, member, seen)
        _complete_renewed(work, record, found.renews, now)
        answer = _keep(work, signed, "sign_prescription", "signed")
        ask(services, work, EntryKind.PRESCRIPTION, found.id, found.patient)
        work.commit(answer, answer.version)
        return answer

    return retrying(step)


def stop(
    services: OrdersServices, call: Call, which: str, command: Stop, version: int
) -> Prescription:
    """End a prescription, or some of its lines; with the last line it is stopped as a whole.

    Raises NotFound, StaleVersion, InvalidTransition, Invalid for a line that is not there.
    """
    found = open_prescription(services, call, which, PRESCRIBE).thing
    repository.current(found.version, version)
    move(PRESCRIPTION, found.status, PrescriptionStatus.STOPPED)
    running = {line.number for line in found.lines if line.stopped_at is None}
    wanted = set(command.lines) or running
    if not wanted <= running:
        fault = FieldError("/lines", "line", "name lines that are not stopped yet")
        raise Invalid("a line cannot be stopped", [fault])
    at = services.clock()
    ended = {"stopped_at": at, "stop_reason": command.reason}
    lines = tuple(
        line.model_copy(update=ended) if line.number in wanted else line for line in found.lines
    )
    changed = found.model_copy(update={"lines": lines, "status_at": at})
    if wanted == running:
        update = {"status": PrescriptionStatus.STOPPED, "status_reason": command.reason}
        changed = changed.model_copy(update=update)
    work = Work(services, call)
    repository.count_change(work, found.patient)
    answer = _keep(work, changed, "stop_prescription", "stopped")
    work.commit(answer, answer.version)
    return answer


def change_status(
    services: OrdersServices,
    call: Call,
    which: str,
    wanted: PrescriptionStatus,
    *,
    reason: str,
    version: int,
) -> Prescription:
    """Hold, resume, complete or withdraw. Drafts are withdrawn by whoever may draft.

    Raises NotFound, StaleVersion, InvalidTransition.
    """
    found = open_prescription(services, call, which, DRAFT).thing
    if found.status is not PrescriptionStatus.DRAFT:
        require(call.caller, PRESCRIBE, GRANTS)
    repository.current(found.version, version)
    if found.status is PrescriptionStatus.DRAFT and wanted is PrescriptionStatus.ACTIVE:
        raise InvalidTransition(found.status.value, "resumed")
    status = move(PRESCRIPTION, found.status, wanted)
    update = {"status": status, "status_reason": reason, "status_at": services.clock()}
    work = Work(services, call)
    repository.count_change(work, found.patient)
    verb = _VERBS[status]
    answer = _keep(work, found.model_copy(update=update), f"{verb}_prescription", verb)
    work.commit(answer, answer.version)
    return answer


def _new(record: Record, body: PrescriptionBody, *, renews: str | None = None) -> Prescription:
    services, call = record.services, record.call
    tenant, patient = record.tenant, record.patient
    check_encounter(record, body.encounter)
    label, place = services.people.label(patient), services.people.jurisdiction()
    pointer = pointer_key(tenant, CatalogueKind.FORMULARY)
    state = repository.state_key(tenant, patient)
    found = services.fetch([pointer, state], Scope(tenant, patient))
    if current_state.deceased(record, found.get(state)):
        raise PatientDeceased
    formulary = services.catalogues.formulary(tenant, found.get(pointer))
    refuse_unprintable(("/patient", label), ("/lines", body.lines))
    made = _draft_of(record, body, label, formulary).model_copy(
        update={"renews": renews, "country": place.country, "zone": place.zone}
    )
    work = Work(services, call)
    answer = _keep(work, made, "draft_prescription")
    work.commit(answer, answer.version)
    return answer


def _draft_of(
    record: Record, body: PrescriptionBody, label: PatientLabel, formulary: Formulary
) -> StoredPrescription:
    """The body as a draft that is not kept yet. Raises Invalid."""
    now = record.services.clock()
    return StoredPrescription(
        id=record.services.new_id(),
        patient=record.patient,
        status=PrescriptionStatus.DRAFT,
        encounter=body.encounter,
        lines=lines_of(body.lines, formulary),
        reported_allergies=body.reported_allergies,
        valid_days=body.valid_days,
        weight_kg=body.weight_kg,
        patient_label=label,
        created_at=now,
        created_by=record.call.caller.subject,
        status_at=now,
    )


def _signature(work: Work, found: StoredPrescription, signer: PrescriberBody) -> dict[str, object]:
    at = work.services.clock()
    refuse_unprintable(
        ("/patient", found.patient_label), ("/lines", found.lines), ("/prescriber", signer)
    )
    zone = signer.zone or found.zone
    days = min(found.valid_days, laws.most_days(found.country, found.lines))
    return {
        "prescriber": signer,
        "signed_at": at,
        "signed_by": work.call.caller.subject,
        "status_at": at,
        "zone": zone,
        "valid_until": day_of(at, zone) + timedelta(days=days),
        "verification_code": issue_code(work, EntryKind.PRESCRIPTION, found.id, found.patient),
    }


def _complete_renewed(work: Work, record: Record, renewed: str | None, now: CurrentState) -> None:
    """The prescription that a renewal takes the place of is complete, if it was in force."""
    if renewed is None or renewed not in {p.entry.id for p in now.prescriptions}:
        return
    old = open_renewed(record, renewed)
    update = {"status": PrescriptionStatus.COMPLETED, "status_at": work.services.clock()}
    _keep(work, old.model_copy(update=update), "complete_prescription", "completed")


def _keep(work: Work, changed: StoredPrescription, action: str, verb: str = "") -> Prescription:
    """Write the prescription, its line of the list and whether it is in force; announce `verb`."""
    title = "; ".join(f"{line.product.name} {line.product.strength}" for line in changed.lines)
    entry = StoredEntry(
        kind=EntryKind.PRESCRIPTION,
        id=changed.id,
        status=changed.status.value,
        title=title[:200],
        at=changed.created_at,
        encounter=changed.encounter,
    )
    repository.keep(work, entry, changed.patient, changed, changed.version)
    codes = {line.number: checks.codes_of(line) for line in changed.lines if not line.stopped_at}
    in_use = NowPrescription(
        entry=entry,
        codes=codes,
        lines=changed.lines,
        signed_at=changed.signed_at,
        prescriber=changed.prescriber.name if changed.prescriber else "",
    )
    now = in_use if changed.status in IN_FORCE else None
    if now is not None or verb:
        repository.keep_now(work, changed.patient, current_state.PRESCRIPTION, changed.id, now)
    after = changed.view(changed.version + 1)
    if verb:
        fact = PrescriptionFact(
            prescription_id=changed.id, patient_id=changed.patient, status=changed.status
        )
        data = fact.model_dump(mode="json")
        work.event(f"orders.prescription_{verb}", changed.id, after.version, data)
    work.audit(f"orders.{action}", changed.patient, f"prescription/{changed.id}")
    return after
