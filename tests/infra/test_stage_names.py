"""A stage is soft by its name only on the emulator of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra import stages
from infra.deploy import Deployment
from infra.stages import Stage, load_stage


@pytest.mark.parametrize(
    ("name", "text"), [("test", "production: true"), ("local", ""), ("dev", "local: true")]
)
def test_only_the_local_stages_have_their_names(
    name: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "infra" / "stages").mkdir(parents=True)
    (tmp_path / "infra" / "stages" / f"{name}.yaml").write_text(text)
    monkeypatch.setattr(stages, "ROOT", tmp_path)
    with pytest.raises(ValueError, match="local stages"):
        load_stage(name)


@pytest.mark.parametrize(
    "environ",
    [{}, {"AWS_ENDPOINT_URL": ""}, {"AWS_ENDPOINT_URL": "https://127.0.0.1.example.org"}],
)
def test_a_local_stage_is_deployed_to_this_machine_only(environ: dict[str, str]) -> None:
    deployment = Deployment(Stage("test", local=True), environ, lambda _: None)
    with pytest.raises(ValueError, match="for the emulator"):
        deployment.deploy(["foundation"])
