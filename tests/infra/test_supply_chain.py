"""What is deployed is known by name and hash, under licences that allow it, and holds no secret."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

from infra.tools import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PACKAGE_LOCKS = [ROOT / "web" / "package-lock.json", *ROOT.glob("localstack/*/package-lock.json")]
FREE = {"MIT", "MIT-0", "ISC", "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0"}
"""Licences of the site's libraries, which travel to every browser."""
SECRETS = {
    "plugins_used": [
        {"name": name}
        for name in (
            "AWSKeyDetector",
            "AzureStorageKeyDetector",
            "BasicAuthDetector",
            "GitHubTokenDetector",
            "GitLabTokenDetector",
            "JwtTokenDetector",
            "NpmDetector",
            "PrivateKeyDetector",
            "PypiTokenDetector",
            "SendGridDetector",
            "SlackDetector",
            "StripeDetector",
            "TwilioKeyDetector",
        )
    ]
}
KNOWN = {
    "tests/unit/platform/test_logs.py": "a token that a log must not show",
    "tests/unit/platform/webhooks/test_addresses.py": "addresses that are refused",
    "tests/unit/consults/notifications/test_notifications.py": "addresses that are refused",
}
"""Where something looks like a secret and is none."""


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_python_package_is_pinned_with_its_hash(lock: Path) -> None:
    parts = re.split(r"^(?=[A-Za-z0-9])", lock.read_text("utf-8"), flags=re.MULTILINE)
    packages = [part for part in parts if re.match(r"[A-Za-z0-9._-]+(\[.*\])?==", part)]
    assert packages
    assert [part.splitlines()[0] for part in packages if "--hash=sha256:" not in part] == []
    assert not re.search(r"^--(extra-)?index-url|https?://", lock.read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("lock", PACKAGE_LOCKS, ids=lambda lock: lock.parent.name)
def test_every_package_of_npm_is_pinned_with_its_hash(lock: Path) -> None:
    packages = json.loads(lock.read_text("utf-8"))["packages"]
    unsure = [name for name, each in packages.items() if name and "integrity" not in each]
    assert unsure == []
    assert [name for name, each in packages.items() if "resolved" in each] == []


def test_what_browsers_get_is_free_to_be_passed_on() -> None:
    packages = json.loads((ROOT / "web" / "package-lock.json").read_text("utf-8"))["packages"]
    deployed = {name: each for name, each in packages.items() if name and not each.get("dev")}
    assert len(deployed) > 20
    said = {
        name: re.findall(r"[\w.-]+", each.get("license", "")) for name, each in deployed.items()
    }
    assert {name: words for name, words in said.items() if not FREE & set(words)} == {}


def committed() -> Iterator[str]:
    """Text files of the repository; nothing where it is not a clone."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    endings = (".png", ".pdf", ".ttf", ".woff2", ".gz", ".svg", ".txt")
    return (name for name in listed.stdout.split("\0") if name and not name.endswith(endings))


def test_nothing_committed_looks_like_a_secret() -> None:
    found: dict[str, set[str]] = {}
    with transient_settings(SECRETS):
        for name in committed():
            secrets = SecretsCollection(root=str(ROOT))
            secrets.scan_file(name)
            for file, secret in secrets:
                found.setdefault(file, set()).add(f"{secret.type} in line {secret.line_number}")
    assert {file: what for file, what in found.items() if file not in KNOWN} == {}
    assert sorted(found) == sorted(KNOWN)
