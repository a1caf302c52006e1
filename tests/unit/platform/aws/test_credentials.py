"""Whose credentials sign: the environment's of the moment, else those that end and are renewed."""

import http.server
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import pytest

from telesalud.platform.aws.credentials import source
from telesalud.platform.aws.sigv4 import Credentials
from telesalud.platform.errors import Unavailable


def test_the_environments_are_read_each_time() -> None:
    environment = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}
    credentials = source(environment)
    assert credentials() == Credentials("a", "s", "t")
    environment |= {"AWS_ACCESS_KEY_ID": "b", "AWS_SESSION_TOKEN": ""}
    assert credentials() == Credentials("b", "s", None)


class Container(http.server.BaseHTTPRequestHandler):
    """The address that a container's credentials come from; each answer is the next ones."""

    given: ClassVar[list[str | None]] = []
    lives = timedelta()

    def do_GET(self) -> None:
        self.given.append(self.headers["Authorization"])
        expires = datetime.now(UTC) + self.lives
        said = {
            "AccessKeyId": f"key-{len(self.given)}",
            "SecretAccessKey": "s",
            "Token": "t",
            "Expiration": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(said).encode())

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def container(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Container]]:
    """An environment as a function has it that was restored from a snapshot."""
    server = http.server.HTTPServer(("127.0.0.1", 0), Container)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, "/nowhere")
    address = f"http://127.0.0.1:{server.server_port}/credentials"
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", address)
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "shown")
    monkeypatch.setattr(Container, "given", [])
    yield Container
    server.shutdown()
    server.server_close()


def test_a_containers_are_asked_for_once_and_renewed_before_they_end(
    container: type[Container], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "lives", timedelta(hours=6))
    kept = source({})
    assert [kept().access_key, kept().access_key] == ["key-1", "key-1"]
    assert container.given == ["shown"]
    monkeypatch.setattr(container, "lives", timedelta(minutes=5))
    ending = source({})
    assert ending() != ending()


def test_without_any_the_request_is_not_made(
    container: type[Container], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(Unavailable):
        source({})()
    assert container.given == []
