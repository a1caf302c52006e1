"""What the agenda tells of who receives patients, and of accounts that become practitioners."""

from datetime import datetime, timedelta
from typing import Final

from schemas.agendas import PractitionerMapped
from schemas.appointments import PatientReceived
from schemas.care import AccessWay, RelationGranted, RelationKind
from telesalud.patients.people import repository
from telesalud.patients.people.relations import granted, relation_key, relations_in
from telesalud.patients.reviews.reports import Reported, is_known, report
from telesalud.platform.access import Caller, Role
from telesalud.platform.errors import NotFound
from telesalud.platform.standing import known
from telesalud.platform.work import Call, Services, Work

_FOR: Final = timedelta(days=1)
_AROUND: Final = timedelta(hours=12)
"""How far from its time an appointment is received: the day."""


def follow_reception(services: Services, tenant: str, fact: PatientReceived, at: datetime) -> None:
    """Let the nurse who received a patient in for a day: they measure, and write it down.

    Only around the appointment's time. It opens nothing sensitive; an auditor is told when the
    nurse had made the appointment, too. May be repeated, in any order.
    """
    who = known(services.store, tenant, fact.user_id)
    if who is None or not who.active or Role.NURSE not in who.roles:
        return
    if abs(fact.start - at) > _AROUND:
        return
    try:
        patient = repository.load(services, tenant, fact.patient_id).id
    except NotFound:
        return  # the agenda knew the patient; there is no record here to be let into
    until = at + _FOR
    before = services.store.get(relation_key(tenant, patient, fact.user_id))
    held = [one.until for one in relations_in(before, at) if one.kind is RelationKind.TEAM]
    if held and max(held) >= until:
        return
    team = RelationKind.TEAM
    work = Work(services, Call(Caller.system(tenant, "agenda"), fact.appointment_id))
    work.add(granted(tenant, patient, fact.user_id, team, until, before=before))
    told = RelationGranted(patient_id=patient, user_id=fact.user_id, kind=team, until=until)
    work.event("patients.relation_granted", patient, 1, told.model_dump(mode="json"))
    work.audit("patients.grant_relation", patient, f"user/{fact.user_id}", reason="reception")
    if fact.booked_by == fact.user_id:
        about = f"appointment/{fact.appointment_id}"
        report(work, Reported(patient, fact.user_id, AccessWay.OWN_BOOKING, about))
    work.commit()


def follow_mapping(services: Services, tenant: str, fact: PractitionerMapped, event: str) -> None:
    """Report who made their own account, or one that they handed over, a practitioner's.

    From then on others' bookings let that account into records. May be repeated.
    """
    who = known(services.store, tenant, fact.user_id)
    own = fact.by == fact.user_id or (who is not None and who.vouched_by == fact.by)
    if not own or is_known(services, tenant, event):
        return
    work = Work(services, Call(Caller.system(tenant, "agenda"), event))
    about = f"practitioner/{fact.practitioner_id}/user/{fact.user_id}"
    report(work, Reported("", fact.by, AccessWay.MAPPED, about), which=event)
    work.commit()
