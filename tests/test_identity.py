"""Claims about identity: what makes a key another one, and what does not."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lab.identity import LOAD_ONLY, NEUTRAL, KeyMaker, ProbeCode, environment_key, fingerprint
from lab.words import Artifact, Cell, EngineName, Tolerance

PROBE = Path(__file__).parent.parent / "lab" / "probe"

LOCK = "# Lock of cell tf2.4\nnumpy==1.19.5 \\\n    --hash=sha256:aa\n    # via tensorflow\ntensorflow-cpu==2.4.4\n"
CELL = Cell(
    id="tf2.4", tensorflow="2.4.4", python="3.8", as_of=date(2021, 11, 15), package="tensorflow-cpu", group="main"
)

CODE = {
    "zygote.py": "fork()",
    "ladder.py": "climb()",
    "saving.py": "save()",
    "facts.py": "facts()",
    "zoo/dense_sequential.py": "dense",
    "zoo/lstm.py": "lstm",
    "formats/h5.py": "from probe.recipes import load_model as PLAIN  # noqa: N812",
    "formats/keras.py": "zip",
    "recipes/load_model.py": "load_model()",
    "recipes/no_compile.py": "from probe.recipes.parts.options import without",
    "recipes/parts/options.py": "compile=False",
    "formats/json.py": "to_json()",
}


def print_of(cell: Cell = CELL, lock: str = LOCK, engine: EngineName = EngineName.LOCAL) -> str:
    return fingerprint(cell, lock, engine)


def maker(
    *,
    seed: int = 7,
    depth: str = "train",
    prints: tuple[str, str] = ("p4", "p10"),
    tolerances: Mapping[str, Tolerance] | None = None,
    **changed: str,
) -> KeyMaker:
    """Keys of tf2.4 and tf2.10 over the small probe, some files of which are changed."""
    files = CODE | {path.replace("__", "/") + ".py": text for path, text in changed.items()}
    fingerprints = dict(zip(("tf2.4", "tf2.10"), prints, strict=True))
    return KeyMaker(ProbeCode.of(files), fingerprints, seed=seed, depth=depth, tolerances=tolerances or {})


def saved(keys: KeyMaker) -> str:
    return artifact_of(keys).key


def tried(keys: KeyMaker) -> str:
    return keys.trial(artifact_of(keys), "tf2.10", "plain").key


def artifact_of(keys: KeyMaker) -> Artifact:
    return keys.artifact("tf2.4", "dense-sequential", "h5")


# --- cells ---


@pytest.mark.parametrize(
    "other",
    [
        replace(CELL, python="3.9"),
        replace(CELL, env=(("TF_USE_LEGACY_KERAS", "1"),)),
        replace(CELL, base_image="nvidia/cuda:11.2.2-runtime-ubuntu20.04"),
        replace(CELL, cuda="11.2"),
        replace(CELL, cudnn="8.1"),
    ],
    ids=["python", "env", "base image", "cuda", "cudnn"],
)
def test_what_runs_in_a_cell_changes_its_fingerprint(other: Cell) -> None:
    assert print_of(other) != print_of()


@pytest.mark.parametrize(
    "other",
    [
        replace(CELL, id="tf2.4-again"),
        replace(CELL, group="dependency"),
        replace(CELL, anchors=("tf2.10",)),
        replace(CELL, note="a word", source="https://example.org"),
        replace(CELL, imports=False),
    ],
    ids=["id", "group", "anchors", "note and source", "imports"],
)
def test_what_is_said_of_a_cell_leaves_its_fingerprint(other: Cell) -> None:
    assert print_of(other) == print_of()


def test_the_order_of_variables_leaves_a_fingerprint() -> None:
    one, other = (("A", "1"), ("B", "2")), (("B", "2"), ("A", "1"))

    assert print_of(replace(CELL, env=one)) == print_of(replace(CELL, env=other))


def test_another_lock_is_another_fingerprint() -> None:
    assert print_of(lock=LOCK.replace("1.19.5", "1.19.4")) != print_of()


def test_another_hash_in_a_lock_is_another_fingerprint() -> None:
    assert print_of(lock=LOCK.replace("sha256:aa", "sha256:bb")) != print_of()


def test_comments_of_a_lock_leave_a_fingerprint() -> None:
    assert print_of(lock=LOCK.replace("# via tensorflow", "# via keras") + "\n\n# the end\n") == print_of()


def test_another_engine_is_another_fingerprint() -> None:
    assert print_of(engine=EngineName.DOCKER) != print_of()


def test_a_processor_on_which_tensorflow_computes_otherwise_is_another_fingerprint() -> None:
    assert fingerprint(CELL, LOCK, EngineName.LOCAL, processor="oneDNN") != print_of()


def test_cells_that_differ_in_variables_share_an_environment() -> None:
    legacy = replace(CELL, id="tf2.4-legacy", env=(("TF_USE_LEGACY_KERAS", "1"),))

    assert environment_key(legacy, LOCK) == environment_key(CELL, LOCK)


def test_another_python_is_another_environment() -> None:
    assert environment_key(replace(CELL, python="3.9"), LOCK) != environment_key(CELL, LOCK)


# --- artifacts ---


@pytest.mark.parametrize(
    "other",
    [
        maker(zoo__dense_sequential="dense, wider"),
        maker(formats__h5=CODE["formats/h5.py"] + "; h5, compressed"),
        maker(saving="save() twice"),
        maker(zygote="fork() again"),
        maker(seed=8),
        maker(prints=("p4-py39", "p10")),
    ],
    ids=["model code", "format code", "shared code", "zygote", "seed", "producer"],
)
def test_what_goes_into_a_save_changes_its_key(other: KeyMaker) -> None:
    assert saved(other) != saved(maker())


@pytest.mark.parametrize(
    "other",
    [
        maker(zoo__lstm="lstm, wider"),
        maker(formats__json="to_json(indent=1)"),
        maker(ladder="climb() higher"),
        maker(recipes__load_model="load_model(compile=False)"),
        maker(facts="more facts()"),
        maker(depth="resave"),
        maker(prints=("p4", "p10-py38")),
    ],
    ids=["another model", "another format", "ladder", "recipe", "facts", "depth", "consumer"],
)
def test_what_a_save_does_not_run_leaves_its_key(other: KeyMaker) -> None:
    assert saved(other) == saved(maker())


def test_another_model_or_format_is_another_artifact() -> None:
    keys = maker()
    found = {
        keys.artifact("tf2.4", model, form).key for model in ("dense-sequential", "lstm") for form in ("h5", "json")
    }

    assert len(found) == 4


# --- trials ---


@pytest.mark.parametrize(
    "other",
    [
        maker(ladder="climb() higher"),
        maker(recipes__load_model="load_model(compile=False)"),
        maker(zoo__dense_sequential="dense, wider"),
        maker(formats__h5=CODE["formats/h5.py"] + "; h5, compressed"),
        maker(depth="resave"),
        maker(prints=("p4-py39", "p10")),
        maker(prints=("p4", "p10-py38")),
    ],
    ids=["ladder", "recipe", "model code", "format code", "depth", "producer", "consumer"],
)
def test_what_goes_into_a_trial_changes_its_key(other: KeyMaker) -> None:
    assert tried(other) != tried(maker())


@pytest.mark.parametrize(
    "other",
    [maker(zoo__lstm="lstm, wider"), maker(formats__json="to_json(indent=1)"), maker(facts="more facts()")],
    ids=["another model", "another format", "facts"],
)
def test_what_a_trial_does_not_run_leaves_its_key(other: KeyMaker) -> None:
    assert tried(other) == tried(maker())


@pytest.mark.parametrize("changed", [{"recipes__no_compile": ""}, {"recipes__parts__options": ""}])
def test_the_recipe_of_another_strategy_changes_its_own_trials_alone(changed: dict[str, str]) -> None:
    keys, others = maker(), maker(**changed)

    def both(keys: KeyMaker) -> list[str]:
        return [trial.key for trial in keys.trials(artifact_of(keys), "tf2.10", ("plain", "no-compile"))]

    assert both(keys)[0] == both(others)[0]
    assert both(keys)[1] != both(others)[1]


def test_a_tolerance_of_its_own_changes_the_trials_of_a_model_alone() -> None:
    """Where answers count as right the load goes on to training, and otherwise it ends there."""
    own = {"dense-sequential": Tolerance(atol=1e-5, rtol=4e-3)}

    assert tried(maker(tolerances=own)) != tried(maker())
    assert tried(maker(tolerances={"lstm": own["dense-sequential"]})) == tried(maker())
    assert saved(maker(tolerances=own)) == saved(maker())


def test_another_strategy_is_another_trial() -> None:
    keys = maker()

    assert len({trial.key for trial in keys.trials(artifact_of(keys), "tf2.10", ("plain", "no-compile"))}) == 2


def test_strategies_keep_their_order() -> None:
    keys = maker()

    trials = keys.trials(artifact_of(keys), "tf2.10", ("plain", "no-compile"))

    assert [trial.strategy for trial in trials] == ["plain", "no-compile"]


def test_the_order_in_which_code_is_read_changes_nothing() -> None:
    assert ProbeCode.of(CODE) == ProbeCode.of(dict(reversed(CODE.items())))


# --- the real probe ---


def _imports(path: Path) -> Iterator[str]:
    """Files of the probe, relative to it, that a file of the probe imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "probe":
            base = node.module.split(".")[1:]
            for name in node.names:
                for parts in ([*base, name.name], base):
                    if parts and (PROBE / Path(*parts)).with_suffix(".py").exists():
                        yield Path(*parts).with_suffix(".py").as_posix()


