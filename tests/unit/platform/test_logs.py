"""Bodies, names and tokens never get into a log line."""

import ast
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_lambda_powertools import Logger
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from telesalud.platform.logs import FIELDS, WITHHELD, Log, safe, where
from tests.support.some import some

ROOT = Path(__file__).parents[3]
DENIED = {
    "address",
    "answer",
    "authorization",
    "birth_date",
    "body",
    "cookie",
    "data",
    "detail",
    "document",
    "email",
    "headers",
    "input",
    "link",
    "message",
    "name",
    "note",
    "password",
    "patient_name",
    "payload",
    "phone",
    "query",
    "secret",
    "signature",
    "text",
    "token",
    "url",
}


def lines_of(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def log(stream: io.StringIO, request: pytest.FixtureRequest) -> Log:
    return Log(Logger(service=f"telesalud-{request.node.name}", stream=stream))


def test_a_line_carries_its_ids_and_outcomes(log: Log, stream: io.StringIO) -> None:
    log.info("request", request_id="r-1", operation="consults.finish", status=200)
    [line] = lines_of(stream)
    assert line["message"] == "request"
    assert (line["request_id"], line["operation"], line["status"]) == (
        "r-1",
        "consults.finish",
        200,
    )
    assert WITHHELD not in line


@pytest.mark.parametrize("name", sorted(DENIED))
def test_a_field_that_could_hold_a_person_or_a_secret_is_withheld(
    log: Log, stream: io.StringIO, name: str
) -> None:
    getattr(log, "warning")("careless", **{name: "x-secret-x"})  # noqa: B009  # any name
    assert "x-secret-x" not in stream.getvalue()


def test_no_denied_name_is_ever_allowed() -> None:
    assert DENIED.isdisjoint(FIELDS)


@pytest.mark.parametrize(
    "value",
    [
        "Paciente Demostración Uno",
        "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln",
        "prefix.eyJhbGciOiJFUzI1NiJ9",
        "Bearer:abc",
        '{"note":"x"}',
        "line\nbreak",
        "x" * 201,
    ],
)
def test_an_allowed_field_with_forbidden_content_is_withheld(
    log: Log, stream: io.StringIO, value: str
) -> None:
    log.error("careless", reason=value, code=409)
    [line] = lines_of(stream)
    assert "reason" not in line
    assert line[WITHHELD] == "reason"
    assert line["code"] == 409


@given(st.dictionaries(st.sampled_from(sorted(FIELDS | DENIED)), st.text() | st.integers()))
def test_whatever_is_passed_only_codes_under_known_names_remain(
    fields: dict[str, str | int],
) -> None:
    kept = safe(fields)
    assert kept.keys() <= FIELDS | {WITHHELD}
    assert all(" " not in value for value in kept.values() if isinstance(value, str))


def test_an_error_is_located_without_its_message() -> None:
    class Form(BaseModel):
        birth_date: int

    try:
        Form.model_validate({"birth_date": "Paciente Demostración Uno"})
    except ValidationError as error:
        place = where(error)
    assert "Paciente" not in place
    assert safe({"where": place}) == {"where": place}


def log_calls() -> Iterator[tuple[str, ast.Call]]:
    """Every call of `get_logger().<level>(...)` in code that is shipped."""
    for folder in ("layers", "functions"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Attribute)
                    and isinstance(node.func.value, ast.Call)
                    and isinstance(node.func.value.func, ast.Name)
                    and node.func.value.func.id == "get_logger"
                ):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", node


def test_every_log_call_has_a_constant_message_and_known_fields() -> None:
    calls = list(log_calls())
    assert calls, "the pattern of log calls has changed: teach it to this test"
    for place, call in calls:
        [message] = call.args
        assert isinstance(message, ast.Constant), f"{place}: the message must be a constant"
        names = {keyword.arg for keyword in call.keywords}
        assert names <= FIELDS, f"{place}: {names - FIELDS} may not be logged"


def test_nothing_else_writes_logs_or_prints() -> None:
    """`logging`, `print` and Powertools elsewhere would go around the filter."""
    for folder in ("layers/telesalud", "functions"):
        for path in some((ROOT / folder).rglob("*.py")):
            if path.name == "logs.py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                used = {a.name for a in node.names} if isinstance(node, ast.Import) else set()
                if isinstance(node, ast.ImportFrom):
                    used = {node.module or ""}
                assert used.isdisjoint({"logging"}), f"{path}: use telesalud.platform.logs"
                assert not (
                    isinstance(node, ast.Call)
                    and isinstance(node.func, ast.Name)
                    and node.func.id == "print"
                ), f"{path}: use telesalud.platform.logs"
