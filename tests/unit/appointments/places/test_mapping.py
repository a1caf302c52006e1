"""Who makes an account a practitioner's, and who receives patients, is told to the record."""

from datetime import timedelta

from schemas.agendas import PractitionerBody, PractitionerMapped
from schemas.appointments import ChangeStatus, Status
from telesalud.appointments.booking import lifecycle
from telesalud.appointments.places import directory
from telesalud.platform.access import Caller, Role
from telesalud.platform.work import Call
from tests.worlds.appointments.clinic import MONDAY, Clinic, desk
from tests.worlds.world import TENANT, call, user

ADMINISTRATOR = user(Role.ADMINISTRATOR)
ACCOUNT = "01900000-0000-7000-d000-000000000011"
OTHER = "01900000-0000-7000-d000-000000000012"


def told(clinic: Clinic, type_: str) -> list[dict[str, object]]:
    return [dict(event.data) for event in clinic.world.events() if event.type == type_]


def body(clinic: Clinic, account: str | None) -> PractitionerBody:
    return PractitionerBody(name="Profesional Demostración", user_id=account, sites=(clinic.site,))


def test_each_account_that_becomes_a_practitioner_is_told_with_who_did_it() -> None:
    clinic = Clinic()
    services, by = clinic.world.services, call(ADMINISTRATOR)
    before = len(told(clinic, "appointments.practitioner_mapped"))
    made = directory.add_practitioner(services, by, body(clinic, ACCOUNT))
    same = directory.change_practitioner(services, by, made.id, body(clinic, ACCOUNT), made.version)
    other = directory.change_practitioner(services, by, made.id, body(clinic, OTHER), same.version)
    directory.change_practitioner(services, by, made.id, body(clinic, None), other.version)
    found = told(clinic, "appointments.practitioner_mapped")[before:]
    facts = [PractitionerMapped.model_validate(fact) for fact in found]
    assert [(fact.user_id, fact.by) for fact in facts] == [
        (ACCOUNT, ADMINISTRATOR.subject),
        (OTHER, ADMINISTRATOR.subject),
    ]


def test_who_sees_a_patient_arrive_is_told_and_a_machine_is_nobody() -> None:
    clinic = Clinic()
    services = clinic.world.services
    receiver = desk()
    arrived, seen = clinic.book(), clinic.book(start=MONDAY + timedelta(hours=1))
    command = ChangeStatus(status=Status.ARRIVED)
    lifecycle.change_status(services, call(receiver), arrived.id, command, 1)
    machine = Call(Caller.system(TENANT, "consults"), "event-1")
    lifecycle.change_status(services, machine, seen.id, command, 1)
    facts = told(clinic, "appointments.patient_received")
    assert [fact["user_id"] for fact in facts] == [receiver.subject]
    assert facts[0]["appointment_id"] == arrived.id
