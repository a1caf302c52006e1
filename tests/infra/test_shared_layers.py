"""The local cloud unpacks a layer once, and a worker that goes leaves it to the others."""

import shutil
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from localstack.ministack_main import share_layers


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    made = tmp_path / "shared"
    made.mkdir()
    return made


@pytest.fixture
def runtime(shared: Path) -> Any:
    """The emulator's module that starts workers, patched."""
    module = SimpleNamespace(zipfile=zipfile)
    share_layers(module, shared)
    return module


def archive(path: Path, text: str) -> Path:
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("python/library.py", text)
    return path


def unpack(runtime: Any, source: Path, target: Path) -> Path:
    """As the emulator does it: the folder is there before."""
    target.mkdir(parents=True)
    with runtime.zipfile.ZipFile(str(source)) as opened:
        opened.extractall(str(target))
    return target


def test_two_workers_share_one_copy_and_either_may_go(
    runtime: Any, shared: Path, tmp_path: Path
) -> None:
    source = archive(tmp_path / "layer_0.zip", "one")
    first = unpack(runtime, source, tmp_path / "first" / "layer_0")
    second = unpack(runtime, source, tmp_path / "second" / "layer_0")
    assert first.resolve() == second.resolve()
    assert len(list(shared.iterdir())) == 1
    shutil.rmtree(tmp_path / "first")
    assert (second / "python" / "library.py").read_text() == "one"


def test_a_changed_layer_is_another_copy(runtime: Any, tmp_path: Path) -> None:
    for text in ("one", "two"):
        source = archive(tmp_path / "layer_0.zip", text)
        unpacked = unpack(runtime, source, tmp_path / text / "layer_0")
        assert (unpacked / "python" / "library.py").read_text() == text


def test_a_layer_that_cannot_be_unpacked_is_served_to_nobody(
    runtime: Any, shared: Path, tmp_path: Path
) -> None:
    source = archive(tmp_path / "layer_0.zip", "one")
    source.write_bytes(source.read_bytes().replace(b"one", b"won"))
    for worker in ("first", "second"):
        with pytest.raises(zipfile.BadZipFile):
            unpack(runtime, source, tmp_path / worker / "layer_0")
    assert not [each for each in shared.iterdir() if len(each.name) == 64]


def test_a_functions_own_code_is_its_own(runtime: Any, tmp_path: Path) -> None:
    code = unpack(runtime, archive(tmp_path / "code.zip", "one"), tmp_path / "worker" / "code")
    assert not code.is_symlink()
    assert (code / "python" / "library.py").read_text() == "one"
