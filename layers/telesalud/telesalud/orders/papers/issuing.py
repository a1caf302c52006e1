"""Referrals and certificates: signed as they are issued, and only ever withdrawn."""

from datetime import date, timedelta
from typing import TypeVar

from schemas.common import Contract
from schemas.orders import EntryKind
from schemas.papers import (
    CertificateBody,
    NewCertificate,
    NewReferral,
    Paper,
    PaperFact,
    PaperKind,
    PaperStatus,
    ReferralBody,
)
from telesalud.orders import current_state, repository
from telesalud.orders.access import open_paper, open_record
from telesalud.orders.errors import PatientDeceased
from telesalud.orders.policy import GRANTS, PRESCRIBE, READ_CHART
from telesalud.orders.qualified.asking import ask
from telesalud.orders.services import OrdersServices
from telesalud.orders.signatures import day_of, issue_code, prescriber_of
from telesalud.orders.statuses import PAPER, move
from telesalud.orders.stored import StoredEntry, StoredPaper
from telesalud.orders.visits import check_encounter
from telesalud.platform.access import require, require_live
from telesalud.platform.errors import FieldError, Invalid
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Work, retrying

B = TypeVar("B", ReferralBody, CertificateBody)

MOST_BACK = timedelta(days=30)
"""How far back a certificate may begin."""
MOST_DAYS = 365


def issue(services: OrdersServices, call: Call, command: NewReferral | NewCertificate) -> Paper:
    """Sign and issue a paper; a death that is recorded while this runs makes it look again.

    Raises SessionExpired, NotRegistered, NotFound, Forbidden, PatientDeceased, Invalid,
    Unavailable.
    """
    return retrying(lambda: _issue(services, call, command))


def _issue(services: OrdersServices, call: Call, command: NewReferral | NewCertificate) -> Paper:
    require(call.caller, PRESCRIBE, GRANTS)
    now = services.clock()
    require_live(call.caller, now)
    record = open_record(services, call, command.patient, PRESCRIBE)
    tenant, patient = record.tenant, record.patient
    check_encounter(record, command.encounter)
    label, place = services.people.label(patient), services.people.jurisdiction()
    state = repository.state_key(tenant, patient)
    mine = repository.prescriber_key(tenant, call.caller.subject)
    found = services.fetch([state, mine], Scope(tenant, patient))
    if current_state.deceased(record, found.get(state)):
        raise PatientDeceased
    signer = prescriber_of(services, tenant, found.get(mine))
    zone = signer.zone or place.zone
    if isinstance(command, NewCertificate):
        _check_period(command, day_of(now, zone))
    refuse_unprintable(("", command), ("/patient", label), ("/prescriber", signer))
    which, work = services.new_id(), Work(services, call)
    kind = PaperKind.REFERRAL if isinstance(command, NewReferral) else PaperKind.CERTIFICATE
    paper = StoredPaper(
        id=which,
        patient=patient,
        kind=kind,
        status=PaperStatus.ACTIVE,
        referral=_body(command, ReferralBody) if isinstance(command, NewReferral) else None,
        certificate=_body(command, CertificateBody)
        if isinstance(command, NewCertificate)
        else None,
        patient_label=label,
        prescriber=signer,
        signed_at=now,
        signed_by=call.caller.subject,
        zone=zone,
        verification_code=issue_code(work, EntryKind(kind.value), which, patient),
    )
    repository.unchanged(work, patient, found[state].version if state in found else 0)
    answer = _keep(work, paper, "issue", "issued")
    ask(services, work, EntryKind(kind.value), which, patient)
    work.commit(answer, answer.version)
    return answer


def read(services: OrdersServices, call: Call, kind: PaperKind, which: str) -> Paper:
    """A paper; audited. Raises NotFound."""
    found = open_paper(services, call, kind, which, READ_CHART).thing
    work = Work(services, call)
    work.audit(f"orders.read_{kind.value}", found.patient, f"{kind.value}/{found.id}")
    work.commit()
    return found.view(found.version)


def withdraw(
    services: OrdersServices, call: Call, kind: PaperKind, which: str, *, reason: str, version: int
) -> Paper:
    """It was entered in error: its code says so from now on.

    Raises NotFound, StaleVersion, InvalidTransition.
    """
    found = open_paper(services, call, kind, which, PRESCRIBE).thing
    repository.current(found.version, version)
    status = move(PAPER, found.status, PaperStatus.ENTERED_IN_ERROR)
    work = Work(services, call)
    changed = found.model_copy(update={"status": status, "status_reason": reason})
    answer = _keep(work, changed, "withdraw", "withdrawn")
    work.commit(answer, answer.version)
    return answer


def _body(command: Contract, kind: type[B]) -> B:
    return kind(**{name: getattr(command, name) for name in kind.model_fields})


def _check_period(command: NewCertificate, today: date) -> None:
    """Raise Invalid for a period that nobody can certify; `today` is the site's."""
    if not today - MOST_BACK <= command.begin <= today + timedelta(days=MOST_DAYS):
        detail = f"at most {MOST_BACK.days} days back and {MOST_DAYS} ahead"
        raise Invalid("the period cannot be certified", [FieldError("/begin", "period", detail)])
    if (command.end - command.begin).days >= MOST_DAYS:
        fault = FieldError("/end", "period", f"at most {MOST_DAYS} days")
        raise Invalid("the period cannot be certified", [fault])


def _keep(work: Work, paper: StoredPaper, action: str, verb: str) -> Paper:
    title = ""
    if paper.referral is not None:
        title = paper.referral.to_service
    elif paper.certificate is not None:
        title = f"{paper.certificate.begin} / {paper.certificate.end}"
    entry = StoredEntry(
        kind=EntryKind(paper.kind.value),
        id=paper.id,
        status=paper.status.value,
        title=title,
        at=paper.signed_at,
        encounter=paper.encounter,
    )
    repository.keep(work, entry, paper.patient, paper, paper.version)
    after = paper.view(paper.version + 1)
    fact = PaperFact(
        paper_id=paper.id, patient_id=paper.patient, kind=paper.kind, status=paper.status
    )
    name = paper.kind.value
    work.event(f"orders.{name}_{verb}", paper.id, after.version, fact.model_dump(mode="json"))
    work.audit(f"orders.{action}_{name}", paper.patient, f"{name}/{paper.id}")
    return after
