"""E-mail by SES: what it took, what it refused, what never left, and what nobody can tell."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from telesalud.platform.aws.ses import SesEmail
from telesalud.platform.errors import Unavailable
from telesalud.platform.ports.messages import Message, Unconfirmed, Undeliverable

SENDER = "citas@demo.invalid"
MESSAGE = Message("m-1", "uno@demo.invalid", "Recordatorio", "Le recordamos su cita.")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    with mock_aws():
        yield boto3.client("sesv2", region_name="us-east-1")


def test_a_message_from_a_verified_sender_is_sent(client: Any) -> None:
    client.create_email_identity(EmailIdentity=SENDER)
    SesEmail(lambda: client, SENDER).send("clinica", MESSAGE)
    [sent] = ses_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sent_messages
    assert sent.destinations["ToAddresses"] == ["uno@demo.invalid"]
    assert (sent.source, sent.subject) == (SENDER, "Recordatorio")


def test_a_sender_that_is_not_verified_is_refused_for_good(client: Any) -> None:
    with pytest.raises(Undeliverable, match="MessageRejected"):
        SesEmail(lambda: client, SENDER).send("clinica", MESSAGE)


class Broken:
    """A client that always fails."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def send_email(self, **_: Any) -> None:
        raise self.error


THROTTLED = ClientError({"Error": {"Code": "TooManyRequestsException"}}, "SendEmail")


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (THROTTLED, Unavailable),
        (EndpointConnectionError(endpoint_url="https://mail.invalid"), Unavailable),
        (ConnectTimeoutError(endpoint_url="https://mail.invalid"), Unavailable),
        (ReadTimeoutError(endpoint_url="https://mail.invalid"), Unconfirmed),
    ],
)
def test_only_what_surely_has_not_left_may_be_tried_again(
    error: Exception, meaning: type[Exception]
) -> None:
    with pytest.raises(meaning):
        SesEmail(lambda: Broken(error), SENDER).send("clinica", MESSAGE)
