"""The health page, as the balancer and the scaler ask for it: from another address."""

import http.client
from pathlib import Path

import pytest

from jitsi_cluster.harness.prosody_server import Prosody, running
from tests.jitsi.conftest import require

ELSEWHERE = "127.0.0.2"


def status(server: Prosody, source: str) -> int:
    """The page's status for a request that comes from `source`."""
    connection = http.client.HTTPConnection(
        "127.0.0.1", server.http_port, timeout=5, source_address=(source, 0)
    )
    connection.request("GET", "/health")
    return connection.getresponse().status


@pytest.mark.parametrize(("network", "answer"), [("127.0.0.0/8", 200), ("", 403)])
def test_the_clusters_network_may_ask_whether_signalling_is_healthy(
    tmp_path: Path, key_dir: Path, network: str, answer: int
) -> None:
    """Refused, the balancer would kill a healthy server, and every consult would go direct."""
    require("prosody")
    server = Prosody(tmp_path, key_dir, "http://127.0.0.1:9", health_cidr=network)
    with running(server):
        assert status(server, "127.0.0.1") == 200
        assert status(server, ELSEWHERE) == answer
