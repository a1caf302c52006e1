"""The event bus on EventBridge, and the envelope in which its events arrive."""

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from telesalud.platform.events import Event
from telesalud.platform.logs import get_logger

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

_ENTRIES = 10
"""EventBridge's limit of entries in one PutEvents."""


def event_in(body: str) -> Event:
    """The event in an envelope.

    Raises ValueError (json.JSONDecodeError, pydantic.ValidationError), KeyError or TypeError.
    """
    return Event.model_validate(json.loads(body)["detail"])


class EventBridgeBus:
    """The EventBridge bus `name`; a rule's pattern sees the event's type as `detail-type`."""

    def __init__(self, name: str, client: "Callable[[], EventBridgeClient]") -> None:
        self._name = name
        self._client = client

    def publish(self, events: Sequence[Event]) -> int:
        taken = 0
        for start in range(0, len(events), _ENTRIES):
            part = events[start : start + _ENTRIES]
            well = self._publish_some(part)
            taken += well
            if well < len(part):
                break
        return taken

    def _publish_some(self, events: Sequence[Event]) -> int:
        from botocore.exceptions import (  # noqa: PLC0415  # botocore comes with the client
            BotoCoreError,
            ClientError,
        )

        entries: Any = [
            {
                "Source": "telesalud." + event.type.partition(".")[0],
                "DetailType": event.type,
                "Detail": event.model_dump_json(),
                "Time": event.at,
                "EventBusName": self._name,
            }
            for event in events
        ]
        try:
            answer = self._client().put_events(Entries=entries)
        except (BotoCoreError, ClientError) as error:
            get_logger().error("bus unreachable", error=type(error).__name__, count=len(events))
            return 0
        for index, entry in enumerate(answer["Entries"]):
            if "ErrorCode" in entry:
                get_logger().error(
                    "event not taken", event_id=events[index].id, code=entry["ErrorCode"]
                )
                return index
        return len(events)
