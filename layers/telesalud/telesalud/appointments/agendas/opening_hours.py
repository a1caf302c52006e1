"""The times at which an agenda is open, put together from its parts."""

from schemas.agendas import Site
from telesalud.appointments.agendas.stored import OpeningHours


def with_holidays(hours: OpeningHours, site: Site) -> OpeningHours:
    """The opening hours, closed on the site's holidays too."""
    return hours.model_copy(update={"closures": (*hours.closures, *site.holidays)})
