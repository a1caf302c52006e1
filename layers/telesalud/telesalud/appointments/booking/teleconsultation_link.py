"""The LINK item: what an appointment knows of its teleconsultation.

LINK attributes: `state` (LinkStatus), `wanted`, `synced`, `consult`, `people` (practitioners that
the consult has), `links` (sealed JoinLinks), `problem`; while a creation is under way `intent`
(the schedule that it carries) and `payload` (sealed, so that a repeated request is the same).
"""

from schemas.appointments import JoinLinks, LinkStatus
from telesalud.appointments.booking import repository
from telesalud.appointments.booking.repository import Found
from telesalud.appointments.booking.stored import Booking, StoredLinks
from telesalud.platform.sealed import from_json, place
from telesalud.platform.store import ABSENT, Item, Operation, Put, Update, When
from telesalud.platform.vault import Scope
from telesalud.platform.work import Services


def begin(tenant: str, booking: Booking) -> Put:
    """The LINK item of a new telemedicine appointment."""
    key = repository.link_key(tenant, booking.id)
    pending = LinkStatus.PENDING.value
    return Put(key, {"state": pending, "wanted": booking.schedule, "synced": 0}, when=ABSENT)


def follow(tenant: str, present: Found, new: Booking) -> tuple[LinkStatus, list[Operation]]:
    """The state after a change of schedule, and the writes that ask the link to follow."""
    if present.link is None:
        return LinkStatus.NONE, []
    update = Update(
        repository.link_key(tenant, new.id),
        set={"state": LinkStatus.PENDING.value, "wanted": new.schedule},
        remove=("problem",),
        when=When(exists=True),
    )
    return LinkStatus.PENDING, [update]


def stored_links(services: Services, tenant: str, link: Item) -> JoinLinks | None:
    """The join links in a LINK item."""
    if "links" not in link.attributes:
        return None
    at = place(link.key) + "\x00links"
    opened = services.vault.open(Scope(tenant), at, link.blob("links"))
    return from_json(StoredLinks, opened).view


def patient_link(
    services: Services, tenant: str, booking: Booking, link: Item | None
) -> str | None:
    """Where the patient enters, once the teleconsultation stands at the appointment's own time."""
    if link is None or link.text("state") != LinkStatus.LINKED.value:
        return None
    if link.number("synced") != booking.schedule:
        return None
    found = stored_links(services, tenant, link)
    every = found.links if found else ()
    return next((one.url for one in every if one.participant == "patient"), None)
