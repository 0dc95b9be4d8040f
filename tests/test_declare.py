"""Claims about ``matrix.toml``: how it is read, refused, selected from, paired and edited."""

from __future__ import annotations

import time
import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lab.declare import Rules, add_cell, pairs, read_matrix, select
from lab.errors import ExitCode, LabError
from lab.words import Cell, Matrix

REAL = Path(__file__).parent.parent / "matrix.toml"

SMALL = """\
schema = 1

[defaults]
package = "tensorflow-cpu"
group = "main"

[limits]
trial_timeout_s = 60
trial_cpu_s = 12
save_timeout_s = 180
memory_mib = 4096
build_timeout_s = 900
batch = 24

[tolerances]
atol = 1e-5
rtol = 1e-4

[ladder]
depth = "train"
seed = 7
[groups]
main = "TensorFlow releases"
dependency = "Dependencies"

[selections.quick]
cells = ["tf2.4", "tf2.1*"]

# The oldest.
[cells."tf2.4"]
tensorflow = "2.4.4"
python = "3.8"
as_of = 2021-11-15

[cells."tf2.15"]
tensorflow = "2.15.1"
python = "3.11"
as_of = 2024-03-22

# Ends the cells.
[cells."tf2.4-h5py3"]
tensorflow = "2.4.4"
python = "3.8"
as_of = 2021-11-15
group = "dependency"
overrides = ["h5py==3.1.0"]
anchors = ["tf2.4"]

[formats.h5]
title = "model.save"
container = "hdf5-model"
strategies = ["plain", "no-compile"]

[formats.keras]
title = "model.save, zip"
container = "zip"
strategies = ["plain"]

[models.lstm]
detects = "recurrence"

[models.gru]
detects = "biases"
formats = ["h5"]

[[unsupported]]
producers = ["tf2.4*"]
formats = ["keras"]
reason = "no zip yet"
source = "https://example.org/zip"

[[known_failures]]
trial = "tf2.4/tf2.15/lstm/h5/plain"
reason = "it does not load"
link = "https://example.org/issue"
"""


@pytest.fixture(scope="module")
def real() -> Matrix:
    return read_matrix(REAL)


@pytest.fixture
def small(tmp_path: Path) -> Matrix:
    return _read(tmp_path, SMALL)


def _read(directory: Path, text: str) -> Matrix:
    path = directory / "matrix.toml"
    path.write_text(text, encoding="utf-8")
    return read_matrix(path)


def _refusal(directory: Path, text: str) -> str:
    with pytest.raises(LabError) as caught:
        _read(directory, text)
    assert caught.value.exit_code is ExitCode.BAD_INPUT
    return str(caught.value)


def _changed(old: str, new: str) -> str:
    assert SMALL.count(old) == 1, f"{old!r} stands {SMALL.count(old)} times in the small matrix"
    return SMALL.replace(old, new)


