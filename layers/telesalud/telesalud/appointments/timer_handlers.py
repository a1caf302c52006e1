"""What is done when something is due."""

from collections.abc import Callable
from datetime import datetime, timedelta

from telesalud.appointments.groups import sessions
from telesalud.appointments.reminders import sending as reminding
from telesalud.appointments.reminders.sending import Sending
from telesalud.appointments.series import running
from telesalud.appointments.timers import buckets
from telesalud.appointments.timers.buckets import Handlers, Timer, TimerKind
from telesalud.appointments.waiting import offer_messages, offers
from telesalud.platform.access import Caller
from telesalud.platform.work import Call

_TIME = timedelta(seconds=40)
"""Of the function's minute, so that the next run finds this one gone."""


def sweep(sending: Sending, request_id: str) -> int:
    """Do what is due now, as far as the time of one run allows; how many were done."""
    services = sending.services
    until = services.clock() + _TIME
    return buckets.sweep(services, handlers(sending, request_id), _before(services.clock, until))


def handlers(sending: Sending, request_id: str) -> Handlers:
    """What each kind of timer does. Each may be called again with the same timer."""
    services = sending.services

    def by(timer: Timer) -> Call:
        return Call(Caller.system(timer.tenant, "appointments"), request_id)

    return {
        TimerKind.REMINDER: lambda timer: reminding.send(sending, by(timer), timer),
        TimerKind.OFFER_NOTICE: lambda timer: offer_messages.tell(sending, by(timer), timer),
        TimerKind.OFFER: lambda timer: offers.expire(services, by(timer), timer.subject),
        TimerKind.SERIES: lambda timer: running.run(services, by(timer), timer.subject),
        TimerKind.GROUP: lambda timer: sessions.cancel_places(services, by(timer), timer.subject),
    }


def _before(clock: Callable[[], datetime], until: datetime) -> Callable[[], bool]:
    return lambda: clock() < until
