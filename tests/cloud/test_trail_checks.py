"""Checks of the audit trails on the running stacks: bus, function, chain, archive under lock."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from localstack.client import Client
from telesalud.platform.aws import clients
from telesalud.platform.aws.dynamodb import DynamoStore
from telesalud.platform.aws.s3 import S3Archive
from telesalud.platform.clock import utc_now
from telesalud.platform.store import Delete
from telesalud.platform.trail.chain import Entry, head_key, link_key, link_of
from telesalud.platform.trail.digests import write_digests
from tests.browser.institutions import ADMINISTRATOR, Institution, found_institution
from tests.cloud.stacks import Stacks

CONTEXTS = ("appointments", "billing", "consults", "identity", "orders", "patients", "pharmacy")
PATIENCE = 240.0
"""Seconds that a busy machine's emulator may take for a check."""


@pytest.fixture
def institution(
    stacks: Stacks, http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Institution]:
    for name, value in stacks.cloud.environ().items():
        monkeypatch.setenv(name, value)
    kept = (clients._session, clients.records, clients.keys, clients.dynamodb, clients.kms)
    for each in kept:  # clients that another test made for another endpoint
        each.cache_clear()
    made = found_institution(stacks.cloud, http)
    made.redeem(ADMINISTRATOR, made.code)
    made.add_user(made.client(), "auditoria", "auditor")
    yield made
    for each in kept:
        each.cache_clear()


def finished(auditor: Client, context: str, check: str) -> dict[str, Any]:
    """The check once it has ended."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found: dict[str, Any] = auditor.get(f"/{context}/audit-check")["check"]
        if found["id"] == check and found["status"] != "running":
            return found
        time.sleep(2)
    pytest.fail(f"the check of {context} did not end")


def sealed(store: DynamoStore, tenant: str) -> None:
    """Wait until the stream's sealer has made the first link."""
    until = time.monotonic() + PATIENCE
    while store.get(head_key(tenant)) is None:
        assert time.monotonic() < until, "nothing was sealed"
        time.sleep(1)


def test_every_context_checks_its_own_trail(institution: Institution) -> None:
    auditor = institution.client("auditoria")
    asked = {c: auditor.post(f"/{c}/audit-check")["id"] for c in CONTEXTS}
    for context, check in asked.items():
        found = finished(auditor, context, check)
        assert (found["status"], found["faults"]) == ("done", []), context


def test_a_check_compares_the_archive_and_finds_a_removed_entry(
    stacks: Stacks, institution: Institution
) -> None:
    store = DynamoStore(stacks.outputs["IdentityTableName"], lambda: stacks.client("dynamodb"))
    archive = S3Archive(stacks.outputs["AuditBucketName"], lambda: stacks.client("s3"))
    auditor = institution.client("auditoria")
    sealed(store, institution.tenant)
    write_digests(store, archive, utc_now, "identity")
    check = finished(auditor, "identity", auditor.post("/identity/audit-check")["id"])
    assert (check["status"], check["fault_count"], check["digests"]) == ("done", 0, 1)
    assert check["entries"] >= check["links"] >= check["anchored_link"] >= 1

    first = store.get(link_key(institution.tenant, 1))
    assert first is not None
    entry = Entry.parse(link_of(institution.tenant, first)[0].entries[0])
    store.transact([Delete(entry.key)])
    check = finished(auditor, "identity", auditor.post("/identity/audit-check")["id"])
    assert (check["status"], check["fault_count"]) == ("done", 1)
    assert check["faults"][0]["kind"] == "missing"
    assert check["faults"][0]["place"] == f"{entry.key.pk}/{entry.key.sk}"


def test_an_administrator_who_is_no_auditor_is_refused(institution: Institution) -> None:
    administrator = institution.client()
    for context in CONTEXTS:
        for method in ("GET", "POST"):
            answer = administrator.call(method, f"/{context}/audit-check")
            assert (answer.status_code, answer.json()["right"]) == (403, "audit.check")


def test_a_repeated_request_is_one_check(institution: Institution) -> None:
    auditor = institution.client("auditoria")
    key = {"Idempotency-Key": "the-same-key-1"}
    first = auditor.post("/orders/audit-check", **key)
    assert auditor.post("/orders/audit-check", **key) == first