def _line(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def _ids(cells: tuple[Cell, ...]) -> list[str]:
    return [cell.id for cell in cells]


# --- the real matrix ---


def test_the_real_matrix_has_every_minor_from_2_0_to_2_21(real: Matrix) -> None:
    main = [cell.id for cell in real.cells if cell.group == "main"]

    assert main == [f"tf2.{minor}" for minor in range(22)]


def test_the_main_cells_of_the_real_matrix_make_484_pairs(real: Matrix) -> None:
    assert len(pairs(real, [cell for cell in real.cells if cell.group == "main"])) == 22 * 22


def test_the_real_quick_selection_spans_the_five_eras(real: Matrix) -> None:
    chosen = select(real, selection="quick")

    assert _ids(chosen.cells) == ["tf2.4", "tf2.10", "tf2.15", "tf2.16", "tf2.21"]


def test_every_reference_model_of_the_zoo_is_in_the_real_matrix(real: Matrix) -> None:
    modules = (REAL.parent / "lab" / "probe" / "zoo").glob("*.py")
    zoo = {path.stem.replace("_", "-") for path in modules if not path.stem.startswith("_")}

    assert {model.id for model in real.models} == zoo


def test_every_cell_of_the_real_matrix_names_its_source(real: Matrix) -> None:
    assert [cell.id for cell in real.cells if not cell.source] == []


def test_keras_3_cells_pair_with_each_other(real: Matrix) -> None:
    keras3 = [cell for cell in real.cells if cell.group == "keras3"]

    assert len(pairs(real, keras3)) == len(keras3) ** 2


def test_a_legacy_keras_cell_pairs_with_the_main_cell_of_its_tensorflow(real: Matrix) -> None:
    found = {(producer.id, consumer.id) for producer, consumer in pairs(real, real.cells)}

    assert {("tf2.18", "tf2.18-tfkeras"), ("tf2.18-tfkeras", "tf2.18")} <= found


# --- refusals ---


def test_the_small_matrix_reads(small: Matrix) -> None:
    assert _ids(small.cells) == ["tf2.4", "tf2.15", "tf2.4-h5py3"]


def test_all_problems_are_listed_at_once(tmp_path: Path) -> None:
    text = (
        SMALL.replace('python = "3.11"', 'python = "3.14"\ncudn = "8.9"')
        .replace("batch = 24", 'batch = "24"')
        .replace('anchors = ["tf2.4"]', 'anchors = ["tf2.5"]')
        .replace('"https://example.org/zip"', '"somewhere"')
    )

    assert _refusal(tmp_path, text).splitlines() == [
        "matrix.toml has 5 problems:",
        "  limits, line 13: 'batch' must be an integer, not '24'",
        "  cells.tf2.15, line 37: python '3.14' is newer than 3.13, the newest the probe runs on",
        "  cells.tf2.15, line 38: unknown key 'cudn'; did you mean 'cudnn'?",
        "  cells.tf2.4-h5py3, line 48: unknown cell 'tf2.5'; did you mean 'tf2.15'?",
        "  unsupported #1, line 71: 'source' must be a link that starts with https://, not 'somewhere'",
    ]


def test_one_problem_is_not_called_problems(tmp_path: Path) -> None:
    assert _refusal(tmp_path, _changed("seed = 7", "seed = 7\nseeds = 8")).startswith("matrix.toml has 1 problem:\n")


def test_an_unknown_key_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    assert "unknown key 'depht'; did you mean 'depth'?" in _refusal(
        tmp_path, _changed("seed = 7", 'seed = 7\ndepht = "x"')
    )


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    line = _line(SMALL, '[cells."tf2.15"]')

    refusal = _refusal(tmp_path, _changed('tensorflow = "2.15.1"\n', ""))

    assert f"cells.tf2.15, line {line}: key 'tensorflow' is missing" in refusal


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    assert "key 'ladder' is missing" in _refusal(tmp_path, _changed('[ladder]\ndepth = "train"\nseed = 7\n', ""))


def test_a_broken_table_does_not_hide_the_problems_of_others(tmp_path: Path) -> None:
    text = _changed("memory_mib = 4096", "memory_mib = -1").replace("tf2.4/tf2.15/", "tf2.4/tf2.16/")

    assert "unknown cell 'tf2.16'" in _refusal(tmp_path, text)


def test_a_python_older_than_the_probe_is_refused(tmp_path: Path) -> None:
    text = _changed('python = "3.11"', 'python = "3.6"')

    assert "python '3.6' is older than 3.7, the oldest the probe runs on" in _refusal(tmp_path, text)


def test_a_number_is_no_python_version(tmp_path: Path) -> None:
    assert "'python' must be a string, not 3.11" in _refusal(tmp_path, _changed('python = "3.11"', "python = 3.11"))


def test_a_text_is_no_date(tmp_path: Path) -> None:
    text = _changed("as_of = 2024-03-22", 'as_of = "2024-03-22"')

    assert "'as_of' must be a date, not '2024-03-22'" in _refusal(tmp_path, text)


def test_a_syntax_error_has_its_line(tmp_path: Path) -> None:
    text = _changed("as_of = 2024-03-22", "as_of = ")

    assert f"  line {_line(text, 'as_of = ') + 5}: not valid TOML" in _refusal(tmp_path, text)


def test_a_cell_that_is_written_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    text = SMALL + '\n[cells."tf2.15"]\ntensorflow = "2.15.1"\n'
    first, second = _line(text, '[cells."tf2.15"]'), len(text.splitlines()) - 1

    assert f"cells.tf2.15, line {second}: written twice; the first is in line {first}" in _refusal(tmp_path, text)


def test_two_cells_with_the_same_environment_are_refused(tmp_path: Path) -> None:
    text = _changed('overrides = ["h5py==3.1.0"]\n', "")

    assert "cells.tf2.4-h5py3, line 41: the same environment as cells.tf2.4" in _refusal(tmp_path, text)


def test_a_cell_id_that_is_no_slug_is_refused(tmp_path: Path) -> None:
    assert "'TF 2.15' is not a slug" in _refusal(tmp_path, _changed('[cells."tf2.15"]', '[cells."TF 2.15"]'))


def test_a_model_without_a_module_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    refusal = _refusal(tmp_path, _changed("[models.gru]", "[models.gru-two]"))

    assert "there is no module probe/zoo/gru_two.py; did you mean 'gru'?" in refusal


def test_a_format_without_a_module_is_refused(tmp_path: Path) -> None:
    text = SMALL + '\n[formats.onnx]\ntitle = "x"\ncontainer = "zip"\nstrategies = ["plain"]\n'

    assert "there is no module probe/formats/onnx.py" in _refusal(tmp_path, text)


def test_a_strategy_without_a_recipe_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    refusal = _refusal(tmp_path, _changed('"no-compile"]', '"no-compiles"]'))

    assert "there is no module probe/recipes/no_compiles.py; did you mean 'no-compile'?" in refusal


@pytest.mark.parametrize(
    ("table", "refusal"),
    [
        (
            '[strategies.no-compiled]\nkeras = ">=3"\n',
            "no format has a strategy 'no-compiled'; did you mean 'no-compile'?",
        ),
        ('[strategies.no-compile]\nkeras = "3 and up"\n', "'3 and up' is not a version specifier like '>=3'"),
        ('[strategies.no-compile]\ntags = ["customs"]\n', "no model has a tag 'customs'"),
        ('[strategies.no-compile]\nconsumers = ["tf2.4"]\n', "unknown key 'consumers'"),
    ],
)
def test_limits_of_a_strategy_that_mean_nothing_are_refused(tmp_path: Path, table: str, refusal: str) -> None:
    assert refusal in _refusal(tmp_path, f"{SMALL}\n{table}")


def test_an_unknown_group_is_refused(tmp_path: Path) -> None:
    text = _changed('group = "dependency"', 'group = "dependencies"')

    assert "unknown group 'dependencies'; did you mean 'dependency'?" in _refusal(tmp_path, text)


def test_a_glob_in_a_rule_that_matches_nothing_is_refused(tmp_path: Path) -> None:
    text = _changed('producers = ["tf2.4*"]', 'producers = ["tf2.4*", "tf2.17-*"]')

    assert "unsupported #1, line 67: no cell matches 'tf2.17-*'" in _refusal(tmp_path, text)


def test_a_selection_of_an_unknown_cell_is_refused(tmp_path: Path) -> None:
    text = _changed('cells = ["tf2.4", "tf2.1*"]', 'cells = ["tf2.44"]')

    assert "selections.quick, line 27: unknown cell 'tf2.44'; did you mean 'tf2.4'?" in _refusal(tmp_path, text)


def test_a_model_of_an_unknown_format_is_refused(tmp_path: Path) -> None:
    text = _changed('formats = ["h5"]', 'formats = ["h6"]')

    assert "unknown format 'h6'; did you mean 'h5'?" in _refusal(tmp_path, text)


def test_a_rule_about_nothing_that_is_scheduled_is_dead(tmp_path: Path) -> None:
    rule = '[[unsupported]]\nmodels = ["gru"]\nformats = ["keras"]\nreason = "r"\nsource = "https://example.org"\n'

    assert "this rule can never apply: nothing that it speaks of is scheduled" in _refusal(tmp_path, SMALL + rule)


def test_a_rule_that_earlier_rules_cover_is_dead(tmp_path: Path) -> None:
    rule = '[[unsupported]]\nproducers = ["tf2.4"]\nformats = ["keras"]\nreason = "r"\nsource = "https://example.org"\n'

    assert "unsupported #2, line 76: this rule can never apply: earlier rules cover all" in _refusal(
        tmp_path, SMALL + rule
    )


def test_a_rule_about_cells_that_are_not_paired_is_dead(tmp_path: Path) -> None:
    rule = (
        '[[unsupported]]\nproducers = ["tf2.15"]\nconsumers = ["tf2.4-h5py3"]\nreason = "r"\n'
        'source = "https://example.org"\n'
    )

    assert "nothing that it speaks of is scheduled" in _refusal(tmp_path, SMALL + rule)


def test_a_rule_that_an_earlier_one_covers_in_part_is_alive(tmp_path: Path) -> None:
    rule = '[[unsupported]]\nformats = ["keras"]\nreason = "r"\nsource = "https://example.org"\n'

    assert len(_read(tmp_path, SMALL + rule).unsupported) == 2


@pytest.mark.parametrize(
    ("trial", "problem"),
    [
        ("tf2.4/tf2.15/lstm/h5", "is not written producer/consumer/model/format/strategy"),
        ("tf2.4/tf2.15/lsmt/h5/plain", "unknown model 'lsmt'; did you mean 'lstm'?"),
        ("tf2.4/tf2.15/lstm/h5/plane", "format 'h5' has no strategy 'plane'; did you mean 'plain'?"),
        ("tf2.15/tf2.15/gru/keras/plain", "not scheduled: model 'gru' is not saved as 'keras'"),
        ("tf2.15/tf2.4-h5py3/lstm/h5/plain", "not scheduled: 'tf2.15' and 'tf2.4-h5py3' are not paired"),
        ("tf2.4/tf2.15/lstm/keras/plain", "not scheduled: it is declared unsupported"),
    ],
)
def test_a_known_failure_that_is_never_tried_is_refused(tmp_path: Path, trial: str, problem: str) -> None:
    assert problem in _refusal(tmp_path, _changed("tf2.4/tf2.15/lstm/h5/plain", trial))


def test_a_file_that_is_not_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="cannot read"):
        read_matrix(tmp_path / "matrix.toml")


