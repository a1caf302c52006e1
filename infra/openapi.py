"""Writes OpenAPI 3.1 documents and event JSON Schemas from what the apps and contracts declare.

`python -m infra.openapi` writes `schemas/openapi/<app>.json`, `schemas/events/<type>.json` and
`schemas/channels/<name>.json`, what citizen channels send and are told;
with `--check` it writes nothing and exits 1 when a file would change.
"""

import argparse
import importlib
import importlib.util
import json
import re
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from infra.environment import app_environment
from schemas import citizen_channels, triage
from telesalud.platform.errors import (
    DomainError,
    Forbidden,
    Invalid,
    KeyReused,
    Malformed,
    StaleVersion,
    TooLarge,
    Unauthenticated,
    Unavailable,
    VersionRequired,
)
from telesalud.platform.http.oauth import OAuthError
from telesalud.platform.http.operations import Auth, Operation
from telesalud.platform.http.problems import ProblemDetails, UnsupportedMediaType
from telesalud.platform.http.serving import Api

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = ROOT / "functions"
OPENAPI = ROOT / "schemas" / "openapi"
EVENTS = ROOT / "schemas" / "events"
CHANNELS = ROOT / "schemas" / "channels"
REF = "#/components/schemas/{model}"

Json = dict[str, Any]

LOCAL_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]+)?)?$"


def apps() -> list[str]:
    """Names of the apps that have HTTP operations, in alphabetical order."""
    return sorted(
        path.parent.name
        for path in FUNCTIONS.glob("*/app.py")
        if "api = Api(" in path.read_text("utf-8")
    )


