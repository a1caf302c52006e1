"""Property-based calls of every operation of every API: no fault of ours, no undeclared answer."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from infra.openapi import OPENAPI
from telesalud.platform.access import Caller, CallerKind, Role
from telesalud.platform.ids import new_id
from tests.cloud.parties import access_token
from tests.cloud.stacks import Stacks

EXAMPLES = 5
"""A call of the local cloud takes about 0.1 s; `make test-long` has the deeper sweep."""
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)
ROLES = (Role.ADMINISTRATOR, Role.PHYSICIAN, Role.FRONT_DESK, Role.AUDITOR)
DESTRUCTIVE = {"identity_end_session"}
GATEWAYS_OWN = {403}
"""API Gateway itself answers 403 for paths that it does not know, such as an empty parameter."""


@cache
def document(path: Path) -> Any:
    return schemathesis.openapi.from_dict(json.loads(path.read_text("utf-8")))


def operations() -> list[Any]:
    """One parameter for each operation, named after it."""
    found = []
    for path in sorted(OPENAPI.glob("*.json")):
        for result in document(path).get_all_operations():
            operation = result.ok()
            name = operation.definition.raw["operationId"]
            if name not in DESTRUCTIVE:
                found.append(pytest.param(operation, id=name))
    return found


@pytest.fixture(scope="module")
def token(stacks: Stacks) -> str:
    """A user with every role of an institution of their own, so that nobody is disturbed."""
    tenant = f"fuzz-{new_id()[-12:]}"
    caller = Caller(tenant, new_id(), CallerKind.USER, frozenset(ROLES))
    return access_token(stacks, caller)


def _exercise(operation: Any, token: str, origin: str, examples: int) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.explicit, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def check(case: Any) -> None:
        headers = {"Authorization": f"Bearer {token}", **dict(case.headers or {})}
        case.headers = headers
        try:
            response = case.call(base_url=f"{origin}/api", timeout=60)
        except (httpx.HTTPError, UnicodeError) as error:
            pytest.fail(f"{operation.label}: {error}")
        if response.status_code in GATEWAYS_OWN and b"problem" not in response.content:
            return
        case.validate_response(response, checks=CHECKS)

    check()


@pytest.mark.parametrize("operation", operations())
def test_an_operation_answers_as_declared(operation: Any, token: str, stacks: Stacks) -> None:
    _exercise(operation, token, stacks.origin, EXAMPLES)


@pytest.mark.long
@pytest.mark.parametrize("operation", operations())
def test_an_operation_withstands_a_deep_sweep(operation: Any, token: str, stacks: Stacks) -> None:
    _exercise(operation, token, stacks.origin, 100 * EXAMPLES)