# --- what is read ---


def test_defaults_fill_a_cell(small: Matrix) -> None:
    assert small.cells[0].package == "tensorflow-cpu"


def test_globs_in_a_rule_become_cell_ids(small: Matrix) -> None:
    assert small.unsupported[0].producers == ("tf2.4", "tf2.4-h5py3")


def test_globs_in_a_selection_become_cell_ids(small: Matrix) -> None:
    (quick,) = small.selections

    assert (quick.id, quick.cells) == ("quick", ("tf2.4", "tf2.15"))


def test_a_model_without_formats_has_all(small: Matrix) -> None:
    assert small.models[0].formats == ("h5", "keras")


def test_lines_are_right_below_a_multi_line_array(tmp_path: Path) -> None:
    text = _changed('cells = ["tf2.4", "tf2.1*"]', 'cells = [\n  "tf2.4",  # ]\n  "tf2.1*",\n]').replace("3.11", "3.60")

    assert f"line {_line(text, '3.60')}: python '3.60'" in _refusal(tmp_path, text)


# --- selecting ---


def test_nothing_asked_for_is_everything(small: Matrix) -> None:
    assert select(small).cells == small.cells


def test_globs_are_separated_by_spaces_or_commas(small: Matrix) -> None:
    assert _ids(select(small, cells="tf2.15, *-h5py3").cells) == ["tf2.15", "tf2.4-h5py3"]


