"""Claims about a unit of work: jobs share a process where one tolerance holds for them, and none is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from lab.engines.protocol import BuiltCell, OnEvent, ProbeEnd, ProbeRun
from lab.running.units import TRIES, Unit, run_unit
from lab.words import Cell, EngineName, Matrix, Role, Tolerance

OWN = 4e-3


@pytest.fixture
def halved(matrix: Matrix) -> Matrix:
    """The matrix, its first model with a tolerance of its own."""
    first, *others = matrix.models
    return replace(matrix, models=(replace(first, rtol=OWN), *(replace(model, rtol=None) for model in others)))


class Recorder:
    """An engine that keeps what probes are asked for; those asked for a model named in ``deaf`` end early."""

    name = EngineName.LOCAL

    def __init__(self, deaf: str = "") -> None:
        self.asked: list[tuple[float, list[str]]] = []
        self.deaf = deaf

    def run_probe(self, built: BuiltCell, probe_run: ProbeRun, on_event: OnEvent, stop: Event) -> ProbeEnd:
        request = json.loads(probe_run.request.read_text(encoding="utf-8"))
        models = [job["model"] for job in request["jobs"]]
        self.asked.append((request["tolerance"]["rtol"], models))
        finished = self.deaf not in models
        for job in request["jobs"] if finished else ():
            on_event({"kind": "finished", "id": job["id"]})
        return ProbeEnd(exit_code=0 if finished else 1, finished=finished, stopped=False, idle=False, log_tail="")


def told(engine: Recorder, matrix: Matrix, folder: Path, *models: str, role: Role = Role.LOAD) -> list[dict[str, Any]]:
    """The events of a unit with one job a model."""
    cell: Cell = matrix.cells[0]
    built = BuiltCell(cell=cell, fingerprint="", environment=folder, python="python", reused=True, seconds=0.0)
    jobs = [{"id": f"{number}-{model}", "model": model, "strategies": ["plain"]} for number, model in enumerate(models)]
    unit = Unit(role=role, cell=cell.id, jobs=jobs, directory=folder, log=folder / "log", code=folder)
    events: list[dict[str, Any]] = []
    run_unit(engine, built, unit, matrix, events.append, Event())  # type: ignore[arg-type]  # as much as a unit needs
    return events


def test_a_model_with_its_own_tolerance_is_loaded_apart(halved: Matrix, tmp_path: Path) -> None:
    mine, other, third = (model.id for model in halved.models[:3])
    engine = Recorder()
    events = told(engine, halved, tmp_path, other, mine, third)

    assert engine.asked == [(halved.tolerance.rtol, [other, third]), (OWN, [mine])]
    assert [event["id"] for event in events] == [f"0-{other}", f"2-{third}", f"1-{mine}"]


def test_saves_share_a_process_whatever_the_tolerance(halved: Matrix, tmp_path: Path) -> None:
    models = [model.id for model in halved.models[:2]]
    engine = Recorder()
    told(engine, halved, tmp_path, *models, role=Role.SAVE)

    assert engine.asked == [(halved.tolerance.rtol, models)]


def test_a_cell_without_work_is_asked_for_its_facts(halved: Matrix, tmp_path: Path) -> None:
    engine = Recorder()
    told(engine, halved, tmp_path)

    assert engine.asked == [(halved.tolerance.rtol, [])]


def test_a_probe_that_ends_early_costs_its_own_jobs_alone(halved: Matrix, tmp_path: Path) -> None:
    mine, other = (model.id for model in halved.models[:2])
    engine = Recorder(deaf=other)
    events = told(engine, halved, tmp_path, other, mine)

    assert len(engine.asked) == TRIES + 1
    assert [event["kind"] for event in events if event["id"] == f"0-{other}"] == [Role.LOAD]
    assert [event["kind"] for event in events if event["id"] == f"1-{mine}"] == ["finished"]


def test_a_tolerance_is_that_of_all_but_for_models_that_say_so(halved: Matrix) -> None:
    mine, other = (model.id for model in halved.models[:2])

    assert halved.tolerance_of(mine) == Tolerance(atol=halved.tolerance.atol, rtol=OWN)
    assert halved.tolerance_of(other) == halved.tolerance_of("a file from elsewhere") == halved.tolerance
