"""Golden files: what earlier releases stored, which every later one has to open.

`tests/golden/<context>/<kind>.<n>.json` holds a body as it was stored, with every field filled
with synthetic values, and the SHA-256 of the model's JSON schema at that time. A model that
changes its shape needs a file of the next number; the earlier ones stay and are opened for ever.
"""

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel

from telesalud.platform.sealed import from_json, to_json

FOLDER = Path(__file__).parent.parent / "golden"
UNKNOWN = "of_a_later_release"


class Golden(NamedTuple):
    """One golden file."""

    kind: str
    number: int
    shape: str
    body: Any


def goldens(context: str) -> list[Golden]:
    """Every golden file of a context, oldest first."""
    found = []
    for path in sorted((FOLDER / context).glob("*.json")):
        kind, _, number = path.stem.rpartition(".")
        content = json.loads(path.read_text("utf-8"))
        found.append(Golden(kind, int(number), content["shape"], content["body"]))
    return sorted(found, key=lambda golden: (golden.kind, golden.number))


def shape_of(model: type[BaseModel]) -> str:
    """SHA-256 in hex of the model's JSON schema without its descriptions."""
    schema = _undescribed(model.model_json_schema(mode="serialization"))
    return hashlib.sha256(json.dumps(schema, sort_keys=True).encode()).hexdigest()


def check(context: str, models: Mapping[str, type[BaseModel]]) -> None:
    """Assert that every kind has a golden file of its present shape, and that all of them open,
    say the same again, and keep what a later release may have added at any depth."""
    known = goldens(context)
    newest = {golden.kind: golden for golden in known}
    assert newest, f"{context} has no golden files"
    assert set(newest) == set(models), "each kind has golden files, and each file its kind"
    stale = [kind for kind, golden in newest.items() if golden.shape != shape_of(models[kind])]
    assert stale == [], f"the shape of {stale} changed: add a golden file of the next number"
    for golden in known:
        _check_body(models[golden.kind], golden)


def write(context: str, kind: str, model: BaseModel) -> Path:
    """Write the next golden file of a kind; for whoever changes a stored shape on purpose."""
    number = 1 + max((g.number for g in goldens(context) if g.kind == kind), default=0)
    content = {"shape": shape_of(type(model)), "body": json.loads(to_json(model))}
    path = FOLDER / context / f"{kind}.{number}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def _check_body(model: type[BaseModel], golden: Golden) -> None:
    text = json.dumps(golden.body)
    opened = from_json(model, text)
    again = json.loads(to_json(opened))
    lost = [name for name in golden.body if not _says(again.get(name), golden.body[name])]
    assert lost == [], f"{golden.kind}.{golden.number} loses {lost}"
    for place in _models(opened):
        changed = copy.deepcopy(golden.body)
        _at(changed, place)[UNKNOWN] = {"kept": True}
        later = from_json(model, json.dumps(changed))
        kept = json.loads(to_json(later))
        assert _at(kept, place).get(UNKNOWN) == {"kept": True}, f"lost at {place}"
        assert UNKNOWN not in later.model_dump_json(), "an answer shows what it does not know"


def _says(again: Any, body: Any) -> bool:
    """Whether `again` says all that `body` did; fields that were added since may stand beside."""
    if isinstance(body, dict) and isinstance(again, dict):
        return all(_says(again.get(name), value) for name, value in body.items())
    if isinstance(body, list) and isinstance(again, list) and len(body) == len(again):
        return all(_says(one, other) for one, other in zip(again, body, strict=True))
    return bool(again == body)


def _models(value: object, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where models are, the outermost first. A mapping is none: its keys are data."""
    if isinstance(value, BaseModel):
        yield place
        for name in type(value).model_fields:
            yield from _models(getattr(value, name), (*place, name))
    elif isinstance(value, Mapping):
        for name, each in value.items():
            yield from _models(each, (*place, str(name)))
    elif isinstance(value, tuple | list):
        for index, each in enumerate(value):
            yield from _models(each, (*place, index))


def _at(value: Any, place: tuple[str | int, ...]) -> Any:
    for step in place:
        value = value[step]
    return value


def _undescribed(value: Any) -> Any:
    if isinstance(value, dict):
        prose = {n for n in ("description", "title") if isinstance(value.get(n), str)}
        return {n: _undescribed(v) for n, v in value.items() if n not in prose}
    return [_undescribed(each) for each in value] if isinstance(value, list) else value
