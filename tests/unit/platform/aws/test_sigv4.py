"""Requests are signed as botocore signs them, which stands for the specification here."""

from datetime import UTC, datetime
from unittest.mock import patch

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st

from telesalud.platform.aws.sigv4 import Credentials, Signer

TEXT = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=60)


SIGNERS = st.builds(Credentials, TEXT, TEXT, st.none() | TEXT)
MOMENTS = st.datetimes(timezones=st.just(UTC)).filter(lambda at: at.year > 1000)
TARGETS = st.from_regex(r"[A-Za-z0-9_.]{1,40}", fullmatch=True)
HOSTS = st.sampled_from(["dynamodb.sa-east-1.amazonaws.com", "127.0.0.1:4566"])


@given(SIGNERS, MOMENTS, HOSTS, TARGETS, st.binary(max_size=200))
def test_the_signature_is_botocores(
    who: Credentials, at: datetime, host: str, target: str, body: bytes
) -> None:
    fixed = {"content-type": "application/x-amz-json-1.0", "x-amz-target": target}
    scheme = "http" if ":" in host else "https"
    request = AWSRequest("POST", f"{scheme}://{host}/", headers=fixed, data=body)
    known = BotocoreCredentials(who.access_key, who.secret_key, who.token)
    with patch("botocore.auth.get_current_datetime", return_value=at):
        SigV4Auth(known, "dynamodb", "sa-east-1").add_auth(request)
    ours = Signer("dynamodb", "sa-east-1").headers(who, at, host, fixed, body)
    assert ours["authorization"] == request.headers["Authorization"]
    assert ours.get("x-amz-security-token") == request.headers.get("X-Amz-Security-Token")


def test_a_kept_key_is_not_used_for_another_day_or_secret() -> None:
    signer = Signer("kms", "us-east-1")
    first, second = datetime(2026, 1, 1, 23, 59, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    for who in (Credentials("a", "one"), Credentials("a", "two")):
        for at in (first, second, first):
            again = Signer("kms", "us-east-1").headers(who, at, "h", {}, b"")
            assert signer.headers(who, at, "h", {}, b"") == again


def test_secrets_are_not_in_the_representation() -> None:
    assert repr(Credentials("AKIA", "hidden", "hidden")) == "Credentials(access_key='AKIA')"