def test_a_selection_keeps_the_order_of_the_matrix(small: Matrix) -> None:
    assert _ids(select(small, cells="tf2.15 tf2.4").cells) == ["tf2.4", "tf2.15"]


def test_cells_narrow_a_named_selection(small: Matrix) -> None:
    assert _ids(select(small, cells="tf2.4*", selection="quick").cells) == ["tf2.4"]


def test_a_glob_that_matches_nothing_selects_nothing(small: Matrix) -> None:
    with pytest.raises(LabError, match=r"unknown model 'lsmt'; did you mean 'lstm'\?") as caught:
        select(small, models="lsmt")

    assert caught.value.exit_code is ExitCode.NOTHING_SELECTED


def test_cells_outside_a_named_selection_select_nothing(small: Matrix) -> None:
    with pytest.raises(LabError, match="no cell of selection 'quick'") as caught:
        select(small, cells="tf2.4-h5py3", selection="quick")

    assert caught.value.exit_code is ExitCode.NOTHING_SELECTED


def test_an_unknown_selection_is_bad_input(small: Matrix) -> None:
    with pytest.raises(LabError, match=r"unknown selection 'quik'; did you mean 'quick'\?") as caught:
        select(small, selection="quik")

    assert caught.value.exit_code is ExitCode.BAD_INPUT


