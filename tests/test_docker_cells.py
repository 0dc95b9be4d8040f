"""Claims about cells in containers: the answers of the local engine, from images that hold the cell and no more."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Prober, Seen, Shelf, a_job

from lab.engines.docker.engine import DockerEngine
from lab.engines.docker.images import FINGERPRINT, LABEL
from lab.engines.docker.recipe import ENVIRONMENT
from lab.engines.protocol import BuiltCell
from lab.words import Outcome, Role

pytestmark = [pytest.mark.docker, pytest.mark.slow]

PAIRS = [("tf2.4", "tf2.4"), ("tf2.4", "tf2.16"), ("tf2.16", "tf2.4")]


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What a consumer made of the same artifacts, with and without a container."""

    local: Seen
    docker: Seen

    def outcomes(self, seen: Seen) -> Mapping[tuple[str, str | None], Outcome]:
        return {key: judgement.outcome for key, judgement in seen.loads().items()}


@pytest.fixture(scope="module", params=PAIRS, ids="->".join)
def loaded(
    request: pytest.FixtureRequest,
    cell: Callable[[str], BuiltCell],
    docker_cell: Callable[[str], BuiltCell],
    shelf: Callable[[str], Shelf],
    probe: Prober,
    docker_probe: Prober,
) -> Loaded:
    producer, consumer = request.param
    shelved = shelf(producer)
    jobs = [shelved.load_job(model, form) for model, form in shelved.kept]
    return Loaded(
        local=probe(cell(consumer), Role.LOAD, jobs), docker=docker_probe(docker_cell(consumer), Role.LOAD, jobs)
    )


def inspect(built: BuiltCell, engine: DockerEngine) -> dict[str, Any]:
    return dict(engine.daemon.client.api.inspect_image(built.image))


def history(built: BuiltCell, engine: DockerEngine) -> str:
    return " ".join(layer["CreatedBy"] for layer in engine.daemon.client.api.history(built.image))


def containers(engine: DockerEngine) -> list[str]:
    return [one.id for one in engine.daemon.client.containers.list(all=True, filters={"label": LABEL + ".process"})]


def test_a_container_gives_the_outcomes_of_the_local_engine(loaded: Loaded) -> None:
    assert loaded.outcomes(loaded.docker) == loaded.outcomes(loaded.local)


def test_every_load_was_answered_in_the_container(loaded: Loaded) -> None:
    assert Outcome.INFRA_ERROR not in loaded.outcomes(loaded.docker).values()


def test_what_a_container_saves_belongs_to_the_caller_and_loads(
    docker_cell: Callable[[str], BuiltCell], docker_probe: Prober, tmp_path: Path
) -> None:
    built = docker_cell("tf2.4")
    job = a_job("dense/h5", "dense-uncompiled", "h5", tmp_path / "artifact")

    docker_probe(built, Role.SAVE, [job])
    seen = docker_probe(built, Role.LOAD, [{**job, "strategies": ["plain"]}])

    assert {path.stat().st_uid for path in (tmp_path / "artifact").rglob("*")} == {os.getuid()}
    assert seen.load("dense/h5").outcome is Outcome.PASS


def test_nothing_is_left_behind(
    docker_cell: Callable[[str], BuiltCell], loaded: Loaded, docker_engine: DockerEngine
) -> None:
    assert loaded.docker.events
    assert containers(docker_engine) == []


def test_an_image_is_built_once(
    docker_cell: Callable[[str], BuiltCell], docker_engine: DockerEngine, tmp_path: Path
) -> None:
    first = docker_cell("tf2.4")

    again = docker_engine.build(first.cell, "no lock is read", first.fingerprint, tmp_path / "log")

    assert (again.image, again.reused) == (first.image, True)


def test_an_image_says_what_it_is(docker_cell: Callable[[str], BuiltCell], docker_engine: DockerEngine) -> None:
    built = docker_cell("tf2.4")
    labels = inspect(built, docker_engine)["Config"]["Labels"]

    assert labels[FINGERPRINT] == built.fingerprint
    assert {name: labels[f"{LABEL}.{name}"] for name in ("cell", "tensorflow", "python", "cuda", "cudnn")} == {
        "cell": "tf2.4",
        "tensorflow": "2.4.4",
        "python": "3.8",
        "cuda": "",
        "cudnn": "",
    }
    assert labels["org.opencontainers.image.revision"]


def test_an_image_runs_as_an_ordinary_user(
    docker_cell: Callable[[str], BuiltCell], docker_engine: DockerEngine
) -> None:
    assert inspect(docker_cell("tf2.4"), docker_engine)["Config"]["User"] == "65532:65532"


def test_nothing_of_the_hosts_index_and_certificates_is_in_an_image(
    docker_cell: Callable[[str], BuiltCell], docker_engine: DockerEngine
) -> None:
    built = docker_cell("tf2.4")
    everywhere = inspect(built, docker_engine)["Config"]["Env"]

    assert not any(name in " ".join(everywhere) + history(built, docker_engine) for name in ("PIP_", "ca.crt", "PROXY"))
    listing = docker_engine.daemon.client.containers.run(
        built.image, ["ls", "/", "/opt"], remove=True, network_mode="none"
    ).split()
    assert b"build" not in listing
    assert Path(ENVIRONMENT).name.encode() in listing


def test_the_layers_of_the_builder_stage_are_gone(
    docker_cell: Callable[[str], BuiltCell], docker_engine: DockerEngine
) -> None:
    docker_cell("tf2.4")
    left = docker_engine.daemon.client.images.list(filters={"dangling": True, "label": f"{LABEL}.stage=builder"})

    assert left == []


def test_a_cell_that_is_declared_not_to_import_is_seen_so_in_a_container_too(
    docker_cell: Callable[[str], BuiltCell], docker_probe: Prober
) -> None:
    seen = docker_probe(docker_cell("tf2.4"), Role.LOAD, [], planted={"facts.py": BROKEN_IMPORT})
    cells = [event for event in seen.events if event["kind"] == "cell"]

    assert [event["import_error"]["message"] for event in cells] == ["not here"]


BROKEN_IMPORT = """
def import_tensorflow():
    raise ImportError("not here")

def without_tensorflow():
    return {}
"""
