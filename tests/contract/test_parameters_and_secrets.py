"""Parameters and rotated secrets as the platform reads them."""

from collections.abc import Iterator

import boto3
import pytest

from telesalud.platform.aws import clients
from telesalud.platform.errors import Unavailable
from tests.contract.conftest import REGION


@pytest.fixture(autouse=True)
def _fresh(moto_cloud: None) -> Iterator[None]:
    clients._session.cache_clear()
    yield
    clients._session.cache_clear()


def test_a_secret_is_read_with_the_one_before_its_rotation() -> None:
    secrets = boto3.client("secretsmanager", region_name=REGION)
    secrets.create_secret(Name="shared", SecretString="first")
    assert clients.secret_versions("shared") == ("first",)
    secrets.put_secret_value(SecretId="shared", SecretString="second")
    assert clients.secret_versions("shared") == ("second", "first")


def test_a_missing_secret_is_an_error_and_not_an_empty_one() -> None:
    with pytest.raises(Unavailable):
        clients.secret_versions("absent")


def test_a_parameter_is_read_afresh_and_an_absent_one_is_none() -> None:
    ssm = boto3.client("ssm", region_name=REGION)
    assert clients.parameter("/video/active") is None
    ssm.put_parameter(Name="/video/active", Value="blue", Type="String")
    assert clients.parameter("/video/active") == "blue"
    ssm.put_parameter(Name="/video/active", Value="green", Type="String", Overwrite=True)
    assert clients.parameter("/video/active") == "green"
