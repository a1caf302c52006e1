"""Admitting somebody, moving them, and taking an admission back that was entered in error."""

from datetime import timedelta
from typing import Final, NamedTuple

from schemas.admissions import (
    ALLOWED_ON_A_SITE,
    AdmissionBody,
    AdmissionFact,
    AdmissionStatus,
    AdmittedPatient,
    NewAdmission,
)
from schemas.care import AccessWay, RelationKind
from telesalud.patients.access.granting import check_clinician, refer
from telesalud.patients.access.opening import Chart, open_chart
from telesalud.patients.admissions import repository
from telesalud.patients.admissions.neighbours import Wards
from telesalud.patients.admissions.repository import OpenAdmission, open_admission
from telesalud.patients.admissions.stored import StoredAdmission
from telesalud.patients.policy import ADMIT, GRANTS
from telesalud.patients.reviews.reports import Reported, report
from telesalud.platform.access import require
from telesalud.platform.errors import Conflict, Forbidden, InvalidTransition, StaleVersion
from telesalud.platform.printing.characters import refuse_unprintable
from telesalud.platform.store import ABSENT, Delete, Key, Put
from telesalud.platform.work import Call, Services, Work, retrying

_RESPONSIBLE_FOR: Final = timedelta(days=7)
"""How long an admission lets the responsible clinician in; what they write prolongs it."""


class Where(NamedTuple):
    """An admission, as a client read it."""

    admission: str
    version: int


def admit(
    services: Services, call: Call, patient: str, body: NewAdmission, site: str = ""
) -> AdmittedPatient:
    """Admit a patient to a free place; the responsible clinician is let into the record.

    Raises Forbidden, NotFound, Gone, Invalid for who is no clinician, Conflict for somebody who is
    here already or died, for a place that is taken, for a kind that the site does not have.
    """
    require(call.caller, ADMIT, GRANTS)
    _check(body)
    if site and not ALLOWED_ON_A_SITE[body.kind]:
        raise Conflict("a disconnected site admits for hours only")

    def step() -> AdmittedPatient:
        names = (repository.GOING_ON,)
        chart = open_chart(services, call, patient, ADMIT, names=names, relation=False)
        check_clinician(services, chart.tenant, body.responsible, "/responsible")
        if chart.found.stored.body.deceased_on is not None:
            raise Conflict("the patient has died")
        here = [repository.going_on_key(chart.tenant, one) for one in chart.members]
        if any(key in chart.items for key in here):
            raise Conflict("the patient is admitted already")
        made = StoredAdmission(
            id=services.new_id(),
            status=AdmissionStatus.ADMITTED,
            admitted_at=services.clock(),
            admitted_by=call.caller.subject,
            **dict(body),
        )
        work = Work(services, call)
        _require_free(services, chart.tenant, made)
        _take(work, made)
        mark = {"admission": made.id}
        work.add(Put(repository.going_on_key(chart.tenant, chart.patient), mark, when=ABSENT))
        listed = repository.chart_key(chart.tenant, chart.patient, made.admitted_at, made.id)
        work.add(Put(listed, mark, when=ABSENT))
        key = repository.here_key(chart.tenant, made.admitted_at, made.id)
        work.add(Put(key, {"patient": chart.patient}, when=ABSENT))
        _let_in(work, chart, made)
        return keep(work, OpenAdmission(chart, chart.patient, made, 0), made, "patient_admitted")

    return retrying(step)


def change(
    services: Services, call: Call, which: str, body: AdmissionBody, version: int
) -> AdmittedPatient:
    """Move the patient, or correct who answers, who pays and why they are here.

    Raises Forbidden, NotFound, Gone, StaleVersion, InvalidTransition, Invalid, Conflict.
    """
    require(call.caller, ADMIT, GRANTS)
    _check(body)

    def step() -> AdmittedPatient:
        found = going_on(services, call, which, version, "changed")
        fields = {name: getattr(body, name) for name in AdmissionBody.model_fields}
        made = found.stored.model_copy(update=fields)
        work, chart = Work(services, call), found.chart
        before = _place(services, chart.tenant, found.stored)
        if _place(services, chart.tenant, made) != before:
            _require_free(services, chart.tenant, made)
            _take(work, made)
            work.add(Delete(before))
        if made.responsible != found.stored.responsible:
            check_clinician(services, chart.tenant, made.responsible, "/responsible")
            _let_in(work, chart, made)
        return keep(work, found, made, "admission_changed")

    return retrying(step)


