"""An import is whole or nothing, and what was recorded once stays readable."""

import csv
import sqlite3
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telesalud.patients.terminology import building, importer
from telesalud.patients.terminology.importer import import_files
from telesalud.patients.terminology.search import Status, TerminologyIndex
from telesalud.patients.terminology.source import SourceError
from tests.worlds.patients import linearization as synthetic


def run(folder: Path, files: dict[str, Path], release: str = "2025-01", share: float = 0.1) -> Path:
    destination = folder / "index.sqlite"
    import_files(
        files,
        system="icd11",
        release=release,
        destination=destination,
        chapters=synthetic.CHAPTERS,
        max_withdrawn_share=share,
    )
    return destination


def test_every_code_keeps_its_titles_and_both_uris(tmp_path: Path) -> None:
    index = TerminologyIndex(run(tmp_path, synthetic.write(tmp_path, "es", "en", "pt")))
    entry = index.lookup("zz00.0", "pt")
    assert entry is not None
    assert (entry.title, entry.language) == ("D. crônica", "pt")
    assert entry.entity_uri == "http://id.who.int/icd/entity/990002"
    assert entry.linearization_uri == "http://id.who.int/icd/release/11/2025-01/mms/990002"
    residual = index.lookup("ZZ00.Y")
    assert residual is not None
    assert residual.entity_uri == ""
    assert residual.linearization_uri.endswith("/mms/990004/other")


def test_attribution_and_edition_travel_with_the_index(tmp_path: Path) -> None:
    info = TerminologyIndex(run(tmp_path, synthetic.write(tmp_path, "es", "en"))).info
    assert "CC BY-ND 3.0 IGO" in info.attribution
    assert (info.system_uri, info.release) == ("http://id.who.int/icd/release/11/mms", "2025-01")
    assert info.languages == ("es", "en")


def test_the_same_table_as_workbook_or_in_an_archive_gives_the_same_codes(tmp_path: Path) -> None:
    text = synthetic.write(tmp_path, "es")["es"]
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in csv.reader(text.read_text(encoding="utf-8").splitlines(), dialect="excel-tab"):
        sheet.append([value or None for value in row])
    book.save(tmp_path / "table.xlsx")
    with zipfile.ZipFile(tmp_path / "table.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(text, "SimpleTabulation-es.txt")
    for name in ("table.xlsx", "table.zip"):
        (tmp_path / name[-4:]).mkdir()
        index = TerminologyIndex(run(tmp_path / name[-4:], {"es": tmp_path / name}))
        assert all(index.lookup(concept[0]) for concept in synthetic.CONCEPTS)


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(kept=st.floats(0.05, 0.95), kind=st.sampled_from(["txt", "xlsx", "zip"]))
def test_a_file_cut_anywhere_is_refused_and_the_present_index_stays(
    tmp_path: Path, kept: float, kind: str
) -> None:
    files = synthetic.write(tmp_path, "es", "en")
    destination = run(tmp_path, files)
    before = destination.read_bytes()
    cut = tmp_path / f"cut.{kind}"
    if kind == "txt":
        content = files["en"].read_bytes()
    else:
        with zipfile.ZipFile(cut, "w") as archive:
            archive.write(files["en"], "table.txt")
        content = cut.read_bytes()
    cut.write_bytes(content[: int(len(content) * kept)])
    with pytest.raises(SourceError):
        run(tmp_path, {"es": files["es"], "en": cut})
    assert destination.read_bytes() == before
    assert not list(tmp_path.glob("*.partial"))


def test_a_single_table_cut_between_two_rows_lacks_its_last_chapter(tmp_path: Path) -> None:
    path = synthetic.write(tmp_path, "es")["es"]
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:6]), encoding="utf-8")
    with pytest.raises(SourceError, match="chapter 0X"):
        run(tmp_path, {"es": path})


def test_a_code_withdrawn_in_the_next_release_stays_readable_but_is_not_offered(
    tmp_path: Path,
) -> None:
    run(tmp_path, synthetic.write(tmp_path, "es", "en"))
    gone = frozenset({"ZZ02"})
    files = synthetic.write(tmp_path, "es", "en", release="2026-01", without=gone)
    index = TerminologyIndex(run(tmp_path, files, "2026-01", share=0.2))
    entry = index.lookup("ZZ02")
    assert entry is not None
    assert (entry.status, entry.withdrawn_in) == (Status.WITHDRAWN, "2026-01")
    assert entry.title == "Síndrome del ejemplo fijo"
    assert entry.linearization_uri == "http://id.who.int/icd/release/11/2025-01/mms/990007"
    assert index.search("sindrome ejemplo") == []
    assert [e.code for e in index.search("ZZ0")].count("ZZ02") == 0
    index.close()

    files = synthetic.write(tmp_path, "es", "en", release="2027-01", without=gone)
    entry = TerminologyIndex(run(tmp_path, files, "2027-01", share=0.2)).lookup("ZZ02")
    assert entry is not None
    assert entry.withdrawn_in == "2026-01", "a later release does not move the date of withdrawal"

    files = synthetic.write(tmp_path, "es", "en", release="2028-01")
    entry = TerminologyIndex(run(tmp_path, files, "2028-01")).lookup("ZZ02")
    assert entry is not None
    assert entry.status is Status.ACTIVE, "a code that comes back can be chosen again"


