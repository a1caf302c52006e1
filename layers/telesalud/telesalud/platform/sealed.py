"""Sealed models: how a repository keeps a pydantic model as one sealed attribute of an item.

A release runs beside the one before it while it is brought out, and may be taken back. So what is
read keeps, at every depth, the fields that this release does not know, and writing puts them back
(docs/decisions/0006). They are no part of the model's own dump: an answer never shows them.
"""

import json
from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from telesalud.platform.store import Item, Key
from telesalud.platform.vault import Scope, Vault

M = TypeVar("M", bound=BaseModel)

ATTRIBUTE = "data"


def place(key: Key) -> str:
    """Where a sealed value belongs; it opens nowhere else."""
    return f"{key.pk}\x00{key.sk}"


def seal_model(vault: Vault, scope: Scope, key: Key, model: BaseModel) -> bytes:
    """The model's JSON, sealed for the item at `key`."""
    return vault.seal(scope, place(key), to_json(model).encode())


def open_model(vault: Vault, scope: Scope, item: Item, kind: type[M]) -> M:
    """The model in the item's sealed attribute. Raises Tampered, Gone, pydantic.ValidationError."""
    return from_json(kind, vault.open(scope, place(item.key), item.blob(ATTRIBUTE)))


def from_json(kind: type[M], text: str | bytes) -> M:
    """The model that `to_json` wrote, in this release or another. Raises ValidationError."""
    try:
        return kind.model_validate_json(text, extra="forbid")
    except ValidationError:
        # Unknown fields can look like other faults around them; what is wrong raises again.
        return kind.model_validate_json(text, extra="allow")


def to_json(model: BaseModel, *, exclude_defaults: bool = False) -> str:
    """The model with what it does not know of itself; on demand without what is as by default."""
    if not _knows_all(model):
        dumped = model.model_dump(mode="json", exclude_defaults=exclude_defaults)
        return json.dumps(_with_unknown(model, dumped), ensure_ascii=False)
    return model.model_dump_json(exclude_defaults=exclude_defaults)


def _knows_all(value: object) -> bool:
    if isinstance(value, BaseModel):
        return not value.__pydantic_extra__ and all(map(_knows_all, value.__dict__.values()))
    if isinstance(value, tuple | list):
        return all(map(_knows_all, value))
    return all(map(_knows_all, value.values())) if isinstance(value, Mapping) else True


def _with_unknown(value: object, dumped: Any) -> Any:
    """`dumped`, the JSON form of `value`, with the unknown fields of every model in it."""
    if isinstance(value, BaseModel):
        known = {n: _with_unknown(getattr(value, n), d) for n, d in dumped.items()}
        return {**(value.__pydantic_extra__ or {}), **known}
    if isinstance(value, tuple | list):
        return [_with_unknown(v, d) for v, d in zip(value, dumped, strict=True)]
    if isinstance(value, Mapping):
        pairs = zip(value.values(), dumped.items(), strict=True)
        return {name: _with_unknown(v, d) for v, (name, d) in pairs}
    return dumped
