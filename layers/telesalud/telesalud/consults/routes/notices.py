"""Notification targets and their delivery log, over HTTP."""

from schemas import consult_notifications as n
from telesalud.consults import wiring
from telesalud.consults.notifications import notices
from telesalud.platform.errors import Forbidden, Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Edge, Request


def register(edge: Edge) -> None:
    """Add this group's operations."""
    _targets(edge)
    _log(edge)


def _targets(edge: Edge) -> None:
    @edge.operation(
        "POST", "/consults/notification-targets", summary="Register a notification target",
        body=n.NewTarget, answer=n.TargetSecret, status=201, idempotent=True,
        errors=(Forbidden, Invalid),
    )  # fmt: skip
    def register_target(request: Request) -> Answer:
        """Its signing secret is shown once."""
        made = notices.register_target(
            wiring.services(), request.call, request.body, local=wiring.settings().is_local
        )
        return Answer(made, made.target.version)

    @edge.operation(
        "GET", "/consults/notification-targets", summary="List the notification targets",
        answer=n.Targets, errors=(Forbidden,),
    )  # fmt: skip
    def list_targets(request: Request) -> n.Targets:
        """Without secrets."""
        return notices.list_targets(wiring.services(), request.call)

    @edge.operation(
        "PUT", "/consults/notification-targets/{target_id}", summary="Stop or resume a target",
        body=n.TargetState, answer=n.Target, versioned=True,
        errors=(Forbidden, NotFound, StaleVersion),
    )  # fmt: skip
    def switch_target(request: Request) -> Answer:
        """A stopped target's notifications fail at once."""
        target = notices.switch_target(
            wiring.services(),
            request.call,
            request.path["target_id"],
            request.body,
            request.if_match,
        )
        return Answer(target, target.version)

    @edge.operation(
        "POST", "/consults/notification-targets/{target_id}/secret", summary="Rotate a secret",
        answer=n.TargetSecret, status=201, idempotent=True, errors=(Forbidden, NotFound),
    )  # fmt: skip
    def rotate_secret(request: Request) -> Answer:
        """The old one signs beside the new one for 24 hours."""
        made = notices.rotate_secret(wiring.services(), request.call, request.path["target_id"])
        return Answer(made, made.target.version)


def _log(edge: Edge) -> None:
    @edge.operation(
        "GET", "/consults/notifications", summary="Read the delivery log",
        query=n.NotificationQuery, answer=n.Notifications, errors=(Forbidden,),
    )  # fmt: skip
    def list_notifications(request: Request) -> n.Notifications:
        """Of one target, newest first."""
        return notices.log(wiring.services(), request.call, request.query)

    @edge.operation(
        "POST", "/consults/notifications/replay", summary="Deliver notifications again",
        body=n.Replay, answer=n.Replayed, status=202, errors=(Forbidden, NotFound),
    )  # fmt: skip
    def replay_notifications(request: Request) -> n.Replayed:
        """By ids, or by time range and status."""
        return notices.replay(wiring.services(), request.call, request.body)
