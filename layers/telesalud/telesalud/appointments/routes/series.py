"""Recurring appointments over HTTP."""

from schemas import series as s
from telesalud.appointments import wiring
from telesalud.appointments.errors import SeriesBusy, SeriesConflicts
from telesalud.appointments.routes import BOOKING_ERRORS, CHANGE_ERRORS
from telesalud.platform.errors import Invalid, NotFound, StaleVersion, Unavailable
from telesalud.platform.http.operations import Answer, Edge, Request

_EDIT_ERRORS = (*CHANGE_ERRORS, *BOOKING_ERRORS, SeriesConflicts, SeriesBusy)


def register(edge: Edge) -> None:
    """Add this group's operations."""

    @edge.operation(
        "POST", "/appointments/series/preview", body=s.BookSeries, answer=s.SeriesPreview,
        summary="What booking a series would do now, without doing it", errors=(Invalid, NotFound),
    )  # fmt: skip
    def preview_series(request: Request) -> s.SeriesPreview:
        from telesalud.appointments.series import planning  # noqa: PLC0415  # brings dateutil

        return planning.preview(wiring.services(), request.call, request.body)

    @edge.operation(
        "POST", "/appointments/series", body=s.BookSeries, answer=s.Series, status=201,
        idempotent=True, summary="Book a series; repeat the request if it breaks off",
        errors=(Invalid, SeriesConflicts, Unavailable),
    )  # fmt: skip
    def book_series(request: Request) -> Answer:
        from telesalud.appointments.series import planning  # noqa: PLC0415  # brings dateutil

        made = planning.book(wiring.services(), request.call, request.body, wiring.patients())
        return Answer(made, made.version)

    @edge.operation(
        "GET", "/appointments/series/{series_id}", answer=s.Series, errors=(NotFound,),
        summary="A series with its occurrences as they stand",
    )  # fmt: skip
    def read_series(request: Request) -> Answer:
        from telesalud.appointments.series import reading  # noqa: PLC0415  # brings dateutil

        which = request.id("series_id")
        found = reading.read(wiring.services(), request.call, which)
        return Answer(found, found.version)

    @edge.operation(
        "POST", "/appointments/series/{series_id}/reschedule", body=s.RescheduleSeries,
        answer=s.Series, versioned=True, summary="Move one, the following or all occurrences",
        errors=_EDIT_ERRORS,
    )  # fmt: skip
    def reschedule_series(request: Request) -> Answer:
        from telesalud.appointments.series import editing  # noqa: PLC0415  # brings dateutil

        which = request.id("series_id")
        moved = editing.reschedule(
            wiring.services(), request.call, which, request.body, request.if_match
        )
        return Answer(moved, moved.version)

    @edge.operation(
        "POST", "/appointments/series/{series_id}/cancel", body=s.CancelSeries, answer=s.Series,
        versioned=True, summary="Call off one, the following or all occurrences",
        errors=(NotFound, StaleVersion, SeriesBusy),
    )  # fmt: skip
    def cancel_series(request: Request) -> Answer:
        from telesalud.appointments.series import editing  # noqa: PLC0415  # brings dateutil

        which = request.id("series_id")
        called_off = editing.cancel(
            wiring.services(), request.call, which, request.body, request.if_match
        )
        return Answer(called_off, called_off.version)
