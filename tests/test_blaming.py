"""Claims about blame: the fewest changes that flip an outcome, and the releases between which it flips."""

from __future__ import annotations

from datetime import date

from lab.blaming import Swap, axes, changes, smallest_flips, stretches, swaps, throwaway_cells
from lab.words import Cell, CellFacts, Outcome, Result

FACTS = CellFacts(tensorflow="2.10.1", keras="2.10.0", python="3.10", packages=(("h5py", "3.7.0"), ("numpy", "1.23.5")))


def a_cell(cell_id: str = "tf2.10", **changed: object) -> Cell:
    fields = {"tensorflow": "2.10.1", "python": "3.10", "as_of": date(2022, 12, 1), "package": "tensorflow-cpu"}
    return Cell(**{"id": cell_id, "group": "main", **fields, **changed})  # type: ignore[arg-type]


def a_result(consumer: str, outcome: Outcome, cause: str | None = None) -> Result:
    return Result(
        producer="tf2.4", consumer=consumer, model="dense", format="h5", strategy="plain", outcome=outcome, stage=None,
        cause=cause, reason="", max_abs_diff=None, seconds=0.0, engine="local", key="k", seen_at="",
    )  # fmt: skip


def test_axes_name_versions_and_what_is_missing() -> None:
    found = axes(a_cell(env=(("TF_USE_LEGACY_KERAS", "1"),)), FACTS)

    assert found == {
        "TensorFlow": "2.10.1",
        "Keras": "2.10.0",
        "Python": "3.10",
        "NumPy": "1.23.5",
        "h5py": "3.7.0",
        "protobuf": "-",
        "variables": "TF_USE_LEGACY_KERAS=1",
    }


def test_changes_are_the_axes_that_differ() -> None:
    assert changes({"NumPy": "2.0", "h5py": "3"}, {"NumPy": "1.26", "h5py": "3"}) == (("NumPy", "2.0", "1.26"),)


def test_the_smallest_change_comes_first_and_alone_is_blamed() -> None:
    found = {
        "bad": {"NumPy": "2", "Python": "3.12"},
        "near": {"NumPy": "1", "Python": "3.12"},
        "far": {"NumPy": "1", "Python": "3.10"},
    }
    tried = swaps("bad", {"bad": Outcome.CRASH, "near": Outcome.PASS, "far": Outcome.PASS}, found)

    assert [swap.cell for swap in tried] == ["near", "far"]
    assert [swap.text for swap in smallest_flips(tried)] == ["NumPy 2 → 1"]


def test_a_cell_that_fails_as_well_flips_nothing() -> None:
    tried = (Swap(changes=(("NumPy", "2", "1"),), cell="near", outcome=Outcome.LOAD_ERROR),)

    assert smallest_flips(tried) == ()


def test_what_was_not_judged_is_no_evidence() -> None:
    assert swaps("bad", {"near": Outcome.INFRA_ERROR, "bad": Outcome.DRIFT}, {"bad": {}, "near": {}}) == ()


def facts(python: str = "3.10", keras: str = "2.10.0", **packages: str) -> CellFacts:
    versions = tuple((name.replace("_", "-"), version) for name, version in packages.items())
    return CellFacts(tensorflow="2.10.1", keras=keras, python=python, packages=versions)


def test_a_throwaway_cell_differs_in_one_axis_each() -> None:
    failing, working = a_cell("bad", python="3.12"), a_cell("good")
    found = {"bad": facts(python="3.12", numpy="2.0.2"), "good": facts(numpy="1.23.5")}

    python, numpy = throwaway_cells(failing, working, found)

    assert (python.python, python.overrides) == ("3.10", ())
    assert (numpy.python, numpy.overrides) == ("3.12", ("numpy==1.23.5",))


def test_a_throwaway_cell_has_one_version_of_the_package_that_is_swapped() -> None:
    failing, working = a_cell("bad", overrides=("h5py==3.1.0", "numpy<2")), a_cell("good")
    found = {"bad": facts(h5py="3.1.0"), "good": facts(h5py="2.10.0")}

    (made,) = throwaway_cells(failing, working, found)

    assert made.overrides == ("numpy<2", "h5py==2.10.0")


def test_a_package_that_the_working_cell_lacks_is_no_throwaway_cell() -> None:
    assert throwaway_cells(a_cell("bad"), a_cell("good"), {"bad": facts(h5py="3.1.0"), "good": facts()}) == ()


def test_a_keras_within_tensorflow_cannot_be_swapped_by_itself() -> None:
    found = {"bad": facts(keras="2.10.0", keras_applications="1.0"), "good": facts(keras="2.4.0")}

    assert throwaway_cells(a_cell("bad"), a_cell("good"), found) == ()


def test_a_keras_with_a_package_of_its_own_is_swapped_by_that_package() -> None:
    found = {"bad": facts(keras="2.16.0", tf_keras="2.16.0"), "good": facts(keras="2.15.1", tf_keras="2.15.1")}

    (made,) = throwaway_cells(a_cell("bad"), a_cell("good"), found)

    assert made.overrides == ("tf-keras==2.15.1",)


def test_stretches_break_where_the_outcome_flips() -> None:
    results = [
        a_result("tf2.0", Outcome.LOAD_ERROR, "old"),
        a_result("tf2.2", Outcome.PASS),
        a_result("tf2.1", Outcome.PASS),
        a_result("tf2.3", Outcome.LOAD_ERROR, "new"),
    ]

    found = stretches(["tf2.0", "tf2.1", "tf2.2", "tf2.3", "tf2.4"], results)

    assert [(one.first, one.last, one.outcome, one.cause) for one in found] == [
        ("tf2.0", "tf2.0", Outcome.LOAD_ERROR, "old"),
        ("tf2.1", "tf2.2", Outcome.PASS, None),
        ("tf2.3", "tf2.3", Outcome.LOAD_ERROR, "new"),
    ]


def test_stretches_break_where_the_cause_changes() -> None:
    results = [a_result("tf2.0", Outcome.LOAD_ERROR, "one"), a_result("tf2.1", Outcome.LOAD_ERROR, "another")]

    found = stretches(["tf2.0", "tf2.1"], results)

    assert [(one.first, one.cause) for one in found] == [("tf2.0", "one"), ("tf2.1", "another")]
