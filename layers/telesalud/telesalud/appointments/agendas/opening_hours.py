"""The times at which an agenda is open, put together from its parts."""

from schemas.agendas import AvailabilityBody, Site


def with_holidays(hours: AvailabilityBody, site: Site) -> AvailabilityBody:
    """The opening hours, closed on the site's holidays too."""
    return hours.model_copy(update={"closures": (*hours.closures, *site.holidays)})
