"""Looking things up: one appointment, an agenda, free slots."""

from schemas.appointments import AgendaQuery, Appointment, AppointmentList, JoinLinks
from telesalud.appointments.booking import repository, teleconsultation_link
from telesalud.appointments.policy import GRANTS, JOIN, READ
from telesalud.platform.access import CallerKind, require
from telesalud.platform.clock import to_text
from telesalud.platform.errors import Conflict
from telesalud.platform.paging import from_cursor, to_cursor
from telesalud.platform.work import Call, Services, Work


def read(services: Services, call: Call, appointment: str) -> Appointment:
    """One appointment; the access is audited. Raises NotFound."""
    view = repository.load(services, call, appointment, READ).view
    work = Work(services, call)
    work.audit("appointments.read", view.patient.id, f"appointment/{appointment}")
    work.commit()
    return view


def read_links(services: Services, call: Call, appointment: str) -> JoinLinks:
    """The links into the teleconsultation; the access is audited. Raises NotFound, Conflict.

    A practitioner sees the patient's link and their own; other staff who may join the two sides
    up see the patient's only.
    """
    found = repository.load(services, call, appointment, JOIN)
    links = (
        teleconsultation_link.stored_links(services, call.caller.tenant, found.link)
        if found.link
        else None
    )
    if links is None:
        raise Conflict("the appointment has no teleconsultation yet", state=found.view.link_status)
    work = Work(services, call)
    work.audit("appointments.read_links", found.booking.patient.id, f"appointment/{appointment}")
    work.commit()
    if call.caller.kind is CallerKind.PARTNER:
        return links
    mine = {p.id for p in found.booking.practitioners if p.user_id == call.caller.subject}
    visible = tuple(link for link in links.links if link.participant in {"patient", *mine})
    return links.model_copy(update={"links": visible})


def agenda(services: Services, call: Call, query: AgendaQuery) -> AppointmentList:
    """Somebody's appointments that start in a span of time: one query; the access is audited."""
    require(call.caller, READ, GRANTS)
    tenant = call.caller.tenant
    kind, owner = _owner(query)
    after = from_cursor(query.cursor) or to_text(query.since)
    page = services.store.query(
        repository.agenda_partition(tenant, kind, owner),
        after=after,
        until=to_text(query.until),
        limit=query.limit,
    )
    items = tuple(repository.copies_of(services.vault, tenant, page.items))
    work = Work(services, call)
    work.audit("appointments.read_agenda", owner, f"agenda/{kind.lower()}/{owner}")
    work.commit()
    return AppointmentList(items=items, cursor=to_cursor(page.next_after))


def _owner(query: AgendaQuery) -> tuple[str, str]:
    if query.practitioner is not None:
        return "PRACTITIONER", query.practitioner
    if query.site is not None:
        return "SITE", query.site
    assert query.patient is not None  # AgendaQuery demands exactly one
    return "PATIENT", query.patient
