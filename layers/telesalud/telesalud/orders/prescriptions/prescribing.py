"""Prescriptions: drafts, their checks, the signature, and what becomes of them."""

from collections.abc import Sequence
from datetime import timedelta

from schemas.formulary import CatalogueKind
from schemas.orders import EntryKind
from schemas.prescriptions import (
    Alert,
    Checks,
    KeptOverride,
    NewLine,
    NewPrescription,
    Override,
    PrescriberBody,
    Prescription,
    PrescriptionBody,
    PrescriptionFact,
    PrescriptionLine,
    PrescriptionStatus,
    Sign,
    Stop,
)
from telesalud.orders import current_state, repository
from telesalud.orders.access import Record, open_prescription, open_record, open_renewed
from telesalud.orders.catalogues.releases import Formulary, pointer_key
from telesalud.orders.current_state import Allergy, CurrentState
from telesalud.orders.errors import BlockingAlerts, PatientDeceased
from telesalud.orders.papers import laws
from telesalud.orders.policy import DRAFT, GRANTS, PRESCRIBE, READ_PRESCRIPTIONS
from telesalud.orders.prescriptions import checks
from telesalud.orders.services import OrdersServices
from telesalud.orders.signatures import day_of, issue_code, prescriber_of
from telesalud.orders.statuses import IN_FORCE, PRESCRIPTION, move
from telesalud.orders.stored import NowPrescription, StoredEntry, StoredPrescription
from telesalud.platform.access import require, require_live
from telesalud.platform.errors import FieldError, Invalid, InvalidTransition
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work, retrying

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


