"""Sealed models: how a repository keeps a pydantic model as one sealed attribute of an item."""

from typing import TypeVar

from pydantic import BaseModel

from telesalud.platform.store import Item, Key
from telesalud.platform.vault import Scope, Vault

M = TypeVar("M", bound=BaseModel)

ATTRIBUTE = "data"


def place(key: Key) -> str:
    """Where a sealed value belongs; it opens nowhere else."""
    return f"{key.pk}\x00{key.sk}"


def seal_model(vault: Vault, scope: Scope, key: Key, model: BaseModel) -> bytes:
    """The model's JSON, sealed for the item at `key`."""
    return vault.seal(scope, place(key), model.model_dump_json().encode())


def open_model(vault: Vault, scope: Scope, item: Item, kind: type[M]) -> M:
    """The model in the item's sealed attribute. Raises Tampered, Gone, pydantic.ValidationError."""
    return kind.model_validate_json(vault.open(scope, place(item.key), item.blob(ATTRIBUTE)))
