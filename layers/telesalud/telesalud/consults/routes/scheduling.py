"""Creating, moving and cancelling teleconsultations, links into them, and what is booked when."""

from schemas.bridges import AgendaLoad, AgendaQuery
from schemas.consult_sessions import Exchange, Invitation, Look, Session
from schemas.consults import (
    Cancel,
    Consult,
    ConsultPage,
    ConsultQuery,
    CreatedConsult,
    Links,
    NewConsult,
    Reissue,
    Reschedule,
)
from telesalud.consults import errors, wiring
from telesalud.consults.routes import GONE
from telesalud.consults.scheduling import bookings, consults, links
from telesalud.platform.errors import Forbidden, Invalid, InvalidTransition, NotFound
from telesalud.platform.http.operations import Answer, Auth, Group, Request

group = Group("/consults")


@group.post(
    body=NewConsult, answer=CreatedConsult, status=201, idempotent=True, errors=(Forbidden,)
)
def create_consult(request: Request) -> Answer:
    """Create a teleconsultation.

    Answers with the links, which are shown once.
    """
    own = wiring.settings()
    made = consults.schedule(wiring.services(), request.call, own.origin, request.body)
    return Answer(made, made.version, {"Location": f"/api/consults/{made.id}"})


@group.get(query=ConsultQuery, answer=ConsultPage, errors=(Forbidden,))
def list_consults(request: Request) -> ConsultPage:
    """List teleconsultations by start.

    Of the tenant, or of one practitioner.
    """
    return consults.find(wiring.services(), request.call, request.query)


@group.get("/{consult_id}", answer=Consult, errors=(Forbidden, NotFound))
def get_consult(request: Request) -> Answer:
    """Read a teleconsultation.

    State, times and presence; no clinical content.
    """
    consult = consults.get(wiring.services(), request.call, request.path["consult_id"])
    return Answer(consult, consult.version)


@group.post(
    "/{consult_id}/reschedule",
    body=Reschedule,
    answer=CreatedConsult,
    idempotent=True,
    errors=(Forbidden, NotFound, InvalidTransition, errors.Superseded),
)
def reschedule_consult(request: Request) -> Answer:
    """Move a teleconsultation.

    Old links stop working; the answer has the new ones.
    """
    moved = consults.reschedule(
        wiring.services(),
        request.call,
        wiring.settings().origin,
        request.path["consult_id"],
        request.body,
    )
    return Answer(moved, moved.version)


@group.post(
    "/{consult_id}/cancel",
    body=Cancel,
    answer=Consult,
    idempotent=True,
    errors=(Forbidden, NotFound, InvalidTransition, errors.Superseded),
)
def cancel_consult(request: Request) -> Answer:
    """Cancel a teleconsultation.

    Links stop working.
    """
    cancelled = consults.cancel(
        wiring.services(), request.call, request.path["consult_id"], request.body
    )
    return Answer(cancelled, cancelled.version)


@group.post(
    "/{consult_id}/links",
    body=Reissue,
    answer=Links,
    status=201,
    idempotent=True,
    errors=(Forbidden, NotFound, errors.SeatTaken, errors.ConsultEnded),
)
def reissue_links(request: Request) -> Answer:
    """Replace participants' links.

    The named participants' old links and sessions stop working. A practitioner's link is replaced
    by that practitioner, or by the partner that made the consult.
    """
    issued = links.reissue(
        wiring.services(),
        request.call,
        wiring.settings().origin,
        request.path["consult_id"],
        request.body,
    )
    return Answer(issued, issued.version)


@group.post(
    "/links/exchange",
    body=Exchange,
    answer=Session,
    auth=Auth.PUBLIC,
    errors=(NotFound, errors.LinkRevoked, errors.LinkUsed, *GONE),
)
def exchange_link(request: Request) -> Session:
    """Exchange a link's secret for a session.

    The same browser may repeat it; another one gets 410.
    """
    return links.exchange(wiring.services(), wiring.tokens(), request.call.request_id, request.body)


@group.post(
    "/links/look",
    body=Look,
    answer=Invitation,
    auth=Auth.PUBLIC,
    errors=(NotFound, errors.LinkRevoked, errors.LinkUsed, errors.ConsultEnded),
)
def look_at_link(request: Request) -> Invitation:
    """Look at what a link leads to.

    Binds the link to nobody; exchange it once its holder wants to enter.
    """
    return links.look(wiring.services(), request.call.request_id, request.body)


@group.get("/agenda-load", query=AgendaQuery, answer=AgendaLoad, errors=(Forbidden, Invalid))
def read_agenda_load(request: Request) -> AgendaLoad:
    """Read how many teleconsultations are booked when.

    Counts of all tenants together, for the scaler of the video cluster.
    """
    operator = wiring.settings().load_tenant
    return bookings.load(wiring.services(), request.call, operator, request.query)
