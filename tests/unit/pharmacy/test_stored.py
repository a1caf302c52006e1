"""What earlier releases stored opens, and keeps what later ones added to it."""

import json
from collections.abc import Mapping

import pytest
from pydantic import BaseModel

from schemas import counts, dispensing, pharmacy, transfers, wards
from telesalud.pharmacy.stored import STORED, StoredItem, StoredWarehouse
from telesalud.platform.sealed import from_json
from tests.support import golden

EVENTS: Mapping[str, type[BaseModel]] = {
    **counts.EVENTS,
    **dispensing.EVENTS,
    **pharmacy.EVENTS,
    **transfers.EVENTS,
    **wards.EVENTS,
}


def test_what_any_release_stored_opens() -> None:
    golden.check("pharmacy", {**STORED, **EVENTS})


@pytest.mark.parametrize(
    ("kind", "stored", "answered"),
    [
        ("item", StoredItem, pharmacy.StockItem),
        ("warehouse", StoredWarehouse, pharmacy.Warehouse),
    ],
)
def test_what_is_stored_is_answered_as_the_contract_says(
    kind: str, stored: type[StoredItem | StoredWarehouse], answered: type[BaseModel]
) -> None:
    body = [known.body for known in golden.goldens("pharmacy") if known.kind == kind][-1]
    view = from_json(stored, json.dumps(body)).view(7)
    assert view == answered.model_validate_json(json.dumps({**body, "version": 7}))