def test_losing_many_codes_at_once_is_refused_as_a_cut_file(tmp_path: Path) -> None:
    run(tmp_path, synthetic.write(tmp_path, "es"))
    files = synthetic.write(tmp_path, "es", without=frozenset({"ZZ01", "ZZ02"}))
    with pytest.raises(SourceError, match="2 of 10 codes"):
        run(tmp_path, files, "2026-01")


def test_an_older_release_does_not_replace_a_newer_one(tmp_path: Path) -> None:
    run(tmp_path, synthetic.write(tmp_path, "es"), "2026-01")
    with pytest.raises(SourceError, match="older than the present index"):
        run(tmp_path, synthetic.write(tmp_path, "es"), "2025-01")


def test_a_file_that_is_no_index_is_not_overwritten(tmp_path: Path) -> None:
    files = synthetic.write(tmp_path, "es")
    (tmp_path / "index.sqlite").write_text("somebody's notes")
    with pytest.raises(SourceError, match="not a readable index"):
        run(tmp_path, files)
    assert (tmp_path / "index.sqlite").read_text() == "somebody's notes"


def test_a_crash_while_writing_leaves_the_present_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    destination = run(tmp_path, synthetic.write(tmp_path, "es"))
    before = destination.read_bytes()
    for step in ("_insert", "_check"):
        with monkeypatch.context() as patch:
            patch.setattr(building, step, _crash)
            with pytest.raises(RuntimeError):
                run(tmp_path, synthetic.write(tmp_path, "es"))
        assert destination.read_bytes() == before
    assert not list(tmp_path.glob("*.partial"))


def _crash(*_: object) -> None:
    raise RuntimeError("injected")


def test_languages_of_different_releases_are_refused(tmp_path: Path) -> None:
    files = synthetic.write(tmp_path, "es")
    files |= synthetic.write(tmp_path, "en", without=frozenset({"ZZ01"}))
    with pytest.raises(SourceError, match="en: 1 codes are missing"):
        run(tmp_path, files)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("Linearization URI", "Something else", "lacks linearization uri"),
        ("\tcategory\t", "\tcolour\t", "class kind 'colour'"),
        ("\tTrue\t99", "\tmaybe\t99", "expected true or false"),
        ("ZZ01", "ZZ00", "ZZ00 occurs twice"),
    ],
)
def test_a_damaged_table_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = synthetic.write(tmp_path, "es")["es"]
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SourceError, match=message):
        run(tmp_path, {"es": path})


def test_the_command_reports_and_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = synthetic.write(tmp_path, "es")["es"]
    out = tmp_path / "out.sqlite"
    options = ["--release", "2025-01", "--es", str(path), "--out", str(out)]
    assert importer.main([*options, "--chapters", "99,0X"]) == 0
    assert "10 active codes (10 new)" in capsys.readouterr().out
    assert importer.main(options) == 1, "by default every chapter of ICD-11 is expected"
    assert "nothing was changed" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        importer.main(["--release", "soon", "--es", str(path), "--out", str(out)])


def test_icd10_comes_from_a_plain_list(tmp_path: Path) -> None:
    lines = [f"{letter}00;Entidad sintética {letter}" for letter in "ABCDEFGHIJKLMNOPQRSTVWXYZ"]
    path = tmp_path / "cie10.csv"
    path.write_text("code;title\n" + "\n".join(lines) + "\n", encoding="utf-8")
    out = tmp_path / "icd10.sqlite"
    import_files({"es": path}, system="icd10", release="2019", destination=out)
    index = TerminologyIndex(out)
    assert index.info.system_uri == "http://hl7.org/fhir/sid/icd-10"
    assert [e.code for e in index.search("sintetica m")] == ["M00"]
    path.write_text("code;title\n" + "\n".join(lines[:12]) + "\n", encoding="utf-8")
    with pytest.raises(SourceError, match="chapter M"):
        import_files({"es": path}, system="icd10", release="2019", destination=out)
    path.write_text("code;title\n" + "\n".join(lines), encoding="utf-8")
    with pytest.raises(SourceError, match="seems to be cut"):
        import_files({"es": path}, system="icd10", release="2019", destination=out)


def test_something_else_than_an_index_is_not_opened(tmp_path: Path) -> None:
    (tmp_path / "text.sqlite").write_text("not a database at all, only text" * 50)
    other = sqlite3.connect(tmp_path / "other.sqlite")
    other.execute("CREATE TABLE meta (key TEXT, value TEXT)")
    other.execute("INSERT INTO meta VALUES ('layout', '0')")
    other.commit()
    for name in ("text.sqlite", "other.sqlite", "missing.sqlite"):
        with pytest.raises(ValueError, match=r"layout|index"):
            TerminologyIndex(tmp_path / name)
