"""An index in use is whole and right, stays while a new one is brought, and is replaced at once."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from localstack import seed_terminology
from operations.terminology import Refused, import_release, name_of
from telesalud.patients.errors import NoTerminology
from telesalud.patients.terminology.publishing import publish
from telesalud.patients.terminology.release import RECHECK, Releases
from telesalud.patients.terminology.search import Status, TerminologyIndex
from tests.worlds.patients import linearization as synthetic

FOLDER = "_terminology"


@dataclass
class Bucket:
    """Objects in memory; dies before the store number `fails`, if any."""

    objects: dict[str, bytes] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)
    fails: int = 0
    stored: int = 0

    def fetch(self, key: str, to: Path) -> None:
        self.fetched.append(key)
        if key not in self.objects:
            raise OSError(key)
        to.write_bytes(self.objects[key])

    def put(self, key: str, file: Path) -> None:
        self.stored += 1
        if self.stored == self.fails:
            raise OSError("the connection broke")
        self.objects[key] = file.read_bytes()


@dataclass
class Clock:
    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def bucket() -> Bucket:
    return Bucket()


def bring(
    bucket: Bucket, folder: Path, release: str = "2025-01", *, without: frozenset[str] = frozenset()
) -> None:
    files = synthetic.write(folder, "es", "en", "pt", release=release, without=without)
    import_release(
        bucket,
        FOLDER,
        system="icd11",
        country="",
        release=release,
        files=files,
        chapters=synthetic.CHAPTERS,
    )


def releases(bucket: Bucket, disk: Path, clock: Clock | None = None) -> Releases:
    disk.mkdir(exist_ok=True)
    return Releases(FOLDER, bucket, disk=disk, seconds=clock or Clock())


def test_an_imported_release_is_opened_and_fetched_once(bucket: Bucket, tmp_path: Path) -> None:
    bring(bucket, tmp_path)
    disk = tmp_path / "disk"
    held = releases(bucket, disk)
    for _ in range(2):
        assert held.open("icd11").lookup("ZZ00.0")
    assert releases(bucket, disk).open("icd11").lookup("ZZ00.0")
    assert sum(key.endswith(".sqlite") for key in bucket.fetched) == 1
    assert len(list(disk.iterdir())) == 1


def test_a_new_release_comes_into_use_without_a_restart(bucket: Bucket, tmp_path: Path) -> None:
    clock = Clock()
    bring(bucket, tmp_path)
    held = releases(bucket, tmp_path / "disk", clock)
    assert held.open("icd11").info.release == "2025-01"
    bring(bucket, tmp_path, "2026-01")
    assert held.open("icd11").info.release == "2025-01"
    clock.now = RECHECK
    assert held.open("icd11").info.release == "2026-01"


def test_a_code_withdrawn_in_the_next_release_stays_readable(
    bucket: Bucket, tmp_path: Path
) -> None:
    files = {"es": tmp_path / "long.txt"}
    lines = synthetic.table("es").splitlines()
    # Enough codes that one of them is less than a tenth.
    more = [
        lines[2].replace("ZZ00\t", f"ZY{n:02d}\t").replace("990001", f"98{n:04d}")
        for n in range(20)
    ]
    files["es"].write_text("\n".join([*lines, *more]) + "\n", "utf-8")
    chapters, ways = synthetic.CHAPTERS, {"system": "icd11", "country": ""}
    import_release(bucket, FOLDER, release="2025-01", files=files, chapters=chapters, **ways)
    files["es"].write_text("\n".join([*lines, *more[1:]]) + "\n", "utf-8")
    import_release(bucket, FOLDER, release="2026-01", files=files, chapters=chapters, **ways)
    [kept] = releases(bucket, tmp_path / "disk").open("icd11").record("ZY00")
    assert (kept.status, bool(kept.title)) == (Status.WITHDRAWN, True)
    assert "2026-01" in (kept.warning or "")


@pytest.mark.parametrize("step", [1, 2])
def test_a_publication_cut_short_leaves_the_old_index_in_use(
    bucket: Bucket, tmp_path: Path, step: int
) -> None:
    bring(bucket, tmp_path)
    bucket.fails = bucket.stored + step
    with pytest.raises(OSError, match="broke"):
        bring(bucket, tmp_path, "2026-01")
    assert releases(bucket, tmp_path / "disk").open("icd11").info.release == "2025-01"
    bring(bucket, tmp_path, "2026-01")
    assert releases(bucket, tmp_path / "disk").open("icd11").info.release == "2026-01"


def test_a_file_cut_in_half_changes_nothing(bucket: Bucket, tmp_path: Path) -> None:
    bring(bucket, tmp_path)
    before = dict(bucket.objects)
    files = synthetic.write(tmp_path, "es", "en", "pt", release="2026-01")
    whole = files["es"].read_bytes()
    files["es"].write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Refused):
        import_release(bucket, FOLDER, system="icd11", country="", release="2026-01", files=files)
    assert bucket.objects == before


def test_what_is_not_the_published_index_is_not_opened(bucket: Bucket, tmp_path: Path) -> None:
    bring(bucket, tmp_path)
    [index] = [key for key in bucket.objects if key.endswith(".sqlite")]
    good = bucket.objects[index]
    for objects in (
        {},
        {index: good},
        {f"{FOLDER}/icd11.json": b"{"},
        {f"{FOLDER}/icd11.json": bucket.objects[f"{FOLDER}/icd11.json"]},
        {**bucket.objects, index: good[:-1]},
    ):
        with pytest.raises(NoTerminology):
            releases(Bucket(objects), tmp_path / "disk").open("icd11")
    assert list((tmp_path / "disk").iterdir()) == []
    with pytest.raises(NoTerminology, match="TELESALUD_TERMINOLOGY"):
        Releases("", bucket, disk=tmp_path).open("icd11")


def test_the_index_stays_in_use_while_the_bucket_is_away(bucket: Bucket, tmp_path: Path) -> None:
    clock = Clock()
    bring(bucket, tmp_path)
    held = releases(bucket, tmp_path / "disk", clock)
    index = held.open("icd11")
    bucket.objects.clear()
    clock.now = RECHECK + 1
    assert held.open("icd11") is index


def test_national_editions_are_kept_apart(bucket: Bucket, tmp_path: Path) -> None:
    assert (name_of("icd11", ""), name_of("icd10", "PE")) == ("icd11", "icd10-pe")
    for system, country in (("icd11", "PE"), ("icd10", ""), ("icd10", "../x")):
        with pytest.raises(Refused):
            name_of(system, country)
    table = tmp_path / "cie10.csv"
    table.write_text("code,title\nA00,Ejemplo inventado\n", "utf-8")
    import_release(
        bucket,
        FOLDER,
        system="icd10",
        country="PE",
        release="2019",
        files={"es": table},
        chapters=frozenset("A"),
    )
    held = releases(bucket, tmp_path / "disk")
    assert held.open("icd10-pe").lookup("A00")
    with pytest.raises(NoTerminology):
        held.open("icd10-br")


def test_the_demonstration_is_marked_complete_and_gives_way_to_a_release(
    bucket: Bucket, tmp_path: Path
) -> None:
    assert seed_terminology.install(bucket, FOLDER)
    assert not seed_terminology.install(bucket, FOLDER)
    index = releases(bucket, tmp_path / "disk").open("icd11")
    assert index.info.attribution.startswith("DEMONSTRATION")
    for text, language in (("diabetes", "es"), ("pressão alta", "pt"), ("asthma", "en")):
        found = index.search(text.split()[0], language)
        assert found
        assert found[0].entity_uri.startswith("http://id.who.int/icd/entity/")
    every = seed_terminology.concepts()
    assert len({one.row.code for one in every}) == len(every) >= 150
    assert all(title for one in every for title in one.titles.values())
    files = synthetic.write(tmp_path, "es", "en", "pt")
    with pytest.raises(Refused, match="withdrawn"):  # these few codes would drop all the others
        import_release(
            bucket,
            FOLDER,
            system="icd11",
            country="",
            release="2025-01",
            files=files,
            chapters=synthetic.CHAPTERS,
        )


def test_publishing_the_same_again_stores_nothing(bucket: Bucket, tmp_path: Path) -> None:
    bring(bucket, tmp_path)
    stored = bucket.stored
    [key] = [key for key in bucket.objects if key.endswith(".sqlite")]
    index = tmp_path / "again.sqlite"
    index.write_bytes(bucket.objects[key])
    TerminologyIndex(index).close()
    assert not publish(bucket, FOLDER, "icd11", index, "2025-01").changed
    assert bucket.stored == stored
    assert json.loads(bucket.objects[f"{FOLDER}/icd11.json"])["key"] == key