def renew(services: OrdersServices, call: Call, which: str) -> Prescription:
    """A draft with the lines of a signed prescription that were not stopped.

    Signing it completes the old one. Raises NotFound, InvalidTransition for a draft or an error,
    Invalid when a product has left the formulary, and what `draft` raises.
    """
    opened = open_prescription(services, call, which, DRAFT)
    old = opened.thing
    if old.status in (PrescriptionStatus.DRAFT, PrescriptionStatus.ENTERED_IN_ERROR):
        raise InvalidTransition(old.status.value, "renewed")
    lines = tuple(line for line in old.lines if line.stopped_at is None) or old.lines
    body = PrescriptionBody(
        encounter=old.encounter,
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
    found = open_prescription(services, call, which, DRAFT).thing
    repository.current(found.version, version)
    if found.status is not PrescriptionStatus.DRAFT:
        raise InvalidTransition(found.status.value, "edited")
    pointer = pointer_key(call.caller.tenant, CatalogueKind.FORMULARY)
    formulary = services.catalogues.formulary(call.caller.tenant, services.store.get(pointer))
    refuse_unprintable(("/lines", body.lines))
    changed = found.model_copy(
        update={
            "encounter": body.encounter,
            "lines": _lines(body.lines, formulary),
            "reported_allergies": body.reported_allergies,
            "valid_days": body.valid_days,
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
    """What signing this now would meet; audited. Raises NotFound, NoCatalogue."""
    opened = open_prescription(services, call, which, READ_PRESCRIPTIONS)
    found, now = opened.thing, current_state.load(opened.record)
    alerts = _alerts(services, call, found, now, language or found.patient_label.language)
    work = Work(services, call)
    work.audit("orders.check_prescription", found.patient, f"prescription/{found.id}")
    work.commit()
    return Checks(alerts=alerts)


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
        alerts = _alerts(services, call, found, now, found.patient_label.language)
        work = Work(services, call)
        signed = found.model_copy(
            update={
                "status": status,
                "alerts": alerts,
                "overrides": _overrides(work, alerts, command.overrides),
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
    label, place = services.people.label(patient), services.people.jurisdiction()
    pointer = pointer_key(tenant, CatalogueKind.FORMULARY)
    state = repository.state_key(tenant, patient)
    found = services.fetch([pointer, state], Scope(tenant, patient))
    if current_state.deceased(record, found.get(state)):
        raise PatientDeceased
    formulary = services.catalogues.formulary(tenant, found.get(pointer))
    refuse_unprintable(("/patient", label), ("/lines", body.lines))
    now = services.clock()
    made = StoredPrescription(
        id=services.new_id(),
        patient=patient,
        status=PrescriptionStatus.DRAFT,
        encounter=body.encounter,
        lines=_lines(body.lines, formulary),
        reported_allergies=body.reported_allergies,
        valid_days=body.valid_days,
        patient_label=label,
        created_at=now,
        created_by=call.caller.subject,
        status_at=now,
        renews=renews,
        country=place.country,
        zone=place.zone,
    )
    work = Work(services, call)
    answer = _keep(work, made, "draft_prescription")
    work.commit(answer, answer.version)
    return answer


def _lines(given: Sequence[NewLine], formulary: Formulary) -> tuple[PrescriptionLine, ...]:
    """The lines with their products. Raises Invalid."""
    lines, faults = list[PrescriptionLine](), list[FieldError]()
    for place, line in enumerate(given):
        product = formulary.items.get(line.item)
        if product is None:
            where = f"/lines/{place}/item"
            faults.append(FieldError(where, "unknown", "the formulary has no such product"))
        elif line.route not in product.routes:
            allowed = ", ".join(route.value for route in product.routes)
            where = f"/lines/{place}/route"
            faults.append(FieldError(where, "route", f"this product is given by: {allowed}"))
        else:
            fields = {name: getattr(line, name) for name in NewLine.model_fields}
            lines.append(PrescriptionLine(number=place + 1, product=product, **fields))
    if faults:
        raise Invalid("the prescription cannot be written like this", faults)
    return tuple(lines)


def _alerts(
    services: OrdersServices,
    call: Call,
    found: StoredPrescription,
    now: CurrentState,
    language: str,
) -> tuple[Alert, ...]:
    tenant = call.caller.tenant
    keys = [
        pointer_key(tenant, kind) for kind in (CatalogueKind.FORMULARY, CatalogueKind.INTERACTIONS)
    ]
    pointers = services.store.get_many(keys)
    knowledge = checks.Knowledge(
        services.catalogues.formulary(tenant, pointers.get(keys[0])),
        services.catalogues.interactions(tenant, pointers.get(keys[1])),
        language,
    )
    reported = [Allergy("reported", (code,)) for code in found.reported_allergies]
    taken = [t for t in now.taken(without=found.renews or "") if t.source != _source(found)]
    return checks.check(found.lines, [*now.allergies, *reported], taken, knowledge)


def _source(found: StoredPrescription) -> str:
    return f"prescription/{found.id}"


def _overrides(
    work: Work, alerts: Sequence[Alert], given: Sequence[Override]
) -> tuple[KeptOverride, ...]:
    """The overrides with their alerts. Raises BlockingAlerts, Invalid."""
    known = {alert.id: alert for alert in alerts}
    reasons = {override.alert: override.reason for override in given}
    if unknown := [n for n, override in enumerate(given) if override.alert not in known]:
        faults = [FieldError(f"/overrides/{n}/alert", "unknown", "no such alert") for n in unknown]
        raise Invalid("an override names an alert that is not there", faults)
    if missing := [alert.id for alert in checks.blocking(alerts) if alert.id not in reasons]:
        raise BlockingAlerts(missing)
    by, at = work.call.caller.subject, work.services.clock()
    return tuple(
        KeptOverride(alert=known[which], reason=reason, by=by, at=at)
        for which, reason in reasons.items()
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
    )
    repository.keep(work, entry, changed.patient, changed, changed.version)
    in_force = changed.status in IN_FORCE
    codes = {line.number: checks.codes_of(line) for line in changed.lines if not line.stopped_at}
    now = NowPrescription(entry=entry, codes=codes) if in_force else None
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
