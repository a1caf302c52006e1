"""Letting somebody in: referral, team, break-glass; and who is in."""

from datetime import datetime, timedelta

from schemas.care import (
    Admission,
    BreakGlassBody,
    GlassBroken,
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
    relations_in,
)
from telesalud.patients.policy import ASSIGN, BREAK_GLASS, GRANTS, READ, READ_TRAIL
from telesalud.platform.access import CallerKind, Role, require
from telesalud.platform.errors import FieldError, Forbidden, Invalid
from telesalud.platform.sealed import ATTRIBUTE, seal_model
from telesalud.platform.store import ABSENT, Key, Put, every
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work

_DESKS = frozenset({Role.ADMINISTRATOR, Role.FRONT_DESK})


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


def grant(services: Services, call: Call, patient: str, body: RelationBody) -> Relation:
    """Refer the patient to a user, or add the user to the team.

    A clinician does this for their own patients, the desk for all. Raises Forbidden, NotFound,
    Invalid for relations that nobody grants.
    """
    desk = call.caller.kind is not CallerKind.USER or bool(call.caller.roles & _DESKS)
    chart = open_chart(services, call, patient, ASSIGN, relation=not desk)
    if body.kind not in (RelationKind.REFERRED, RelationKind.TEAM):
        detail = "referred and team are granted, other relations come about by care"
        raise Invalid(detail, [FieldError("/kind", "not-granted", detail)])
    if body.user == call.caller.subject:
        raise Forbidden("nobody lets themselves in; in an emergency break the glass", right=ASSIGN)
    until = services.clock() + timedelta(days=body.days)
    work = Work(services, call)
    refer(work, chart, body.user, body.kind, until)
    answer = Relation(user=body.user, kind=body.kind, until=until)
    work.commit(answer)
    return answer


def refer(work: Work, chart: Chart, user: str, kind: RelationKind, until: datetime) -> None:
    """Collect the writes that let a user in until then, with their event and audit entry."""
    work.add(granted(chart.tenant, chart.patient, user, kind, until))
    fact = RelationGranted(patient_id=chart.patient, user_id=user, kind=kind, until=until)
    work.event("patients.relation_granted", chart.patient, 1, fact.model_dump(mode="json"))
    chart.audit(work, "patients.grant_relation", f"user/{user}")


def break_glass(services: Services, call: Call, patient: str, body: BreakGlassBody) -> Relation:
    """Let the caller in for four hours, tell the auditor, keep the reason. Raises NotFound."""
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
