"""Laboratory, imaging and service orders over HTTP."""

from schemas import attachments as a
from schemas import orders as o
from schemas import prescriptions as p
from telesalud.orders import errors, wiring
from telesalud.orders.requests import attachments, ordering, results, worklist
from telesalud.orders.routes import (
    CHANGE,
    CHANGED,
    NEW,
    SIGNED,
    WRITE,
    services,
    versioned,
)
from telesalud.platform.errors import Conflict, Gone, Invalid, NotFound, SessionExpired, Unavailable
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/orders")


@group.post("/requests", body=o.NewOrder, answer=o.Order, errors=NEW, **WRITE)
def draft_order(request: Request) -> Answer:
    """Write a draft of an order."""
    return versioned(ordering.draft(services(request), request.call, request.body))


@group.get("/requests/{id}", answer=o.Order, errors=(NotFound, Gone))
def read_order(request: Request) -> Answer:
    """An order with the latest version of its result."""
    return versioned(ordering.read(services(request), request.call, request.id("id")))


@group.put(
    "/requests/{id}",
    body=o.OrderBody,
    answer=o.Order,
    versioned=True,
    errors=(*CHANGED, Invalid, Unavailable),
)
def edit_order(request: Request) -> Answer:
    """Replace what a draft asks for."""
    return versioned(
        ordering.edit(
            services(request), request.call, request.id("id"), request.body, request.if_match
        )
    )


@group.post("/requests/{id}/sign", answer=o.Order, errors=SIGNED, **CHANGE)
def sign_order(request: Request) -> Answer:
    """Send an order on its way."""
    return versioned(
        ordering.sign(services(request), request.call, request.id("id"), request.if_match)
    )


@group.post("/requests/{id}/cancel", body=p.StatusReason, answer=o.Order, errors=CHANGED, **CHANGE)
def cancel_order(request: Request) -> Answer:
    """Cancel an order that has no result."""
    return _order_to(request, o.OrderStatus.CANCELLED)


@group.post(
    "/requests/{id}/withdraw", body=p.StatusReason, answer=o.Order, errors=CHANGED, **CHANGE
)
def withdraw_order(request: Request) -> Answer:
    """It was entered in error."""
    return _order_to(request, o.OrderStatus.ENTERED_IN_ERROR)


@group.post("/requests/{id}/take-over", answer=o.Order, errors=CHANGED, **CHANGE)
def take_over_order(request: Request) -> Answer:
    """Answer for an order from now on."""
    return versioned(
        ordering.take_over(services(request), request.call, request.id("id"), request.if_match)
    )


@group.put(
    "/requests/{id}/specimen",
    body=o.SpecimenBody,
    answer=o.Order,
    versioned=True,
    errors=(*CHANGED, Invalid),
)
def collect_specimen(request: Request) -> Answer:
    """A specimen was taken."""
    return versioned(
        ordering.collect(
            services(request),
            request.call,
            request.id("id"),
            request.body,
            request.if_match,
        )
    )


@group.post("/requests/{id}/specimen/receive", answer=o.Order, errors=CHANGED, **CHANGE)
def receive_specimen(request: Request) -> Answer:
    """The laboratory has the specimen."""
    return versioned(
        ordering.receive(services(request), request.call, request.id("id"), request.if_match)
    )


@group.post(
    "/requests/{id}/results",
    body=o.NewResult,
    answer=o.Order,
    status=201,
    errors=(*CHANGED, Invalid),
    **CHANGE,
)
def enter_result(request: Request) -> Answer:
    """Enter a result or its correction."""
    return versioned(
        results.enter(
            services(request),
            request.call,
            request.id("id"),
            request.body,
            request.if_match,
        )
    )


@group.get("/requests/{id}/results", answer=o.ResultList, errors=(NotFound, Gone))
def list_results(request: Request) -> o.ResultList:
    """Every version of a result."""
    return results.history(services(request), request.call, request.id("id"))


@group.post(
    "/requests/{id}/sign-off",
    body=o.SignOff,
    answer=o.Order,
    errors=(*CHANGED, SessionExpired, errors.ResultSuperseded),
    **CHANGE,
)
def sign_off_result(request: Request) -> Answer:
    """The orderer has seen the result."""
    return versioned(
        results.sign_off(
            services(request),
            request.call,
            request.id("id"),
            request.body,
            request.if_match,
        )
    )


@group.get("/worklist", query=o.WorkQuery, answer=o.WorkList)
def list_work(request: Request) -> o.WorkList:
    """What waits for the caller, or for the institution."""
    return worklist.page(services(request), request.call, request.query)


@group.post(
    "/requests/{id}/attachments",
    body=a.NewAttachment,
    answer=a.AttachmentUpload,
    errors=(*CHANGED, Conflict),
    **WRITE,
)
def start_attachment(request: Request) -> a.AttachmentUpload:
    """Leave to upload a file."""
    return attachments.start(
        services(request), wiring.blobs(), request.call, request.id("id"), request.body
    )


@group.post(
    "/requests/{id}/attachments/{attachment_id}/complete",
    answer=a.Attachment,
    errors=(NotFound, Gone, errors.UploadMissing),
)
def complete_attachment(request: Request) -> a.Attachment:
    """The upload has arrived: have it examined."""
    return attachments.complete(
        services(request),
        wiring.blobs(),
        request.call,
        request.id("id"),
        request.id("attachment_id"),
    )


@group.get("/requests/{id}/attachments", answer=a.AttachmentList, errors=(NotFound, Gone))
def list_attachments(request: Request) -> a.AttachmentList:
    """An order's files."""
    return attachments.listed(services(request), request.call, request.id("id"))


@group.get(
    "/requests/{id}/attachments/{attachment_id}/link",
    answer=a.AttachmentLink,
    errors=(NotFound, Gone),
)
def link_attachment(request: Request) -> a.AttachmentLink:
    """A short-lived link to a file."""
    return attachments.link(
        services(request),
        wiring.blobs(),
        request.call,
        request.id("id"),
        request.id("attachment_id"),
    )


def _order_to(request: Request, wanted: o.OrderStatus) -> Answer:
    return versioned(
        ordering.close(
            services(request),
            request.call,
            request.id("id"),
            wanted,
            reason=request.body.reason,
            version=request.if_match,
        )
    )
