"""Puts a restored table into service: the stack's functions, rights and streams then mean it.

A point-in-time recovery always makes a table of another name. The stack's own table stays in the
stack, protected and unused, until somebody decides about it.
"""

from __future__ import annotations

from typing import Any

STREAM = "RestoredStreamArn"


def use_restored(template: dict[str, Any], table: str) -> None:
    """Make everything in a context's template that means its table mean `table` instead."""
    arn = "arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/" + table
    instead = {
        ("Ref", "Table"): table,
        ("Fn::GetAtt", ("Table", "Arn")): {"Fn::Sub": arn},
        ("Fn::GetAtt", ("Table", "StreamArn")): {"Ref": STREAM},
    }
    template["Parameters"][STREAM] = {"Type": "String"}
    for part in ("Globals", "Resources", "Outputs"):
        template[part] = _replaced(template[part], instead)


def _replaced(part: Any, instead: dict[Any, Any]) -> Any:
    if isinstance(part, list):
        return [_replaced(each, instead) for each in part]
    if not isinstance(part, dict):
        return part
    if len(part) == 1:
        [(function, what)] = part.items()
        meant = (function, tuple(what) if isinstance(what, list) else what)
        if function in ("Ref", "Fn::GetAtt") and meant in instead:
            return instead[meant]
    return {name: _replaced(each, instead) for name, each in part.items()}
