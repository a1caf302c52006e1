"""Notification targets and their delivery log."""

from schemas.consult_notifications import (
    NewTarget,
    NotificationQuery,
    Notifications,
    Replay,
    Replayed,
    Target,
    Targets,
    TargetSecret,
    TargetState,
)
from telesalud.consults import wiring
from telesalud.consults.notifications import notices
from telesalud.platform.errors import Forbidden, Invalid, NotFound, StaleVersion
from telesalud.platform.http.operations import Answer, Group, Request

group = Group("/consults")


@group.post(
    "/notification-targets",
    body=NewTarget,
    answer=TargetSecret,
    status=201,
    idempotent=True,
    errors=(Forbidden, Invalid),
)
def register_target(request: Request) -> Answer:
    """Register a notification target.

    Its signing secret is shown once.
    """
    made = notices.register_target(
        wiring.services(), request.call, request.body, local=wiring.settings().is_local
    )
    return Answer(made, made.target.version)


@group.get("/notification-targets", answer=Targets, errors=(Forbidden,))
def list_targets(request: Request) -> Targets:
    """List the notification targets.

    Without secrets.
    """
    return notices.list_targets(wiring.services(), request.call)


@group.put(
    "/notification-targets/{target_id}",
    body=TargetState,
    answer=Target,
    versioned=True,
    errors=(Forbidden, NotFound, StaleVersion),
)
def switch_target(request: Request) -> Answer:
    """Stop or resume a target.

    A stopped target's notifications fail at once.
    """
    target = notices.switch_target(
        wiring.services(),
        request.call,
        request.path["target_id"],
        request.body,
        request.if_match,
    )
    return Answer(target, target.version)


@group.post(
    "/notification-targets/{target_id}/secret",
    answer=TargetSecret,
    status=201,
    idempotent=True,
    errors=(Forbidden, NotFound),
)
def rotate_secret(request: Request) -> Answer:
    """Rotate a secret.

    The old one signs beside the new one for 24 hours.
    """
    made = notices.rotate_secret(wiring.services(), request.call, request.path["target_id"])
    return Answer(made, made.target.version)


@group.get("/notifications", query=NotificationQuery, answer=Notifications, errors=(Forbidden,))
def list_notifications(request: Request) -> Notifications:
    """Read the delivery log.

    Of one target, newest first.
    """
    return notices.log(wiring.services(), request.call, request.query)


@group.post(
    "/notifications/replay",
    body=Replay,
    answer=Replayed,
    status=202,
    errors=(Forbidden, NotFound),
)
def replay_notifications(request: Request) -> Replayed:
    """Deliver notifications again.

    By ids, or by time range and status.
    """
    return notices.replay(wiring.services(), request.call, request.body)
