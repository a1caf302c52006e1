"""Catalogues: imported whole or not at all, and found without a round trip."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.tools import ROOT
from schemas.formulary import (
    CatalogueImport,
    CatalogueKind,
    FormularySearch,
    ImportFormat,
)
from telesalud.orders.catalogues import files, releases
from telesalud.platform.errors import Forbidden, Invalid, NotFound, StaleVersion
from tests.support.crashes import crash_everywhere
from tests.worlds.orders.ward import (
    ADMINISTRATOR,
    FORMULARY,
    INTERACTIONS,
    ORDER_SETS,
    PHARMACIST,
    Ward,
    json_file,
    physician,
)
from tests.worlds.world import call

KIND = CatalogueKind.FORMULARY
CSV = (
    "code,atc,name,substances,form,strength,unit,routes,controlled\n"
    'AMC875,J01CR02,"Amoxicilina, ácido clavulánico",amoxicillin|clavulanic-acid,'
    "tableta,875 mg,tableta,oral,false\n"
    "DZP010,N05BA01,Diazepam,diazepam,tableta,10 mg,tableta,oral|intravenous,true\n"
    "END,2\n"
)


@pytest.fixture
def ward() -> Ward:
    return Ward()


def csv_file(text: str = CSV) -> CatalogueImport:
    return CatalogueImport(format=ImportFormat.CSV, content=text)


def put(ward: Ward, given: CatalogueImport, version: int = 1, by: Any = ADMINISTRATOR) -> Any:
    return releases.put(
        ward.services, ward.catalogues, call(by), kind=KIND, given=given, version=version
    )


def codes(ward: Ward, query: str, **more: Any) -> list[str]:
    asked = FormularySearch(q=query, **more)
    found = releases.search(ward.services, ward.catalogues, call(physician()), asked)
    return [item.code for item in found.items]


def test_csv_and_json_say_the_same() -> None:
    items = files.read(KIND, csv_file("\ufeff" + CSV))
    again = json_file(json.loads(files.canonical(items))["items"])
    assert files.read(KIND, again) == items


def test_an_import_replaces_the_whole_catalogue(ward: Ward) -> None:
    made = put(ward, csv_file())
    assert (made.items, made.version) == (2, 2)
    assert codes(ward, "diaz") == ["DZP010"]
    assert codes(ward, "parace") == []
    assert releases.show(ward.services, call(PHARMACIST), KIND) == made


whole_json = json_file(FORMULARY).content


@settings(deadline=None)
@given(st.integers(0, len(whole_json) - 1))
def test_a_json_file_cut_anywhere_is_refused(length: int) -> None:
    cut = CatalogueImport(format=ImportFormat.JSON, content=whole_json[:length])
    with pytest.raises(Invalid):
        files.read(KIND, cut)


@settings(deadline=None)
@given(st.integers(0, len(CSV) - 2))
def test_a_csv_file_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(Invalid):
        files.read(KIND, csv_file(CSV[:length]))


def test_a_refused_file_changes_nothing(ward: Ward) -> None:
    before = releases.show(ward.services, call(ADMINISTRATOR), KIND)
    with pytest.raises(Invalid):
        put(ward, csv_file(CSV[:100]))
    assert releases.show(ward.services, call(ADMINISTRATOR), KIND) == before
    assert codes(ward, "parace") == ["PAR500"]


@pytest.mark.parametrize(
    ("item", "change", "pointer"),
    [
        (1, {"atc": "J01"}, "/content/items/1/atc"),
        (0, {"routes": []}, "/content/items/0/routes"),
        (2, {"form": "x" * 201}, "/content/items/2/form"),
        (2, {"code": "AMX500"}, "/content/items/2/code"),
        (3, {"price": 5}, "/content/items/3/price"),
        (3, {"controlled": "perhaps"}, "/content/items/3/controlled"),
        (3, {"name": ""}, "/content/items/3/name"),
    ],
)
def test_faults_are_named_by_item_and_field(
    item: int, change: dict[str, Any], pointer: str
) -> None:
    wrong = [dict(one) for one in FORMULARY]
    wrong[item] |= change
    with pytest.raises(Invalid) as refused:
        files.read(KIND, json_file(wrong))
    assert [fault.pointer for fault in refused.value.fields] == [pointer]


def test_a_pair_of_agents_interacts_in_one_way_only() -> None:
    turned = {**INTERACTIONS[0], "first": "atc:M01A", "second": "substance:warfarin"}
    with pytest.raises(Invalid):
        files.read(CatalogueKind.INTERACTIONS, json_file([*INTERACTIONS, turned]))


def test_order_sets_have_sound_loinc_codes() -> None:
    tests = [{"loinc": "718-8", "display": "Hemoglobina"}]
    wrong = {**ORDER_SETS[0], "tests": tests}
    with pytest.raises(Invalid):
        files.read(CatalogueKind.ORDER_SETS, json_file([wrong]))


def test_of_two_administrators_who_import_the_second_is_told(ward: Ward) -> None:
    put(ward, csv_file())
    with pytest.raises(StaleVersion):
        put(ward, json_file(FORMULARY), version=1)


def test_who_may_import_and_who_may_look(ward: Ward) -> None:
    with pytest.raises(Forbidden):
        put(ward, csv_file(), by=physician())
    asked = FormularySearch(q="amo")
    stranger = call(physician(tenant="clinic-three"))
    with pytest.raises(Exception, match="no formulary"):
        releases.search(ward.services, ward.catalogues, stranger, asked)
    with pytest.raises(NotFound):
        releases.show(ward.services, stranger, KIND)


def test_products_are_found_by_words_in_any_order_without_accents(ward: Ward) -> None:
    assert codes(ward, "ACIDO amox") == ["AMC875"]
    assert codes(ward, "acetilsal") == ["ASA100"]
    assert codes(ward, "j01ca") == ["AMX500", "AMP500"]
    assert codes(ward, "ibuprofen") == ["IBU400"]
    assert codes(ward, "buprofeno") == []


def test_search_pages_by_name(ward: Ward) -> None:
    asked = FormularySearch(q="am", limit=1)
    seen: list[str] = []
    for _ in range(9):
        found = releases.search(ward.services, ward.catalogues, call(physician()), asked)
        seen += [item.code for item in found.items]
        if found.cursor is None:
            break
        asked = FormularySearch(q="am", limit=1, cursor=found.cursor)
    assert seen == ["AMX500", "AMC875", "AMP500"]


def test_a_process_reads_each_release_once(ward: Ward) -> None:
    codes(ward, "amo")
    ward.blobs.files.clear()
    ward.world.store.trips.reads = 0
    assert codes(ward, "amox") == ["AMX500", "AMC875"]
    assert ward.world.store.trips.reads == 1


def test_an_import_survives_a_crash_at_every_step() -> None:
    def act(ward: Ward) -> None:
        try:
            put(ward, csv_file())
        except StaleVersion:
            # The answer was lost on the way: whoever reads again sees their import.
            assert releases.show(ward.services, call(ADMINISTRATOR), KIND).items == 2

    def check(ward: Ward) -> None:
        assert codes(ward, "diaz") == ["DZP010"]
        assert releases.show(ward.services, call(ADMINISTRATOR), KIND).version == 2

    assert crash_everywhere(Ward, lambda w: w.world.store, act, check) >= 2


@pytest.mark.parametrize("kind", list(CatalogueKind))
def test_the_demonstration_catalogues_are_sound_and_say_what_they_are(kind: CatalogueKind) -> None:
    text = (ROOT / "localstack" / "catalogues" / f"{kind.value}.json").read_text("utf-8")
    items = files.read(kind, CatalogueImport(format=ImportFormat.JSON, content=text))
    assert all(str(getattr(item, "code", "DEMO-")).startswith("DEMO-") for item in items)