def _everything_under(path: str) -> set[str]:
    """A file of the probe with all that it imports, and what that imports."""
    found, open_ends = {path}, [path]
    while open_ends:
        new = set(_imports(PROBE / open_ends.pop())) - found
        found |= new
        open_ends += new
    return found


def _counts(changed: str, model: str, form: str, strategy: str = "plain") -> bool:
    """Whether a change of a file changes the hash of what a load runs."""
    files = {path.relative_to(PROBE).as_posix(): path.read_text(encoding="utf-8") for path in PROBE.rglob("*.py")}
    edited = ProbeCode.of(files | {changed: files[changed] + "\n# changed"})
    return edited.for_loading(model, form, strategy) != ProbeCode.of(files).for_loading(model, form, strategy)


@pytest.mark.parametrize("form", sorted(path.stem for path in PROBE.glob("formats/[a-z]*.py")))
def test_everything_that_a_format_imports_goes_into_its_keys(form: str) -> None:
    needed = _everything_under(f"formats/{form}.py") - NEUTRAL

    assert [path for path in sorted(needed) if not _counts(path, "dense-sequential", form)] == []


@pytest.mark.parametrize("model", sorted(path.stem for path in PROBE.glob("zoo/[a-z]*.py")))
def test_everything_that_a_model_imports_goes_into_its_keys(model: str) -> None:
    needed = _everything_under(f"zoo/{model}.py") - NEUTRAL

    assert [path for path in sorted(needed) if not _counts(path, model, "h5")] == []


@pytest.mark.parametrize("recipe", sorted(path.stem for path in PROBE.glob("recipes/[a-z]*.py")))
def test_everything_that_a_recipe_imports_goes_into_the_keys_of_its_strategy(recipe: str) -> None:
    needed = _everything_under(f"recipes/{recipe}.py") - NEUTRAL

    assert [path for path in sorted(needed) if not _counts(path, "dense-sequential", "h5", recipe)] == []


def test_files_that_are_set_apart_exist() -> None:
    assert [path for path in sorted(LOAD_ONLY | NEUTRAL) if not (PROBE / path).exists()] == []


def test_what_only_a_load_runs_is_not_imported_by_saving() -> None:
    """But for the formats, whose modules both save and load."""
    assert _everything_under("saving.py") & LOAD_ONLY == set()
