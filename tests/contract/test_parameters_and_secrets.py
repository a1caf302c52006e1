"""Parameters and rotated secrets, read over memory and over AWS on moto."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import boto3
import pytest

from telesalud.platform.aws import clients
from telesalud.platform.aws.backend import AwsBackend
from telesalud.platform.backend import Backend
from telesalud.platform.embedded.backend import EmbeddedBackend
from telesalud.platform.errors import Unavailable
from telesalud.platform.memory.backend import MemoryBackend
from tests.contract.conftest import REGION

Change = Callable[[str, str], object]


class Rig(NamedTuple):
    """A backend, and the operators' side of it."""

    backend: Backend
    rotate: Change
    """Give a secret a new text."""
    change: Change
    """Give a parameter a new value."""


@pytest.fixture(params=["memory", "embedded", "moto"])
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    if request.param == "embedded":
        site = EmbeddedBackend(tmp_path, os.urandom(32), {})
        yield Rig(site, site.kept.rotate, site.kept.set_parameter)
        site.close()
        return
    if request.param == "memory":
        memory = MemoryBackend({})
        yield Rig(memory, memory.rotate, memory.parameters.__setitem__)
        return
    request.getfixturevalue("moto_cloud")
    clients._session.cache_clear()
    yield Rig(AwsBackend(), _rotate, _change)
    clients._session.cache_clear()


def _rotate(name: str, text: str) -> None:
    secrets = boto3.client("secretsmanager", region_name=REGION)
    known = [each["Name"] for each in secrets.list_secrets()["SecretList"]]
    if name in known:
        secrets.put_secret_value(SecretId=name, SecretString=text)
    else:
        secrets.create_secret(Name=name, SecretString=text)


def _change(name: str, value: str) -> None:
    ssm = boto3.client("ssm", region_name=REGION)
    ssm.put_parameter(Name=name, Value=value, Type="String", Overwrite=True)


def test_a_secret_is_read_with_the_one_before_its_rotation(rig: Rig) -> None:
    rig.rotate("shared", "first")
    assert rig.backend.secret_versions("shared") == ("first",)
    rig.rotate("shared", "second")
    assert rig.backend.secret_versions("shared") == ("second", "first")
    rig.rotate("shared", "third")
    assert rig.backend.secret_versions("shared") == ("third", "second")


def test_a_missing_secret_is_an_error_and_not_an_empty_one(rig: Rig) -> None:
    with pytest.raises(Unavailable):
        rig.backend.secret_versions("absent")


def test_a_parameter_is_read_afresh_and_an_absent_one_is_none(rig: Rig) -> None:
    assert rig.backend.parameter("/video/active") is None
    for value in ("blue", "green"):
        rig.change("/video/active", value)
        assert rig.backend.parameter("/video/active") == value
