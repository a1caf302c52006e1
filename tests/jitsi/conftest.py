import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from jitsi_cluster.harness.cluster import Cluster, TokenMint
from jitsi_cluster.harness.cluster import cluster as start_cluster

# Waiting as short as tests need it (the defaults are what benchmarks run with), and the audience
# that Jitsi's image sets unless told otherwise.
IMPATIENT = """
asap_accepted_audiences = { "*" }
telesalud_jwt_leeway = 0
telesalud_admission_timeout = 2
telesalud_admission_ttl = 1
telesalud_events_timeout = 3
telesalud_events_max_backoff = 2
telesalud_journal_compact_lines = 20
"""


def require(program: str) -> None:
    """Debian programs come from jitsi_cluster/tests_setup.sh; CI must have them."""
    if shutil.which(program) is None:
        message = f"{program} is missing: run jitsi_cluster/tests_setup.sh"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def mint() -> TokenMint:
    return TokenMint()


@pytest.fixture(scope="session")
def key_dir(mint: TokenMint, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("keys")
    mint.publish(directory)
    return directory


@pytest.fixture(scope="module")
def cluster(
    tmp_path_factory: pytest.TempPathFactory, key_dir: Path, mint: TokenMint
) -> Iterator[Cluster]:
    """One server for the tests of a module; every test has rooms of its own."""
    require("prosody")
    with start_cluster(
        tmp_path_factory.mktemp("prosody"), key_dir, mint, extra=IMPATIENT
    ) as running:
        yield running


@pytest.fixture
def own_cluster(tmp_path: Path, key_dir: Path, mint: TokenMint) -> Iterator[Cluster]:
    """A server for one test that kills it or takes its control plane away."""
    require("prosody")
    with start_cluster(tmp_path, key_dir, mint, extra=IMPATIENT) as running:
        yield running
