"""Letting somebody in: referral, team, break-glass; and who is in."""

from datetime import datetime, timedelta

from schemas.care import (
    AccessWay,
    Admission,
    BreakGlassBody,
    GlassBroken,
    Members,
    Relation,
    RelationBody,
    RelationGranted,
    RelationKind,
    RelationList,
)
from telesalud.patients.access.opening import Chart, open_chart
from telesalud.patients.access.stored import GlassReason
from telesalud.patients.people import repository
from telesalud.patients.people.relations import (
    GLASS_FOR,
    granted,
    relation_key,
    relations_in,
)
from telesalud.patients.policy import ASSIGN, BREAK_GLASS, GRANTS, READ, READ_TRAIL
from telesalud.patients.reviews.reports import Reported, report
from telesalud.platform.access import CallerKind, Role, require, require_person
from telesalud.platform.errors import FieldError, Forbidden, Invalid
from telesalud.platform.sealed import ATTRIBUTE, seal_model
from telesalud.platform.standing import known
from telesalud.platform.store import ABSENT, Key, Put, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

_DESKS = frozenset({Role.ADMINISTRATOR, Role.FRONT_DESK})
_CLINICIANS = frozenset({Role.PHYSICIAN, Role.NURSE})
_TEAM_AT_MOST = timedelta(days=7)
"""How long who is not in the record may let a colleague in: the care of one episode."""
_UNREPORTED = timedelta(days=1)
"""The team of the day, as the desk checks patients in."""


def admission(services: Services, call: Call, patient: str) -> Admission:
    """The caller's relations with the patient, for contexts that keep other parts of the record.

    Tells ids and nothing of the record, so only a denial is audited: what follows is, where it
    happens. Raises Forbidden, NotFound, Gone.
    """
    chart = open_chart(services, call, patient, READ)
    return Admission(
        patient=chart.patient,
        members=chart.members,
        relations=tuple(sorted(chart.kinds)),
        deceased=chart.found.stored.body.deceased_on is not None,
    )


def members(services: Services, call: Call, patient: str) -> Members:
    """The ids under which a patient is kept, for who works on what was ordered: the pharmacy
    compares a prescription with the allergies of every registration, and has no care relation.

    Tells ids and nothing of the record. Raises Forbidden, NotFound, Gone.
    """
    chart = open_chart(services, call, patient, READ, relation=False)
    return Members(patient=chart.patient, members=chart.members)


def grant(services: Services, call: Call, patient: str, body: RelationBody) -> Relation:
    """Refer the patient to a clinician, or add them to the team.

    A clinician does this for their own patients; who is not in the record themselves (the desk, an
    administrator, a partner) adds to the team only, for a week at most, which opens nothing
    sensitive. An auditor is told when that is for longer than a day, and of what somebody hands on
    who let themselves in, which ends when their own access does. Raises Forbidden, NotFound,
    Invalid for relations that nobody grants and for who is no clinician.
    """
    desk = call.caller.kind is not CallerKind.USER or bool(call.caller.roles & _DESKS)
    chart = open_chart(services, call, patient, ASSIGN, relation=not desk)
    if body.kind not in (RelationKind.REFERRED, RelationKind.TEAM):
        detail = "referred and team are granted, other relations come about by care"
        raise Invalid(detail, [FieldError("/kind", "not-granted", detail)])
    if body.user == call.caller.subject:
        raise Forbidden("nobody lets themselves in; in an emergency break the glass", right=ASSIGN)
    if not chart.kinds and body.kind is RelationKind.REFERRED:
        raise Forbidden("a clinician of the patient's refers them; add to the team", right=ASSIGN)
    check_clinician(services, chart.tenant, body.user, "/user")
    now = services.clock()
    until = now + timedelta(days=body.days)
    work = Work(services, call)
    if not chart.kinds:
        until = min(until, now + _TEAM_AT_MOST)
        if until > now + _UNREPORTED:
            report(work, Reported(chart.patient, body.user, AccessWay.GRANTED, "relation"))
    elif chart.self_made:
        until = min(until, _own_until(chart, now))
        report(work, Reported(chart.patient, body.user, AccessWay.HANDED_ON, "relation"))
    refer(work, chart, body.user, body.kind, until)
    answer = Relation(user=body.user, kind=body.kind, until=until)
    work.commit(answer)
    return answer


def check_clinician(services: Services, tenant: str, user: str, pointer: str) -> None:
    """Raise Invalid unless the user has an open account and treats people."""
    who = known(services.store, tenant, user)
    if who is None or not who.active or not who.roles & _CLINICIANS:
        fault = FieldError(pointer, "no-clinician", "name a physician or nurse with an account")
        raise Invalid("a record is opened to clinicians of the institution", [fault])


def _own_until(chart: Chart, now: datetime) -> datetime:
    """When the caller's own access ends."""
    keys = (relation_key(chart.tenant, m, chart.call.caller.subject) for m in chart.members)
    held = [held.until for key in keys for held in relations_in(chart.items.get(key), now)]
    return max(held, default=now)


def refer(work: Work, chart: Chart, user: str, kind: RelationKind, until: datetime) -> None:
    """Collect the writes that let a user in until then, with their event and audit entry."""
    before = work.services.store.get(relation_key(chart.tenant, chart.patient, user))
    work.add(granted(chart.tenant, chart.patient, user, kind, until, before=before))
    fact = RelationGranted(patient_id=chart.patient, user_id=user, kind=kind, until=until)
    work.event("patients.relation_granted", chart.patient, 1, fact.model_dump(mode="json"))
    chart.audit(work, "patients.grant_relation", f"user/{user}")


def break_glass(services: Services, call: Call, patient: str, body: BreakGlassBody) -> Relation:
    """Let the caller in for four hours, tell the auditor, keep the reason. Raises NotFound."""
    require_person(call.caller)
    chart = open_chart(services, call, patient, BREAK_GLASS, relation=False)
    now, user = services.clock(), call.caller.subject
    until = now + GLASS_FOR
    work = Work(services, call)
    key = Key(f"CARE#{chart.tenant}#{chart.patient}", f"GLASS#{services.new_id()}")
    why = GlassReason(text=body.reason, user=user)
    sealed = seal_model(services.vault, Scope(chart.tenant, chart.patient), key, why)
    work.add(
        granted(chart.tenant, chart.patient, user, RelationKind.GLASS, until),
        Put(key, {ATTRIBUTE: sealed}, when=ABSENT),
    )
    report(work, Reported(chart.patient, user, AccessWay.BREAK_GLASS, "break-glass"))
    fact = GlassBroken(patient_id=chart.patient, user_id=user, until=until)
    work.event("patients.glass_broken", chart.patient, 1, fact.model_dump(mode="json"))
    work.audit(
        "patients.break_glass", chart.patient, f"patient/{chart.patient}", reason="emergency"
    )
    answer = Relation(user=user, kind=RelationKind.GLASS, until=until)
    work.commit(answer)
    return answer


def relations(services: Services, call: Call, patient: str) -> RelationList:
    """Who may see the record at present, for the auditor; audited. Raises NotFound."""
    require(call.caller, READ_TRAIL, GRANTS)
    tenant = call.caller.tenant
    found = repository.load(services, tenant, patient)
    now = services.clock()
    items: list[Relation] = []
    for member in (found.id, *found.absorbed):
        for item in every(services.store, f"CARE#{tenant}#{member}", "USER#", page_size=1000):
            items += relations_in(item, now)
    work = Work(services, call)
    work.audit("patients.list_relations", found.id, f"patient/{found.id}")
    work.commit()
    return RelationList(items=tuple(items))
