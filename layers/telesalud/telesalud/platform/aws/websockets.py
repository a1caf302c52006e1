"""Answering the connections of an API Gateway WebSocket API."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from telesalud.platform.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_apigatewaymanagementapi import ApiGatewayManagementApiClient


class GatewayPusher:
    """Posts to open connections; takes a function so that the client is made at first use."""

    def __init__(self, client: "Callable[[], ApiGatewayManagementApiClient]") -> None:
        self._client = client

    def post(self, connection_id: str, message: bytes) -> bool:
        """Whether it was sent; False when the connection is gone. Raises Unavailable."""
        from botocore.exceptions import (  # noqa: PLC0415  # botocore comes with the client
            BotoCoreError,
            ClientError,
        )

        client = self._client()
        try:
            client.post_to_connection(ConnectionId=connection_id, Data=message)
        except client.exceptions.GoneException:
            return False
        except (BotoCoreError, ClientError) as error:
            raise Unavailable("the channel does not take messages") from error
        return True

    def close(self, connection_id: str) -> None:
        """End the connection; one that is gone is ended. Raises Unavailable."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415  # as above

        client = self._client()
        try:
            client.delete_connection(ConnectionId=connection_id)
        except client.exceptions.GoneException:
            return
        except (BotoCoreError, ClientError) as error:
            raise Unavailable("the channel does not end connections") from error
