"""Claims about ``matrix.toml``: how it is read, and what of it is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from matrix_samples import (
    REAL,
    SMALL,
    ids,
    read,
    real_matrix,  # noqa: F401 - pytest finds fixtures by name
    refused,
    small_matrix,  # noqa: F401 - as above
    small_with,
)

from lab.declare import pairs, read_matrix, select
from lab.errors import LabError
from lab.words import Matrix


def _line(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


# --- the real matrix ---


def test_the_real_matrix_has_every_minor_from_2_0_to_2_21(real: Matrix) -> None:
    main = [cell.id for cell in real.cells if cell.group == "main"]

    assert main == [f"tf2.{minor}" for minor in range(22)]


def test_the_main_cells_of_the_real_matrix_make_484_pairs(real: Matrix) -> None:
    assert len(pairs(real, [cell for cell in real.cells if cell.group == "main"])) == 22 * 22


def test_the_real_quick_selection_spans_the_five_eras(real: Matrix) -> None:
    chosen = select(real, selection="quick")

    assert ids(chosen.cells) == ["tf2.4", "tf2.10", "tf2.15", "tf2.16", "tf2.21"]


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
    assert ids(small.cells) == ["tf2.4", "tf2.15", "tf2.4-h5py3"]


def test_all_problems_are_listed_at_once(tmp_path: Path) -> None:
    text = (
        SMALL.replace('python = "3.11"', 'python = "3.14"\ncudn = "8.9"')
        .replace("batch = 24", 'batch = "24"')
        .replace('anchors = ["tf2.4"]', 'anchors = ["tf2.5"]')
        .replace('"https://example.org/zip"', '"somewhere"')
    )

    assert refused(tmp_path, text).splitlines() == [
        "matrix.toml has 5 problems:",
        "  limits, line 13: 'batch' must be an integer, not '24'",
        "  cells.tf2.15, line 37: python '3.14' is newer than 3.13, the newest the probe runs on",
        "  cells.tf2.15, line 38: unknown key 'cudn'; did you mean 'cudnn'?",
        "  cells.tf2.4-h5py3, line 48: unknown cell 'tf2.5'; did you mean 'tf2.15'?",
        "  unsupported #1, line 71: 'source' must be a link that starts with https://, not 'somewhere'",
    ]


def test_one_problem_is_not_called_problems(tmp_path: Path) -> None:
    assert refused(tmp_path, small_with("seed = 7", "seed = 7\nseeds = 8")).startswith("matrix.toml has 1 problem:\n")


def test_an_unknown_key_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    assert "unknown key 'depht'; did you mean 'depth'?" in refused(
        tmp_path, small_with("seed = 7", 'seed = 7\ndepht = "x"')
    )


def test_a_missing_key_is_named(tmp_path: Path) -> None:
    line = _line(SMALL, '[cells."tf2.15"]')

    refusal = refused(tmp_path, small_with('tensorflow = "2.15.1"\n', ""))

    assert f"cells.tf2.15, line {line}: key 'tensorflow' is missing" in refusal


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    assert "key 'ladder' is missing" in refused(tmp_path, small_with('[ladder]\ndepth = "train"\nseed = 7\n', ""))


def test_a_broken_table_does_not_hide_the_problems_of_others(tmp_path: Path) -> None:
    text = small_with("memory_mib = 4096", "memory_mib = -1").replace("tf2.4/tf2.15/", "tf2.4/tf2.16/")

    assert "unknown cell 'tf2.16'" in refused(tmp_path, text)


def test_a_python_older_than_the_probe_is_refused(tmp_path: Path) -> None:
    text = small_with('python = "3.11"', 'python = "3.6"')

    assert "python '3.6' is older than 3.7, the oldest the probe runs on" in refused(tmp_path, text)


def test_a_number_is_no_python_version(tmp_path: Path) -> None:
    assert "'python' must be a string, not 3.11" in refused(tmp_path, small_with('python = "3.11"', "python = 3.11"))


def test_a_text_is_no_date(tmp_path: Path) -> None:
    text = small_with("as_of = 2024-03-22", 'as_of = "2024-03-22"')

    assert "'as_of' must be a date, not '2024-03-22'" in refused(tmp_path, text)


def test_a_syntax_error_has_its_line(tmp_path: Path) -> None:
    text = small_with("as_of = 2024-03-22", "as_of = ")

    assert f"  line {_line(text, 'as_of = ') + 5}: not valid TOML" in refused(tmp_path, text)


def test_a_cell_that_is_written_twice_is_refused_with_both_lines(tmp_path: Path) -> None:
    text = SMALL + '\n[cells."tf2.15"]\ntensorflow = "2.15.1"\n'
    first, second = _line(text, '[cells."tf2.15"]'), len(text.splitlines()) - 1

    assert f"cells.tf2.15, line {second}: written twice; the first is in line {first}" in refused(tmp_path, text)


def test_two_cells_with_the_same_environment_are_refused(tmp_path: Path) -> None:
    text = small_with('overrides = ["h5py==3.1.0"]\n', "")

    assert "cells.tf2.4-h5py3, line 41: the same environment as cells.tf2.4" in refused(tmp_path, text)


def test_a_cell_id_that_is_no_slug_is_refused(tmp_path: Path) -> None:
    assert "'TF 2.15' is not a slug" in refused(tmp_path, small_with('[cells."tf2.15"]', '[cells."TF 2.15"]'))


def test_a_model_without_a_module_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    refusal = refused(tmp_path, small_with("[models.gru]", "[models.gru-two]"))

    assert "there is no module probe/zoo/gru_two.py; did you mean 'gru'?" in refusal


def test_a_format_without_a_module_is_refused(tmp_path: Path) -> None:
    text = SMALL + '\n[formats.onnx]\ntitle = "x"\ncontainer = "zip"\nstrategies = ["plain"]\n'

    assert "there is no module probe/formats/onnx.py" in refused(tmp_path, text)


def test_a_strategy_without_a_recipe_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    refusal = refused(tmp_path, small_with('"no-compile"]', '"no-compiles"]'))

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
    assert refusal in refused(tmp_path, f"{SMALL}\n{table}")


def test_an_unknown_group_is_refused(tmp_path: Path) -> None:
    text = small_with('group = "dependency"', 'group = "dependencies"')

    assert "unknown group 'dependencies'; did you mean 'dependency'?" in refused(tmp_path, text)


def test_a_glob_in_a_rule_that_matches_nothing_is_refused(tmp_path: Path) -> None:
    text = small_with('producers = ["tf2.4*"]', 'producers = ["tf2.4*", "tf2.17-*"]')

    assert "unsupported #1, line 67: no cell matches 'tf2.17-*'" in refused(tmp_path, text)


def test_a_selection_of_an_unknown_cell_is_refused(tmp_path: Path) -> None:
    text = small_with('cells = ["tf2.4", "tf2.1*"]', 'cells = ["tf2.44"]')

    assert "selections.quick, line 27: unknown cell 'tf2.44'; did you mean 'tf2.4'?" in refused(tmp_path, text)


def test_a_model_of_an_unknown_format_is_refused(tmp_path: Path) -> None:
    text = small_with('formats = ["h5"]', 'formats = ["h6"]')

    assert "unknown format 'h6'; did you mean 'h5'?" in refused(tmp_path, text)


def test_a_rule_about_nothing_that_is_scheduled_is_dead(tmp_path: Path) -> None:
    rule = '[[unsupported]]\nmodels = ["gru"]\nformats = ["keras"]\nreason = "r"\nsource = "https://example.org"\n'

    assert "this rule can never apply: nothing that it speaks of is scheduled" in refused(tmp_path, SMALL + rule)


def test_a_rule_that_earlier_rules_cover_is_dead(tmp_path: Path) -> None:
    rule = '[[unsupported]]\nproducers = ["tf2.4"]\nformats = ["keras"]\nreason = "r"\nsource = "https://example.org"\n'

    assert "unsupported #2, line 76: this rule can never apply: earlier rules cover all" in refused(
        tmp_path, SMALL + rule
    )


def test_a_rule_about_cells_that_are_not_paired_is_dead(tmp_path: Path) -> None:
    rule = (
        '[[unsupported]]\nproducers = ["tf2.15"]\nconsumers = ["tf2.4-h5py3"]\nreason = "r"\n'
        'source = "https://example.org"\n'
    )

    assert "nothing that it speaks of is scheduled" in refused(tmp_path, SMALL + rule)


def test_a_rule_that_an_earlier_one_covers_in_part_is_alive(tmp_path: Path) -> None:
    rule = '[[unsupported]]\nformats = ["keras"]\nreason = "r"\nsource = "https://example.org"\n'

    assert len(read(tmp_path, SMALL + rule).unsupported) == 2


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
    assert problem in refused(tmp_path, small_with("tf2.4/tf2.15/lstm/h5/plain", trial))


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
    text = small_with('cells = ["tf2.4", "tf2.1*"]', 'cells = [\n  "tf2.4",  # ]\n  "tf2.1*",\n]').replace(
        "3.11", "3.60"
    )

    assert f"line {_line(text, '3.60')}: python '3.60'" in refused(tmp_path, text)