def cancel(services: Services, wards: Wards, call: Call, of: Where, reason: str) -> AdmittedPatient:
    """It was entered in error. Raises Forbidden, NotFound, Gone, StaleVersion, InvalidTransition,
    Conflict while the ward has something that was delivered for it, Unavailable."""
    require(call.caller, ADMIT, GRANTS)
    refuse_unprintable(("/reason", reason))
    which, version = of
    going_on(services, call, which, version, AdmissionStatus.CANCELLED)
    wards.close(which)

    def step() -> AdmittedPatient:
        found = going_on(services, call, which, version, AdmissionStatus.CANCELLED)
        update = {"status": AdmissionStatus.CANCELLED, "cancelled_for": reason}
        work = Work(services, call)
        leave(work, found)
        return keep(work, found, found.stored.model_copy(update=update), "admission_cancelled")

    return retrying(step)


def going_on(services: Services, call: Call, which: str, version: int, to: str) -> OpenAdmission:
    """An admission that may change. Raises as its callers say."""
    found = open_admission(services, call, which, ADMIT, relation=False)
    require_going_on(found, version, to)
    return found


def require_going_on(found: OpenAdmission, version: int, to: str) -> None:
    """Raise InvalidTransition, StaleVersion unless it is going on as the client read it."""
    if not repository.is_here(found.stored):
        raise InvalidTransition(found.stored.status.value, to)
    if found.version != version:
        raise StaleVersion


def leave(work: Work, found: OpenAdmission) -> None:
    """Collect that the patient is not here any more, and that their place is free."""
    services, tenant, stored = work.services, found.chart.tenant, found.stored
    work.add(
        Delete(_place(services, tenant, stored)),
        Delete(repository.going_on_key(tenant, found.owner)),
        Delete(repository.here_key(tenant, stored.admitted_at, stored.id)),
    )


def keep(work: Work, found: OpenAdmission, made: StoredAdmission, verb: str) -> AdmittedPatient:
    """Write an admission with its event and audit entry, and commit."""
    chart, version = found.chart, found.version + 1
    repository.put(work, found.owner, made, found.version)
    fact = AdmissionFact(
        admission_id=made.id,
        patient_id=chart.patient,
        kind=made.kind,
        status=made.status,
        site_id=made.site,
        coverage_id=made.coverage,
        admitted_at=made.admitted_at,
    )
    work.event(f"patients.{verb}", made.id, version, fact.model_dump(mode="json"))
    chart.audit(work, f"patients.{verb}", f"admission/{made.id}")
    answer = repository.view(chart, made, version)
    work.commit(answer, version)
    return answer


def _check(body: AdmissionBody) -> None:
    refuse_unprintable(
        ("/place/ward", body.place.ward),
        ("/place/name", body.place.name),
        ("/diagnosis", body.diagnosis),
        ("/reason", body.reason),
    )


def _place(services: Services, tenant: str, made: StoredAdmission) -> Key:
    return repository.place_key(services, tenant, made.site, made.place)


def _require_free(services: Services, tenant: str, made: StoredAdmission) -> None:
    if services.store.get(_place(services, tenant, made)) is not None:
        raise Conflict("somebody is in this place: choose another, or move them first")


def _take(work: Work, made: StoredAdmission) -> None:
    key = _place(work.services, work.call.caller.tenant, made)
    work.add(Put(key, {"admission": made.id}, when=ABSENT))


def _let_in(work: Work, chart: Chart, made: StoredAdmission) -> None:
    """The responsible clinician gets in for a week; an auditor is told when who admits is not in
    the record themselves."""
    user, now = made.responsible, work.services.clock()
    if chart.kinds:
        if user != work.call.caller.subject:
            refer(work, chart, user, RelationKind.TEAM, now + _RESPONSIBLE_FOR)
        return
    if user == work.call.caller.subject:
        raise Forbidden("nobody lets themselves in; somebody else admits to you", right=ADMIT)
    report(work, Reported(chart.patient, user, AccessWay.GRANTED, "relation"))
    refer(work, chart, user, RelationKind.TEAM, now + _RESPONSIBLE_FOR)
