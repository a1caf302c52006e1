"""Recurring appointments over HTTP."""

from schemas import series as s
from telesalud.appointments import wiring
from telesalud.appointments.errors import SeriesBusy, SeriesConflicts
from telesalud.appointments.routes import BOOKING_ERRORS, CHANGE_ERRORS
from telesalud.platform.errors import Invalid, NotFound, StaleVersion, Unavailable
from telesalud.platform.http.operations import Answer, Group, Request

_EDIT_ERRORS = (*CHANGE_ERRORS, *BOOKING_ERRORS, SeriesConflicts, SeriesBusy)


group = Group("/appointments/series")


@group.post("/preview", body=s.BookSeries, answer=s.SeriesPreview, errors=(Invalid, NotFound))
def preview_series(request: Request) -> s.SeriesPreview:
    """What booking a series would do now, without doing it."""
    from telesalud.appointments.series import planning  # noqa: PLC0415  # brings dateutil

    return planning.preview(wiring.services(), request.call, request.body)


@group.post(
    body=s.BookSeries,
    answer=s.Series,
    status=201,
    idempotent=True,
    errors=(Invalid, SeriesConflicts, Unavailable),
)
def book_series(request: Request) -> Answer:
    """Book a series; repeat the request if it breaks off."""
    from telesalud.appointments.series import planning  # noqa: PLC0415  # brings dateutil

    made = planning.book(wiring.services(), request.call, request.body, wiring.patients())
    return Answer(made, made.version)


@group.get("/{series_id}", answer=s.Series, errors=(NotFound,))
def read_series(request: Request) -> Answer:
    """A series with its occurrences as they stand."""
    from telesalud.appointments.series import reading  # noqa: PLC0415  # brings dateutil

    which = request.id("series_id")
    found = reading.read(wiring.services(), request.call, which)
    return Answer(found, found.version)


@group.post(
    "/{series_id}/reschedule",
    body=s.RescheduleSeries,
    answer=s.Series,
    versioned=True,
    errors=_EDIT_ERRORS,
)
def reschedule_series(request: Request) -> Answer:
    """Move one, the following or all occurrences."""
    from telesalud.appointments.series import editing  # noqa: PLC0415  # brings dateutil

    which = request.id("series_id")
    moved = editing.reschedule(
        wiring.services(), request.call, which, request.body, request.if_match
    )
    return Answer(moved, moved.version)


@group.post(
    "/{series_id}/cancel",
    body=s.CancelSeries,
    answer=s.Series,
    versioned=True,
    errors=(NotFound, StaleVersion, SeriesBusy),
)
def cancel_series(request: Request) -> Answer:
    """Call off one, the following or all occurrences."""
    from telesalud.appointments.series import editing  # noqa: PLC0415  # brings dateutil

    which = request.id("series_id")
    called_off = editing.cancel(
        wiring.services(), request.call, which, request.body, request.if_match
    )
    return Answer(called_off, called_off.version)
