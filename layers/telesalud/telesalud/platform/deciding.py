"""What operations do to items, for backends that decide it themselves rather than ask DynamoDB."""

from collections.abc import Mapping, Sequence

from telesalud.platform.errors import TooLarge
from telesalud.platform.store import (
    Attributes,
    Check,
    ConditionFailed,
    Delete,
    Failure,
    Item,
    Key,
    Operation,
    Put,
    Value,
    When,
)

MAX_ITEM = 400 * 1024


def decide(
    operations: Sequence[Operation], found: Mapping[Key, Item | None]
) -> dict[Key, Item | None]:
    """What a transaction leaves at each of its keys. Raises ConditionFailed, TooLarge."""
    failures = [Failure(o, found[o.key]) for o in operations if not holds(o.when, found[o.key])]
    if failures:
        raise ConditionFailed(failures)
    results = {o.key: after(o, found[o.key]) for o in operations}
    if any(item is not None and size_of(item) > MAX_ITEM for item in results.values()):
        raise TooLarge("a stored item may have at most 400 KB")
    return results


def _order(value: Value) -> tuple[int, str | int]:
    """DynamoDB compares numbers with numbers and text with text."""
    if isinstance(value, int) and not isinstance(value, bool):
        return 0, value
    if isinstance(value, str):
        return 1, value
    raise TypeError("only text and whole numbers have an order")


def _same(left: Value | None, right: Value) -> bool:
    """Equality without Python's True == 1."""
    return type(left) is type(right) and left == right


def _below(value: Value | None, limit: str | int) -> bool:
    if value is None:
        return False
    found, bound = _order(value), _order(limit)
    return found[0] == bound[0] and found < bound


def holds(when: When, item: Item | None) -> bool:
    """Whether the condition is met by what is stored, None when nothing is."""
    attributes: Attributes = item.attributes if item else {}
    return (
        when.exists in (None, item is not None)
        and (when.version is None or (item is not None and item.version == when.version))
        and all(_same(attributes.get(n), v) for n, v in when.equals.items())
        and all(name not in attributes for name in when.lacks)
        and all(_below(attributes.get(n), v) for n, v in when.below.items())
    )


def size_of(item: Item) -> int:
    """Bytes of an item, counted nearly as DynamoDB counts them."""
    total = len(item.key.pk.encode()) + len(item.key.sk.encode())
    for name, value in item.attributes.items():
        total += len(name.encode())
        if isinstance(value, bytes):
            total += len(value)
        elif isinstance(value, str):
            total += len(value.encode())
        elif isinstance(value, tuple):
            total += sum(len(text.encode()) + 1 for text in value)
        else:
            total += 8
    return total


def after(operation: Operation, found: Item | None) -> Item | None:
    """What an operation leaves where `found` is. Raises TypeError for a sum with a non-number."""
    if isinstance(operation, Delete):
        return None
    if isinstance(operation, Check):
        return found
    expires = {"expires_at": int(operation.expires.timestamp())} if operation.expires else {}
    attributes: dict[str, Value]
    if isinstance(operation, Put):
        attributes = {**operation.attributes, **expires}
        return Item(operation.key, (operation.when.version or 0) + 1, attributes)
    attributes = {**(found.attributes if found else {}), **operation.set, **expires}
    for name, amount in operation.add.items():
        present = attributes.get(name, 0)
        if not isinstance(present, int):
            raise TypeError(f"{name} is not a number")
        attributes[name] = present + amount
    for name in operation.remove:
        attributes.pop(name, None)
    return Item(operation.key, (found.version if found else 0) + 1, attributes)
