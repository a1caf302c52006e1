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
from telesalud.orders.routes.printed import PRINT, how
from telesalud.platform.errors import Conflict, Gone, Invalid, NotFound, SessionExpired
from telesalud.platform.http.operations import Answer, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""
    _ordering(edge)
    _answering(edge)
    _attaching(edge)


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


def _ordering(edge: Edge) -> None:
    @edge.operation(
        "POST", "/orders/requests", body=o.NewOrder, answer=o.Order,
        summary="Write a draft of an order", errors=NEW, **WRITE,
    )  # fmt: skip
    def draft_order(request: Request) -> Answer:
        return versioned(ordering.draft(services(request), request.call, request.body))

    @edge.operation(
        "GET", "/orders/requests/{id}", answer=o.Order, errors=(NotFound, Gone),
        summary="An order with the latest version of its result",
    )  # fmt: skip
    def read_order(request: Request) -> Answer:
        return versioned(ordering.read(services(request), request.call, request.id("id")))

    @edge.operation(
        "PUT", "/orders/requests/{id}", body=o.OrderBody, answer=o.Order, versioned=True,
        summary="Replace what a draft asks for", errors=(*CHANGED, Invalid),
    )  # fmt: skip
    def edit_order(request: Request) -> Answer:
        return versioned(
            ordering.edit(
                services(request),
                request.call,
                request.id("id"),
                request.body,
                request.if_match,
            )
        )

    @edge.operation(
        "POST", "/orders/requests/{id}/sign", answer=o.Order, errors=SIGNED, **CHANGE,
        summary="Send an order on its way",
    )  # fmt: skip
    def sign_order(request: Request) -> Answer:
        return versioned(
            ordering.sign(services(request), request.call, request.id("id"), request.if_match)
        )

    @edge.operation(
        "POST", "/orders/requests/{id}/cancel", body=p.StatusReason, answer=o.Order,
        summary="Cancel an order that has no result", errors=CHANGED, **CHANGE,
    )  # fmt: skip
    def cancel_order(request: Request) -> Answer:
        return _order_to(request, o.OrderStatus.CANCELLED)

    @edge.operation(
        "POST", "/orders/requests/{id}/withdraw", body=p.StatusReason, answer=o.Order,
        summary="It was entered in error", errors=CHANGED, **CHANGE,
    )  # fmt: skip
    def withdraw_order(request: Request) -> Answer:
        return _order_to(request, o.OrderStatus.ENTERED_IN_ERROR)

    @edge.operation(
        "POST", "/orders/requests/{id}/take-over", answer=o.Order, errors=CHANGED, **CHANGE,
        summary="Answer for an order from now on",
    )  # fmt: skip
    def take_over_order(request: Request) -> Answer:
        return versioned(
            ordering.take_over(services(request), request.call, request.id("id"), request.if_match)
        )


def _answering(edge: Edge) -> None:
    @edge.operation(
        "PUT", "/orders/requests/{id}/specimen", body=o.SpecimenBody, answer=o.Order,
        versioned=True, summary="A specimen was taken", errors=(*CHANGED, Invalid),
    )  # fmt: skip
    def collect_specimen(request: Request) -> Answer:
        return versioned(
            ordering.collect(
                services(request),
                request.call,
                request.id("id"),
                request.body,
                request.if_match,
            )
        )

    @edge.operation(
        "POST", "/orders/requests/{id}/specimen/receive", answer=o.Order, errors=CHANGED,
        **CHANGE, summary="The laboratory has the specimen",
    )  # fmt: skip
    def receive_specimen(request: Request) -> Answer:
        return versioned(
            ordering.receive(services(request), request.call, request.id("id"), request.if_match)
        )

    @edge.operation(
        "POST", "/orders/requests/{id}/results", body=o.NewResult, answer=o.Order, status=201,
        summary="Enter a result or its correction", errors=(*CHANGED, Invalid), **CHANGE,
    )  # fmt: skip
    def enter_result(request: Request) -> Answer:
        return versioned(
            results.enter(
                services(request),
                request.call,
                request.id("id"),
                request.body,
                request.if_match,
            )
        )

    @edge.operation(
        "GET", "/orders/requests/{id}/results", answer=o.ResultList, errors=(NotFound, Gone),
        summary="Every version of a result",
    )  # fmt: skip
    def list_results(request: Request) -> o.ResultList:
        return results.history(services(request), request.call, request.id("id"))

    @edge.operation(
        "POST", "/orders/requests/{id}/sign-off", body=o.SignOff, answer=o.Order,
        summary="The orderer has seen the result",
        errors=(*CHANGED, SessionExpired, errors.ResultSuperseded), **CHANGE,
    )  # fmt: skip
    def sign_off_result(request: Request) -> Answer:
        return versioned(
            results.sign_off(
                services(request),
                request.call,
                request.id("id"),
                request.body,
                request.if_match,
            )
        )

    @edge.operation(
        "GET", "/orders/worklist", query=o.WorkQuery, answer=o.WorkList,
        summary="What waits for the caller, or for the institution",
    )  # fmt: skip
    def list_work(request: Request) -> o.WorkList:
        return worklist.page(services(request), request.call, request.query)

    @edge.operation("GET", "/orders/requests/{id}/print", summary="An order as PDF", **PRINT)
    def print_order(request: Request) -> o.Printed:
        from telesalud.orders.papers import printing  # noqa: PLC0415

        return printing.print_order(services(request), request.call, request.id("id"), how(request))


def _attaching(edge: Edge) -> None:
    @edge.operation(
        "POST", "/orders/requests/{id}/attachments", body=a.NewAttachment,
        answer=a.AttachmentUpload, summary="Leave to upload a file",
        errors=(*CHANGED, Conflict), **WRITE,
    )  # fmt: skip
    def start_attachment(request: Request) -> a.AttachmentUpload:
        return attachments.start(
            services(request), wiring.blobs(), request.call, request.id("id"), request.body
        )

    @edge.operation(
        "POST", "/orders/requests/{id}/attachments/{attachment_id}/complete",
        answer=a.Attachment, summary="The upload has arrived: have it examined",
        errors=(NotFound, Gone, errors.UploadMissing),
    )  # fmt: skip
    def complete_attachment(request: Request) -> a.Attachment:
        return attachments.complete(
            services(request),
            wiring.blobs(),
            request.call,
            request.id("id"),
            request.id("attachment_id"),
        )

    @edge.operation(
        "GET", "/orders/requests/{id}/attachments", answer=a.AttachmentList,
        summary="An order's files", errors=(NotFound, Gone),
    )  # fmt: skip
    def list_attachments(request: Request) -> a.AttachmentList:
        return attachments.listed(services(request), request.call, request.id("id"))

    @edge.operation(
        "GET", "/orders/requests/{id}/attachments/{attachment_id}/link",
        answer=a.AttachmentLink, summary="A short-lived link to a file", errors=(NotFound, Gone),
    )  # fmt: skip
    def link_attachment(request: Request) -> a.AttachmentLink:
        return attachments.link(
            services(request),
            wiring.blobs(),
            request.call,
            request.id("id"),
            request.id("attachment_id"),
        )
