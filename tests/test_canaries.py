"""Claims about canaries in real cells: a healthy cell shows all four, and one that misbehaves is told by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Prober, Seen, Shelf

from lab.engines.protocol import BuiltCell
from lab.judging import CANARY_ALTERED, CANARY_CONTROL, CANARY_CORRUPT, CANARY_UNKNOWN, canary_fault, headline
from lab.running import canaries
from lab.words import Matrix, Observation, Outcome, Role

pytestmark = pytest.mark.cells

ALWAYS_RIGHT = '''
"""A way of loading that asks the golden answers and never the model."""

import sys

FILE, GIVES, PLAIN = ".", "subject", sys.modules[__name__]

class Parrot:
    can_train = can_resave = False
    notes = {}

    def answer(self, call):
        return call.outputs

def save(tensorflow, reference, directory):
    pass

def load():
    return Parrot()
'''
NEVER_LOADS = '''
"""A way of loading that always fails, as a broken cell would."""
import sys
import tensorflow

FILE, GIVES, PLAIN = ".", "signatures", sys.modules[__name__]

def save(tensorflow, reference, directory):
    pass

def load():
    return tensorflow.saved_model.load("nowhere")
'''
TAKES_ANY_FORMAT = '''
"""A probe that takes a format that it does not know for another one."""
import importlib

def way_of(format_id):
    return importlib.import_module("probe.formats.savedmodel")

def recipe_of(way, strategy):
    return way.PLAIN

def spoils_the_model(format_id):
    return False
'''


@pytest.fixture(scope="module", params=["tf2.4", "tf2.21"])
def healthy(
    request: pytest.FixtureRequest,
    cell: Callable[[str], BuiltCell],
    shelf: Callable[[str], Shelf],
    probe: Prober,
    tmp_path_factory: pytest.TempPathFactory,
) -> Seen:
    jobs = canaries.make(artifact(shelf(request.param)), tmp_path_factory.mktemp("canaries"))
    return probe(cell(request.param), Role.LOAD, jobs)


def artifact(shelved: Shelf) -> Path:
    return shelved.kept[canaries.MODEL, canaries.FORMAT]


def by_name(seen: Seen) -> dict[str, Observation]:
    return {job.removeprefix(canaries.PREFIX): answer for (job, _), answer in seen.answers().items()}


@pytest.mark.parametrize(
    ("name", "outcome"),
    [
        (CANARY_CONTROL, Outcome.PASS),
        (CANARY_ALTERED, Outcome.DRIFT),
        (CANARY_CORRUPT, Outcome.LOAD_ERROR),
        (CANARY_UNKNOWN, Outcome.LOAD_ERROR),
    ],
)
def test_each_canary_does_what_it_must_in_a_healthy_cell(healthy: Seen, name: str, outcome: Outcome) -> None:
    assert healthy.load(canaries.PREFIX + name).outcome is outcome


def test_a_healthy_cell_is_believed(healthy: Seen, matrix: Matrix) -> None:
    assert canary_fault(by_name(healthy), matrix.tolerance) is None


def test_an_unknown_format_is_refused_in_words(healthy: Seen) -> None:
    refused = by_name(healthy)[CANARY_UNKNOWN].exception

    assert refused is not None
    assert headline(refused) == "probe.answers.Refused: the format 'no-such-format' is not known"


@pytest.mark.parametrize(
    ("planted", "misbehaving"),
    [
        ({"formats/savedmodel.py": ALWAYS_RIGHT}, CANARY_ALTERED),
        ({"formats/savedmodel.py": NEVER_LOADS}, CANARY_CONTROL),
        ({"ways.py": TAKES_ANY_FORMAT}, CANARY_UNKNOWN),
    ],
    ids=["always right", "never loads", "takes any format"],
)
def test_a_lab_that_cannot_be_believed_is_told_by_the_canary_that_shows_it(
    planted: dict[str, str],
    misbehaving: str,
    cell: Callable[[str], BuiltCell],
    shelf: Callable[[str], Shelf],
    probe: Prober,
    tmp_path: Path,
) -> None:
    jobs = canaries.make(artifact(shelf("tf2.4")), tmp_path)

    seen = probe(cell("tf2.4"), Role.LOAD, jobs, planted=planted)

    assert f"canary '{misbehaving}' was" in (canary_fault(by_name(seen), seen.tolerance) or "nothing")


def test_a_cell_without_an_answer_to_a_canary_is_not_believed(healthy: Seen, matrix: Matrix) -> None:
    seen = by_name(healthy)
    del seen[CANARY_CORRUPT]

    assert canary_fault(seen, matrix.tolerance) == "canary 'corrupt' gave no answer"
