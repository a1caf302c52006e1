"""Recurring appointments over HTTP."""

from schemas.series import BookSeries, CancelSeries, RescheduleSeries, Series, SeriesPreview
from telesalud.appointments import wiring
from telesalud.appointments.errors import SeriesBusy, SeriesConflicts
from telesalud.appointments.routes import BOOKING_ERRORS, CHANGE_ERRORS
from telesalud.appointments.series import editing, planning, reading
from telesalud.platform.errors import Invalid, NotFound, StaleVersion, Unavailable
from telesalud.platform.http.operations import Answer, Group, Request

_EDIT_ERRORS = (*CHANGE_ERRORS, *BOOKING_ERRORS, SeriesConflicts, SeriesBusy)


group = Group("/appointments/series")


@group.post("/preview", body=BookSeries, answer=SeriesPreview, errors=(Invalid, NotFound))
def preview_series(request: Request) -> SeriesPreview:
    """What booking a series would do now, without doing it."""
    return planning.preview(wiring.services(), request.call, request.body)


@group.post(
    body=BookSeries,
    answer=Series,
    status=201,
    idempotent=True,
    errors=(Invalid, SeriesConflicts, Unavailable),
)
def book_series(request: Request) -> Answer:
    """Book a series; repeat the request if it breaks off."""
    made = planning.book(wiring.services(), request.call, request.body, wiring.patients())
    return Answer(made, made.version)


@group.get("/{series_id}", answer=Series, errors=(NotFound,))
def read_series(request: Request) -> Answer:
    """A series with its occurrences as they stand."""
    series = request.id("series_id")
    found = reading.read(wiring.services(), request.call, series)
    return Answer(found, found.version)


@group.post(
    "/{series_id}/reschedule",
    body=RescheduleSeries,
    answer=Series,
    versioned=True,
    errors=_EDIT_ERRORS,
)
def reschedule_series(request: Request) -> Answer:
    """Move one, the following or all occurrences."""
    series = request.id("series_id")
    moved = editing.reschedule(
        wiring.services(), request.call, series, request.body, request.if_match
    )
    return Answer(moved, moved.version)


@group.post(
    "/{series_id}/cancel",
    body=CancelSeries,
    answer=Series,
    versioned=True,
    errors=(NotFound, StaleVersion, SeriesBusy),
)
def cancel_series(request: Request) -> Answer:
    """Call off one, the following or all occurrences."""
    series = request.id("series_id")
    called_off = editing.cancel(
        wiring.services(), request.call, series, request.body, request.if_match
    )
    return Answer(called_off, called_off.version)