def load_app(name: str) -> ModuleType:
    """Import `functions/<name>/app.py` under a module name of its own."""
    path = FUNCTIONS / name / "app.py"
    spec = importlib.util.spec_from_file_location(f"telesalud_app_{name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"cannot load {path}")
    module = importlib.util.module_from_spec(spec)
    with app_environment(name):
        spec.loader.exec_module(module)
    return module


def document(name: str, api: Api) -> Json:
    """The OpenAPI 3.1 document of one app."""
    operations = api.operations
    schemas, definitions = _schemas(operations)
    paths: Json = {}
    for operation in operations:
        entry = paths.setdefault(operation.path, {})
        entry[operation.method.lower()] = _operation(name, operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Telesalud {name} API",
            "version": "1",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api"}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(definitions.items())),
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def _schemas(operations: Collection[Operation]) -> tuple[Any, Json]:
    wanted: dict[tuple[type[BaseModel], Any], None] = {(ProblemDetails, "serialization"): None}
    for operation in operations:
        if operation.oauth:
            wanted[OAuthError, "serialization"] = None
        if operation.body:
            wanted[operation.body, "validation"] = None
        if operation.answer:
            wanted[operation.answer, "serialization"] = None
    found, top = models_json_schema(list(wanted), ref_template=REF)
    definitions: Json = top.get("$defs", {})
    for operation in operations:
        if operation.query:  # its parameters stand alone, but may refer to enumerations
            definitions |= operation.query.model_json_schema(ref_template=REF).get("$defs", {})
    _describe_times(definitions)
    return found, definitions


def _describe_times(part: Any) -> None:
    """Say what a clock's time is: OpenAPI's format `time` (RFC 3339) has an offset, ours none."""
    if isinstance(part, dict):
        if part.get("type") == "string" and part.get("format") == "time":
            del part["format"]
            part["pattern"] = LOCAL_TIME
        for value in part.values():
            _describe_times(value)
    elif isinstance(part, list):
        for value in part:
            _describe_times(value)


def _operation(app: str, operation: Operation, schemas: Any) -> Json:
    success: Json = {"description": "Done"}
    if operation.answer:
        ref = schemas[operation.answer, "serialization"]
        success["content"] = {"application/json": {"schema": ref}}
    responses: Json = {str(operation.status): success}
    refusal: Json = (
        {"application/json": {"schema": schemas[OAuthError, "serialization"]}}
        if operation.oauth
        else {"application/problem+json": {"schema": schemas[ProblemDetails, "serialization"]}}
    )
    for error in sorted(_errors(operation), key=lambda e: (e.status, e.slug)):
        kept = responses.setdefault(str(error.status), {"description": "", "content": refusal})
        kept["description"] = "; ".join(filter(None, (kept["description"], error.title)))
    described: Json = {
        "operationId": f"{app}_{operation.name}",
        "summary": operation.summary,
        "tags": [app],
        "parameters": list(_parameters(operation)),
        "responses": responses,
        "security": [{"bearer": []}] if operation.auth is Auth.CALLER else [],
    }
    if operation.body:
        media_type = "application/x-www-form-urlencoded" if operation.oauth else "application/json"
        described["requestBody"] = {
            "required": True,
            "content": {media_type: {"schema": schemas[operation.body, "validation"]}},
        }
    return described


def _errors(operation: Operation) -> set[type[DomainError]]:
    errors: set[type[DomainError]] = {*operation.errors, Malformed, Unavailable, Forbidden}
    if operation.auth is Auth.CALLER:
        errors.add(Unauthenticated)
    if operation.body:
        errors |= {Invalid, TooLarge, UnsupportedMediaType}
    if operation.query or operation.method == "GET":
        errors.add(Invalid)
    if operation.versioned:
        errors |= {StaleVersion, VersionRequired}
    if operation.idempotent:
        errors.add(KeyReused)
    return errors


def _parameters(operation: Operation) -> Iterator[Json]:
    for name in re.findall(r"{(\w+)}", operation.path):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    if operation.query:
        schema = operation.query.model_json_schema(ref_template=REF)
        required = schema.get("required", [])
        for name, described in schema["properties"].items():
            yield {"name": name, "in": "query", "required": name in required, "schema": described}
    if operation.versioned:
        yield {
            "name": "If-Match",
            "in": "header",
            "required": True,
            "schema": {"type": "string", "pattern": '^"?[0-9]{1,15}"?$'},
        }
    if operation.idempotent:
        yield {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "schema": {"type": "string", "pattern": "^[ -~]{8,128}$"},
        }


def event_models() -> dict[str, type[BaseModel]]:
    """Event types and the models of their `data`, from each contract module's `EVENTS`."""
    found: dict[str, type[BaseModel]] = {}
    for path in sorted((ROOT / "schemas").glob("*.py")):
        module = importlib.import_module(f"schemas.{path.stem}")
        found |= getattr(module, "EVENTS", {})
    return found


def outputs() -> dict[Path, str]:
    """Every file that should exist, with its text."""
    texts = {OPENAPI / f"{name}.json": document(name, load_app(name).api) for name in apps()}
    for type_, model in event_models().items():
        schema = model.model_json_schema(mode="serialization")
        texts[EVENTS / f"{type_}.json"] = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:telesalud:event:{type_}",
            **schema,
        }
    for name, model in citizen_channels.PUBLISHED.items():
        texts[CHANNELS / f"{name}.json"] = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": f"urn:telesalud:channel:{name}:{triage.SCHEMA_VERSION}",
            **model.model_json_schema(mode="validation"),
        }
    return {
        path: json.dumps(text, indent=1, ensure_ascii=False) + "\n" for path, text in texts.items()
    }


def main() -> int:
    """Write the files, or with `--check` say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check: bool = parser.parse_args().check
    wanted = outputs()
    present = {path for folder in (OPENAPI, EVENTS, CHANNELS) for path in folder.glob("*.json")}
    stale = [p for p, text in wanted.items() if p not in present or p.read_text("utf-8") != text]
    leftover = sorted(present - wanted.keys())
    if check:
        for path in (*stale, *leftover):
            print(f"{path.relative_to(ROOT)} is stale: run make openapi", file=sys.stderr)
        return 1 if stale or leftover else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], "utf-8")
    for path in leftover:
        path.unlink()
    print(f"{len(wanted)} documents, {len(stale)} written, {len(leftover)} removed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
