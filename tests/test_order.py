"""Claims about sharing a process: neither the order of a list nor the size of a batch changes what is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from conftest import Prober, Seen, Shelf, a_job

from lab.engines.protocol import BuiltCell
from lab.words import Judgement, Matrix, Outcome, Role

pytestmark = [pytest.mark.cells, pytest.mark.slow]

PLANTED = {
    "formats/f_segfaults.py": '''
"""A load that always crashes."""
import ctypes, sys
from probe.formats.savedmodel import save

FILE, GIVES, PLAIN = ".", "signatures", sys.modules[__name__]

def load(path):
    ctypes.string_at(0)
''',
    "formats/f_exits.py": '''
"""A load that always leaves."""
import os, sys
from probe.formats.savedmodel import save

FILE, GIVES, PLAIN = ".", "signatures", sys.modules[__name__]

def load(path):
    os._exit(0)
''',
    "formats/f_litters.py": '''
"""A load that works, and leaves something behind in the process."""
import sys
import tensorflow
from probe.formats.savedmodel import save

FILE, GIVES, PLAIN = ".", "signatures", sys.modules[__name__]

def load(path):
    tensorflow.litter = True
    return tensorflow.saved_model.load(path)
''',
    "formats/f_stumbles.py": '''
"""A load that crashes over what another one left behind, and works in a process of its own."""
import ctypes, sys
import tensorflow
from probe.formats.savedmodel import save

FILE, GIVES, PLAIN = ".", "signatures", sys.modules[__name__]

def load(path):
    if hasattr(tensorflow, "litter"):
        ctypes.string_at(0)
    return tensorflow.saved_model.load(path)
''',
    "formats/f_muddies.py": '''
"""A load that works, and makes another one in this process answer wrongly."""
import sys
import tensorflow
from probe.formats.savedmodel import save

FILE, GIVES, PLAIN = ".", "signatures", sys.modules[__name__]

def load(path):
    tensorflow.mud = True
    return tensorflow.saved_model.load(path)
''',
    "formats/f_is_muddled.py": '''
"""A load that answers with other numbers over what another one left behind."""
import sys, types
import tensorflow
from probe.formats.savedmodel import save

FILE, GIVES, PLAIN = ".", "signatures", sys.modules[__name__]

class Muddled:
    def __init__(self, function):
        self._function = function
        self.structured_input_signature = function.structured_input_signature

    def __call__(self, **inputs):
        extra = 1.0 if hasattr(tensorflow, "mud") else 0.0
        return {name: value + extra for name, value in self._function(**inputs).items()}

def load(path):
    loaded = tensorflow.saved_model.load(path)
    signatures = {name: Muddled(function) for name, function in loaded.signatures.items()}
    return types.SimpleNamespace(loaded=loaded, signatures=signatures)
''',
    "formats/f_draws.py": '''
"""A load that fails with what it has drawn by lot."""
import random, sys
import numpy, tensorflow
from probe.formats.savedmodel import save

FILE, GIVES, PLAIN = ".", "signatures", sys.modules[__name__]

def load(path):
    weights = tensorflow.keras.layers.Dense(1)
    weights.build((None, 1))
    drawn = [weights.get_weights()[0], tensorflow.random.normal([]), numpy.random.rand(), random.random()]
    raise ValueError("drawn: " + " ".join("%.9f" % float(numpy.ravel(each)[0]) for each in drawn))
''',
}
DRAWING = "f-draws"
MUDDLED = ("f-muddies", "f-is-muddled")
CRASHING = ("f-segfaults", "f-exits")
SHARED = ("f-litters", "f-stumbles")


@dataclass(frozen=True, kw_only=True)
class ThreeWays:
    """The same list of loads, run in three ways."""

    forward: Seen
    reversed: Seen
    one_by_one: Seen


@pytest.fixture(scope="module", params=["tf2.4", "tf2.16"])
def ways(
    request: pytest.FixtureRequest,
    cell: Callable[[str], BuiltCell],
    shelf: Callable[[str], Shelf],
    probe: Prober,
    matrix: Matrix,
) -> ThreeWays:
    built, jobs = cell(request.param), loads(shelf(request.param), matrix)
    return ThreeWays(
        forward=probe(built, Role.LOAD, jobs, planted=PLANTED),
        reversed=probe(built, Role.LOAD, jobs[::-1], planted=PLANTED),
        one_by_one=probe(built, Role.LOAD, jobs, planted=PLANTED, batch=1),
    )


def loads(shelved: Shelf, matrix: Matrix) -> list[dict[str, Any]]:
    """Everything that a cell saved, by all strategies, and loads that crash in the midst of it."""
    strategies = {form.id: form.strategies for form in matrix.formats}
    jobs = [shelved.load_job(model, form, *strategies[form]) for model, form in shelved.kept]
    planted = [
        a_job(f"{model}/{form}", model, form, shelved.kept[model, "savedmodel"], "plain")
        for model in ("dense-sequential", "dense-uncompiled")
        for form in (*SHARED, *MUDDLED, DRAWING, *CRASHING)
    ]
    middle = len(jobs) // 2
    return jobs[:middle] + planted + jobs[middle:]


def found(seen: Seen) -> dict[tuple[str, str | None], Judgement]:
    return dict(sorted(seen.loads().items()))


def test_a_list_backwards_gives_the_same_outcomes_and_reasons(ways: ThreeWays) -> None:
    assert found(ways.reversed) == found(ways.forward)


def test_a_process_for_each_load_gives_the_same_outcomes_and_reasons(ways: ThreeWays) -> None:
    assert found(ways.one_by_one) == found(ways.forward)


@pytest.mark.parametrize("way", ["forward", "reversed", "one_by_one"])
def test_what_answers_wrongly_over_anothers_leavings_is_tried_again_alone_and_passes(ways: ThreeWays, way: str) -> None:
    outcomes = {key: seen.outcome for key, seen in found(getattr(ways, way)).items() if key[0].endswith(MUDDLED)}

    assert len(outcomes) == 4
    assert set(outcomes.values()) == {Outcome.PASS}


def test_what_is_drawn_by_lot_is_the_same_in_every_order_and_another_in_every_trial(ways: ThreeWays) -> None:
    drawn = [
        {key: seen.reason for key, seen in found(way).items() if key[0].endswith(DRAWING)}
        for way in (ways.forward, ways.reversed, ways.one_by_one)
    ]

    assert drawn[0] == drawn[1] == drawn[2]
    assert len(set(drawn[0].values())) == 2


def test_the_list_holds_passes_failures_and_crashes(ways: ThreeWays) -> None:
    kinds = {judgement.outcome for judgement in found(ways.forward).values()}

    assert {Outcome.PASS, Outcome.LOAD_ERROR, Outcome.CRASH} <= kinds


def test_the_list_is_long_enough_to_share_processes(ways: ThreeWays) -> None:
    assert len(found(ways.forward)) >= 35


@pytest.mark.parametrize("way", ["forward", "reversed", "one_by_one"])
def test_what_crashes_by_itself_is_a_crash_in_every_way(ways: ThreeWays, way: str) -> None:
    outcomes = {key: seen.outcome for key, seen in found(getattr(ways, way)).items() if key[0].endswith(CRASHING)}

    assert len(outcomes) == 4
    assert set(outcomes.values()) == {Outcome.CRASH}


@pytest.mark.parametrize("way", ["forward", "reversed", "one_by_one"])
def test_what_crashes_over_anothers_leavings_is_tried_again_alone_and_passes(ways: ThreeWays, way: str) -> None:
    outcomes = {key: seen.outcome for key, seen in found(getattr(ways, way)).items() if key[0].endswith(SHARED)}

    assert len(outcomes) == 4
    assert set(outcomes.values()) == {Outcome.PASS}
