"""What was ordered for a patient: the chart's summary, and the whole list page by page."""

from schemas.orders import Entry, EntryList, EntryQuery, PatientSummary
from telesalud.orders import profile, repository
from telesalud.orders.policy import GRANTS, READ_CHART
from telesalud.platform.access import require
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.sealed import open_model
from telesalud.platform.vault import Scope
from telesalud.platform.work import Call, Services, Work


def summary(services: Services, call: Call, patient: str) -> PatientSummary:
    """Prescriptions in force and orders whose loop is open; audited.

    One query whatever the length of the record, and one read for a cold key. A patient for whom
    nothing was ordered has an empty summary: whether he exists is for the patients service to say.
    """
    require(call.caller, READ_CHART, GRANTS)
    now = profile.load(services, call.caller.tenant, patient)
    work = Work(services, call)
    work.audit("orders.read_summary", patient, f"patient/{patient}")
    work.commit()
    return PatientSummary(
        patient=patient,
        prescriptions=tuple(p.entry for p in now.prescriptions),
        orders=now.orders,
    )


def page(services: Services, call: Call, patient: str, query: EntryQuery) -> EntryList:
    """Everything that was written for a patient, latest first; audited."""
    require(call.caller, READ_CHART, GRANTS)
    tenant = call.caller.tenant
    found = services.store.query(
        repository.patient_partition(tenant, patient),
        "LIST#",
        after=from_cursor(query.cursor),
        limit=query.limit,
        newest_first=True,
    )
    work = Work(services, call)
    work.audit("orders.list_patient", patient, f"patient/{patient}")
    work.commit()
    scope = Scope(tenant, patient)
    return EntryList(
        items=tuple(open_model(services.vault, scope, item, Entry) for item in found.items),
        cursor=to_cursor(found.next_after),
    )
