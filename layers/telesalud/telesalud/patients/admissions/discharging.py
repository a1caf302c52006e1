"""Discharge: signed by a physician of the patient's, with a summary.

The pharmacy closes the ward's account first, which it does only when everything delivered was
applied, returned or wasted; from then on it delivers nothing for this admission. A crash between
the two leaves a closed account, and the discharge is repeated: closing again changes nothing.
"""

from schemas.admissions import AdmissionStatus, AdmittedPatient, Discharge, DischargeBody
from telesalud.patients.admissions.admitting import Where, keep, leave, require_going_on
from telesalud.patients.admissions.neighbours import Wards
from telesalud.patients.admissions.repository import open_admission
from telesalud.patients.policy import DISCHARGE, GRANTS
from telesalud.platform.access import own_name, require, require_live
from telesalud.platform.errors import FieldError, Invalid
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.work import Call, Services, Work, retrying


def discharge(
    services: Services, wards: Wards, call: Call, of: Where, body: DischargeBody
) -> AdmittedPatient:
    """Discharge a patient.

    Raises Forbidden, SessionExpired, NotFound, Gone, StaleVersion, InvalidTransition, Invalid,
    NotSettled, Unavailable.
    """
    require(call.caller, DISCHARGE, GRANTS)
    require_live(call.caller, services.clock())
    name = own_name(call.caller, None, "name")
    refuse_unprintable(("/summary", body.summary), ("/destination", body.destination))
    if (body.condition == "deceased") != (body.disposition == "deceased"):
        fault = FieldError("/disposition", "differs", "both say that the patient died, or neither")
        raise Invalid("condition and disposition do not agree", [fault])
    which, version = of
    found = open_admission(services, call, which, DISCHARGE, relation=True)
    require_going_on(found, version, AdmissionStatus.DISCHARGED)
    wards.close(which)

    def step() -> AdmittedPatient:
        found = open_admission(services, call, which, DISCHARGE, relation=True)
        require_going_on(found, version, AdmissionStatus.DISCHARGED)
        left = Discharge(at=services.clock(), by=call.caller.subject, by_name=name, **dict(body))
        update = {"status": AdmissionStatus.DISCHARGED, "discharge": left}
        work = Work(services, call)
        leave(work, found)
        return keep(work, found, found.stored.model_copy(update=update), "patient_discharged")

    return retrying(step)
