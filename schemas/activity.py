"""Contracts of dashboards: what each context has counted, week by week."""

from datetime import date
from enum import StrEnum

from pydantic import Field

from schemas.agendas import Code
from schemas.common import Contract, Id, Moment, Query

MOST_WEEKS = 27
"""Half a year; with as many before, to compare with."""


class ActivityScope(StrEnum):
    """Whose."""

    MINE = "mine"
    INSTITUTION = "institution"


class ActivityQuery(Query):
    """Which weeks: `weeks` from that of `first` on, and as many before them."""

    first: date = Field(ge=date(2000, 1, 1), le=date(2100, 1, 1))
    weeks: int = Field(default=13, ge=1, le=MOST_WEEKS)


class AgendaActivityQuery(ActivityQuery):
    """Narrowed, in the institution's scope, to a site or a kind of appointment."""

    scope: ActivityScope = ActivityScope.MINE
    site: Id | None = None
    category: Code | None = None


class AgendaCounts(Contract):
    """What became of appointments, and how long people waited."""

    appointments: int = 0
    """All that were not called off more than a day before."""
    expected: int = 0
    """Still to come, or nobody has said what became of them."""
    seen: int = 0
    televisits: int = 0
    """Of those seen, by video."""
    no_shows: int = 0
    left: int = 0
    """Came and left without being seen."""
    cancelled: int = 0
    cancelled_late: int = 0
    booked_minutes: int = 0
    """Of everybody's time, per practitioner, in appointments that were not cancelled."""
    waited: int = 0
    """Of those seen, how many are known to have waited from their arrival."""
    waited_minutes: int = 0
    """By all of them together."""
    waited_15: int = 0
    """At most fifteen minutes."""
    waited_30: int = 0
    """More than that, at most thirty."""
    waited_60: int = 0
    waited_more: int = 0


class WeekOfAgendas(AgendaCounts):
    """A week's counts; weeks without any are left out."""

    week: date
    """Its Monday, at the site."""
    open_minutes: int | None = None
    """How long agendas were open; null where that does not make sense: of one category, or one's
    own."""


class AgendaTotals(Contract):
    """A site's or a category's counts."""

    id: str
    now: AgendaCounts
    before: AgendaCounts
    """In the weeks before."""


class AgendaActivity(Contract):
    """What became of appointments, by week, site and category."""

    weeks: tuple[WeekOfAgendas, ...]
    """Those asked for, and as many before, in order."""
    sites: tuple[AgendaTotals, ...] = ()
    categories: tuple[AgendaTotals, ...] = ()
    as_of: Moment
    """Changes of the last seconds may be missing."""


class ConsultCounts(Contract):
    """What became of teleconsultations, and how well they went."""

    finished: int = 0
    no_shows: int = 0
    expired: int = 0
    cancelled: int = 0
    minutes: int = 0
    """How long those that were finished lasted, together."""
    waited: int = 0
    waited_minutes: int = 0
    """From the announcement of the patient until they were let in."""
    interrupted: int = 0
    """Finished ones in which the connection of a side was lost at least once."""
    losses: int = 0
    """How often, together."""
    fell_back: int = 0
    """Finished ones whose video had to leave a room that failed."""
    no_devices: int = 0
    """In which the patient's check found no camera or no microphone."""


class WeekOfConsults(ConsultCounts):
    """A week's counts; weeks without any are left out."""

    week: date
    """Its Monday, in UTC."""


class ConsultActivity(Contract):
    """What became of teleconsultations, by week."""

    weeks: tuple[WeekOfConsults, ...]
    as_of: Moment


class LiveConsult(Contract):
    """A teleconsultation that is going on, without names."""

    id: Id
    status: str
    """`waiting` or `in_progress`."""
    since: Moment
    closes_at: Moment
    present: int
    """How many sides are connected."""
    losses: int
    """How often a side lost its connection."""
    video: str
    """`direct`, `jitsi`, or empty before anybody entered."""


class LiveConsults(Contract):
    """What goes on now."""

    items: tuple[LiveConsult, ...]
    more: bool
    """Whether there are more than are shown."""
    as_of: Moment


class DayOfDeliveries(Contract):
    """Notifications that began to be delivered on a day (UTC), and what became of them."""

    target: Id
    day: date
    begun: int
    delivered: int
    failed: int
    due: int
    """Neither arrived nor failed yet."""


class DeliveryActivity(Contract):
    """Deliveries of the last days, by target and day."""

    days: tuple[DayOfDeliveries, ...]
    as_of: Moment


class OpenOrderCounts(Contract):
    """Signed orders whose loop is not closed, by kind."""

    kind: str
    open: int
    overdue: int
    urgent: int
    resulted: int
    """Have a result that nobody has signed off."""


class OpenOrders(Contract):
    """The institution's open orders."""

    kinds: tuple[OpenOrderCounts, ...]
    oldest_at: Moment | None
    as_of: Moment


class WeekOfCases(Contract):
    """How many notifiable diagnoses were recorded in a week."""

    week: date
    cases: int


class RecordActivity(Contract):
    """What the record has to tell: notifiable diagnoses by week, and notes that wait."""

    weeks: tuple[WeekOfCases, ...]
    unsigned: int
    unsigned_oldest_at: Moment | None
    as_of: Moment
