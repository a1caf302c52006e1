"""What is done when something is due."""

from collections.abc import Callable
from datetime import datetime, timedelta

from telesalud.appointments import groups, offers, series_work, timers
from telesalud.appointments.reminders import offering
from telesalud.appointments.reminders import sending as reminding
from telesalud.appointments.reminders.sending import Sending
from telesalud.appointments.timers import Handlers, Kind, Timer
from telesalud.platform.access import Caller
from telesalud.platform.work import Call

_TIME = timedelta(seconds=40)
"""Of the function's minute, so that the next run finds this one gone."""


def sweep(sending: Sending, request_id: str) -> int:
    """Do what is due now, as far as the time of one run allows; how many were done."""
    services = sending.services
    until = services.clock() + _TIME
    return timers.sweep(services, handlers(sending, request_id), _before(services.clock, until))


def handlers(sending: Sending, request_id: str) -> Handlers:
    """Kind of timer to what it does. All of them may be called again with the same timer."""
    services = sending.services

    def by(timer: Timer) -> Call:
        return Call(Caller.system(timer.tenant, "appointments"), request_id)

    return {
        Kind.REMINDER: lambda timer: reminding.send(sending, by(timer), timer),
        Kind.OFFER_NOTICE: lambda timer: offering.tell(sending, by(timer), timer),
        Kind.OFFER: lambda timer: offers.expire(services, by(timer), timer.subject),
        Kind.SERIES: lambda timer: series_work.run(services, by(timer), timer.subject),
        Kind.GROUP: lambda timer: groups.cancel_places(services, by(timer), timer.subject),
    }


def _before(clock: Callable[[], datetime], until: datetime) -> Callable[[], bool]:
    return lambda: clock() < until