# --- pairing ---


def test_a_variant_pairs_with_itself_and_its_anchors_both_ways(small: Matrix) -> None:
    found = {(producer.id, consumer.id) for producer, consumer in pairs(small, small.cells)}

    assert {pair for pair in found if "tf2.4-h5py3" in pair} == {
        ("tf2.4-h5py3", "tf2.4-h5py3"),
        ("tf2.4-h5py3", "tf2.4"),
        ("tf2.4", "tf2.4-h5py3"),
    }


def test_pairs_do_not_depend_on_the_order_of_the_cells(small: Matrix) -> None:
    assert pairs(small, small.cells) == pairs(small, reversed(small.cells))


def test_a_declared_combination_is_found_with_its_source(small: Matrix) -> None:
    rule = Rules(small).declared_unsupported("tf2.4", "tf2.15", "lstm", "keras")

    assert rule is small.unsupported[0]


def test_an_undeclared_combination_is_supported(small: Matrix) -> None:
    assert Rules(small).declared_unsupported("tf2.15", "tf2.4", "lstm", "keras") is None


def test_a_rule_about_a_consumer_says_nothing_of_others(small: Matrix) -> None:
    narrow = replace(small, unsupported=(replace(small.unsupported[0], consumers=("tf2.15",)),))

    assert Rules(narrow).declared_unsupported("tf2.4", "tf2.4", "lstm", "keras") is None


def test_an_artifact_is_saved_where_a_rule_is_about_some_consumers_only(small: Matrix) -> None:
    narrow = replace(small, unsupported=(replace(small.unsupported[0], consumers=("tf2.15",)),))

    assert Rules(narrow).cannot_save("tf2.4", "lstm", "keras") is None


def test_asking_for_every_combination_of_the_real_matrix_takes_under_two_seconds(real: Matrix) -> None:
    rules = Rules(real)
    started = time.monotonic()
    for producer, consumer in pairs(real, real.cells):
        for model in real.models:
            for form in model.formats:
                rules.declared_unsupported(producer.id, consumer.id, model.id, form)

    assert time.monotonic() - started < 2


# --- editing ---

NEW = Cell(
    id="tf2.22",
    tensorflow="2.22.0",
    python="3.13",
    as_of=date(2026, 10, 1),
    package="tensorflow-cpu",
    group="main",
    source="https://pypi.org/project/tensorflow-cpu/2.22.0/",
)


def test_a_new_cell_reads_back_as_it_was_given(tmp_path: Path) -> None:
    cell = replace(NEW, requires=("keras==3.15.1",), env=(("TF_X", '"1"'),), anchors=("tf2.4",), imports=False)

    assert cell in _read(tmp_path, add_cell(SMALL, cell)).cells


def test_a_new_cell_stands_after_the_last_main_cell(tmp_path: Path) -> None:
    cells = _read(tmp_path, add_cell(SMALL, NEW)).cells

    assert _ids(cells) == ["tf2.4", "tf2.15", "tf2.22", "tf2.4-h5py3"]


def test_adding_a_cell_leaves_every_other_line_as_it_was() -> None:
    text = REAL.read_text(encoding="utf-8")
    added = add_cell(text, NEW).splitlines()
    start = added.index('[cells."tf2.22"]') - 1

    assert added[:start] + added[start + 6 :] == text.splitlines()


def test_a_new_cell_leaves_out_what_the_defaults_say() -> None:
    table = tomllib.loads(add_cell(SMALL, NEW))["cells"]["tf2.22"]

    assert list(table) == ["tensorflow", "python", "as_of", "source"]


def test_adding_a_cell_twice_is_refused() -> None:
    with pytest.raises(LabError, match=r"cells\.tf2\.22 is declared already, in line 40"):
        add_cell(add_cell(SMALL, NEW), NEW)
