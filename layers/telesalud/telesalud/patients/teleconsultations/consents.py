"""Filing what was decided about a teleconsultation among the patient's consents, once each.

A decision keeps its id: the first to file it makes the entry, a repetition finds it there. What was
accepted and withdrawn later is one entry of two versions. All decisions of a consult are read each
time, so that announcements may come twice, late, or in any order.
"""

from typing import NamedTuple

from schemas.appointments import TeleconsultationConsented
from schemas.chart import ConsentChannel, ConsentDecision, ConsentEvidence, EntryKind
from schemas.consents import ConsentRecord, ConsentRecords, Decision
from schemas.summary import TimelineEntry
from telesalud.patients.access.opening import chart_partition, members_of
from telesalud.patients.access.paging import owner_of
from telesalud.patients.chart import timeline
from telesalud.patients.chart.kinds import KINDS
from telesalud.patients.chart.stored import StoredConsent
from telesalud.patients.people import repository
from telesalud.patients.people.repository import Found
from telesalud.patients.teleconsultations.source import ImportRefused, Teleconsultations
from telesalud.platform.access import CallerKind
from telesalud.platform.consent_words import is_whole
from telesalud.platform.errors import Forbidden
from telesalud.platform.sealed import ATTRIBUTE, open_model, seal_model
from telesalud.platform.store import ABSENT, Item, Key, Put, at_version
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work, retrying

_KIND = KINDS[EntryKind.CONSENT]
_DECISIONS = {
    Decision.ACCEPTED: ConsentDecision.PERMIT,
    Decision.REFUSED: ConsentDecision.DENY,
    Decision.WITHDRAWN: ConsentDecision.WITHDRAWN,
}
_SYSTEM = "consults"
"""Who recorded what the patient's own page said."""


class _Decided(NamedTuple):
    """A decision, and the entry that it makes or changes."""

    entry: str
    record: ConsentRecord
    evidence: ConsentEvidence


def file_consents(
    services: Services, source: Teleconsultations, call: Call, fact: TeleconsultationConsented
) -> None:
    """Fetch and file every decision about a teleconsultation.

    Raises Forbidden, ImportRefused, NotFound for an unknown patient, Refused and Unavailable of
    the source.
    """
    if call.caller.kind is not CallerKind.SYSTEM:
        raise Forbidden("only our own worker files what took place elsewhere")
    tenant = call.caller.tenant
    records = source.consents(tenant, fact.consult_id)
    patient = repository.load(services, tenant, fact.patient_id)
    _check(records, fact, patient)
    file_all(services, call, patient, fact, records.items)


def _check(records: ConsentRecords, fact: TeleconsultationConsented, patient: Found) -> None:
    if (records.consult_id, records.external_reference) != (fact.consult_id, fact.appointment_id):
        raise ImportRefused("another-consult")
    if records.patient_id not in (fact.patient_id, patient.id, *patient.absorbed):
        raise ImportRefused("another-patient")


def file_all(
    services: Services,
    call: Call,
    patient: Found,
    fact: TeleconsultationConsented,
    records: tuple[ConsentRecord, ...],
) -> None:
    """File each decision that is not there yet, oldest first. Raises ImportRefused."""
    accepted: ConsentRecord | None = None
    for record in sorted(records, key=lambda one: one.number):
        if not is_whole(record.text):
            raise ImportRefused("words-differ")
        withdrawn = record.decision is Decision.WITHDRAWN
        entry = accepted.id if withdrawn and accepted else record.id
        if not withdrawn:
            accepted = record
        _file(services, call, patient, _Decided(entry, record, _evidence(record, fact)))


def _evidence(record: ConsentRecord, fact: TeleconsultationConsented) -> ConsentEvidence:
    return ConsentEvidence(
        consult=fact.consult_id,
        appointment=fact.appointment_id,
        number=record.number,
        sha256=record.text.sha256,
        language=record.text.language,
        boxes=record.boxes,
        representative=record.representative,
        recorded_by_name=record.recorded_by_name,
    )


def _file(services: Services, call: Call, patient: Found, decided: _Decided) -> None:
    tenant = call.caller.tenant

    def step() -> None:
        item = _present(services, tenant, patient, decided.entry)
        owner = owner_of(item) if item else patient.id
        scope = Scope(tenant, owner)
        before = open_model(services.vault, scope, item, StoredConsent) if item else None
        if before is not None and not _is_news(before, decided.evidence):
            return
        after = _entry(services, owner, decided, before)
        work = Work(services, call)
        _write(work, scope, after, item.version if item else 0)
        work.audit("patients.file_consent", patient.id, f"consents/{decided.entry}")
        work.commit()

    retrying(step)


def _present(services: Services, tenant: str, patient: Found, entry: str) -> Item | None:
    keys = [Key(chart_partition(tenant, one), _KIND.prefix + entry) for one in members_of(patient)]
    return next(iter(services.store.get_many(keys).values()), None)


def _is_news(before: StoredConsent, evidence: ConsentEvidence) -> bool:
    """Whether the decision is not filed yet, and nobody has said that the entry is an error."""
    known = before.evidence.number if before.evidence else 0
    return known < evidence.number and before.decision is not ConsentDecision.ERROR


def _entry(
    services: Services, owner: str, decided: _Decided, before: StoredConsent | None
) -> StoredConsent:
    record = decided.record
    fields = {
        "version": before.version + 1 if before else 1,
        "text": record.text.title,
        "recorded_by": record.recorded_by or _SYSTEM,
        "recorded_at": services.clock(),
        "form": f"{record.text.id}|{record.text.version}",
        "decision": _DECISIONS[record.decision],
        "channel": ConsentChannel(record.channel),
        "given_at": record.at,
        "given_by": record.representative.name if record.representative else None,
        "evidence": decided.evidence,
        "words": record.text,
    }
    if before is not None:
        return before.model_copy(update=fields)
    return StoredConsent.model_validate({"id": decided.entry, "patient": owner, **fields})


def _write(work: Work, scope: Scope, after: StoredConsent, version: int) -> None:
    vault, partition = work.services.vault, chart_partition(scope.tenant, scope.patient)
    key = Key(partition, _KIND.prefix + after.id)
    past = Key(partition, f"HISTORY#{_KIND.name}#{after.id}#{after.version:06d}")
    line = TimelineEntry(
        at=after.recorded_at,
        kind=_KIND.name.value,
        id=after.id,
        version=after.version,
        text=after.text,
        by=after.recorded_by,
    )
    work.add(
        Put(
            key,
            {ATTRIBUTE: seal_model(vault, scope, key, after)},
            at_version(version) if version else ABSENT,
        ),
        Put(past, {ATTRIBUTE: seal_model(vault, scope, past, after)}, ABSENT),
        timeline.note_line(work, scope, line, after.sensitivity),
    )
