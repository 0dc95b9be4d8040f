"""Claims about files that people bring: recognised by content, tried in real cells, compared where they answer."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import h5py
import pytest
from conftest import ROOT, Shelf

from lab.cli.main import main
from lab.engines.protocol import BuiltCell
from lab.errors import ExitCode, LabError
from lab.running.foreign import recognise


def an_h5(path: Path, **attributes: str) -> Path:
    with h5py.File(path, "w") as stored:
        for name, value in attributes.items():
            stored.attrs[name] = value
    return path


@pytest.mark.parametrize(("name", "form"), [("m.h5", "h5"), ("m.hdf5", "h5"), ("m.keras", "keras-suffix-h5")])
def test_hdf5_is_known_by_its_first_bytes(tmp_path: Path, name: str, form: str) -> None:
    found = recognise(an_h5(tmp_path / name, model_config="{}", keras_version="2.2.4-tf"))

    assert (found.format, found.keras) == (form, "2.2.4")


def test_the_config_of_a_file_tells_what_is_in_it(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("config.json", '{"class_name": "Lambda"}')

    dense = '{"class_name": "Dense"}'

    assert recognise(an_h5(tmp_path / "m.h5", model_config=dense)).described == dense
    assert recognise(tmp_path / "m.keras").described == '{"class_name": "Lambda"}'


@pytest.mark.parametrize("version", ["1.15.5", "2.7.4", "2.10.0-rc1"])
def test_a_saved_model_tells_its_tensorflow(tmp_path: Path, version: str) -> None:
    field = b"\x2a" + bytes([len(version)]) + version.encode() + b"2\x08v" + version[:3].encode() + b"-abc"
    (tmp_path / "saved_model.pb").write_bytes(b"\x08\x01\x12\x99\x02\x0a\x20\x12\x10" + field + b"_tf_keras_layer")

    assert recognise(tmp_path).tensorflow == version.partition("-")[0]
    assert recognise(tmp_path).described


@pytest.mark.parametrize(("inside", "form"), [("layer_names", "weights-h5"), ("layers", "weights-v3")])
def test_weights_alone_are_a_file_to_try_where_there_is_code_that_builds(
    tmp_path: Path, inside: str, form: str
) -> None:
    with h5py.File(tmp_path / "w.h5", "w") as stored:
        stored.attrs["keras_version"] = "2.3.1"
        if form == "weights-h5":
            stored.attrs[inside] = ["dense"]
        else:
            stored.create_group(inside)

    found = recognise(tmp_path / "w.h5", builds=True)

    assert (found.format, found.keras) == (form, "2.3.1")


def test_hdf5_of_others_is_no_model(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="neither a model nor the weights of one"):
        recognise(an_h5(tmp_path / "data.h5", title="x"), builds=True)


def test_weights_alone_are_refused_with_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="holds weights only"):
        recognise(an_h5(tmp_path / "w.h5", layer_names="x"))


def test_an_archive_tells_its_keras(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "m.keras", "w") as archive:
        archive.writestr("config.json", "{}")
        archive.writestr("metadata.json", json.dumps({"keras_version": "3.4.1"}))

    assert recognise(tmp_path / "m.keras").keras == "3.4.1"


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"not a model at all", "it begins with"), (b"\x89HDF\r\n\x1a\nrest", "cannot be read"), (b"PK\x03\x04x", "zip")],
)
def test_what_is_no_model_is_refused_in_words(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "m").write_bytes(content)

    with pytest.raises(LabError, match=said):
        recognise(tmp_path / "m")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("m.h5", b"", "is empty"),
        ("m.h5", b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "git lfs pull"),
        ("m.h5", b"\n<!DOCTYPE html>\n<html>", "is a web page"),
        ("m.tflite", b"\x1c\x00\x00\x00TFL3", "tf.lite.Interpreter"),
        ("m.json", b'{"class_name": "Sequential", "config": []}', "architecture without weights: name"),
        ("m.json", b'{"layers": []}', "no architecture that"),
        ("m.json", b'{"class_name": ', "begins like JSON and cannot be read"),
        ("m.yaml", b"backend: tensorflow\nclass_name: Sequential\nconfig:\n", r"in YAML.*open\('m.yaml'\).*'m.json'"),
        ("m.yml", b"class_name: Model\nconfig:\n  layers:\n", "is an architecture in YAML"),
    ],
)
def test_what_is_often_taken_for_a_model_is_told_for_what_it_is(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(LabError, match=said):
        recognise(tmp_path / name)


def test_a_model_that_was_zipped_is_found_in_the_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "download.zip", "w") as archive:
        archive.writestr("best/model.h5", "x")

    with pytest.raises(LabError, match=r"it holds best/model.h5: unpack it"):
        recognise(tmp_path / "download.zip")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LabError, match="does not exist"):
        recognise(tmp_path / "none.h5")


def test_without_a_sandbox_a_foreign_file_asks_for_trust(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = an_h5(tmp_path / "m.h5", model_config="{}")

    code = main(["try", str(path), "--engine", "local", "--out", str(tmp_path / "out")])

    assert code == ExitCode.BAD_INPUT
    assert "--trust" in capsys.readouterr().err


def an_architecture(path: Path) -> Path:
    text = json.dumps({"class_name": "Sequential", "config": [], "keras_version": "2.0.8"})
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("others", [(), ("other.h5", "else.hdf5")], ids=["alone", "by its name"])
def test_an_architecture_takes_the_weights_that_can_be_meant(tmp_path: Path, others: tuple[str, ...]) -> None:
    for other in others:
        an_h5(tmp_path / other)
    weights = an_h5(tmp_path / "net_weights.h5", layer_names="x")

    found = recognise(an_architecture(tmp_path / "net.json"))

    assert (found.format, found.keras, found.weights) == ("json-h5", "2.0.8", weights)


def test_an_architecture_among_weights_of_others_asks_for_its_own(tmp_path: Path) -> None:
    for other in ("other.h5", "else.hdf5"):
        an_h5(tmp_path / other)

    with pytest.raises(LabError, match="name the HDF5 file that has them with --weights"):
        recognise(an_architecture(tmp_path / "net.json"))


def test_weights_that_are_none_are_refused(tmp_path: Path) -> None:
    (tmp_path / "w.h5").write_text("nothing", encoding="utf-8")

    with pytest.raises(LabError, match=r"w\.h5 is no HDF5 file"):
        recognise(an_architecture(tmp_path / "net.json"), tmp_path / "w.h5")


@pytest.mark.parametrize(
    ("names", "said"),
    [(("a.h5", "b.h5"), "can be those of one architecture"), (("a.h5",), "is no architecture in JSON")],
)
def test_weights_are_refused_where_they_belong_to_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], names: tuple[str, ...], said: str
) -> None:
    files = [str(an_h5(tmp_path / name, model_config="{}")) for name in (*names, "w.h5")]

    code = main(["try", *files[:-1], "--weights", files[-1], "--trust", "--out", str(tmp_path / "out")])

    assert code == ExitCode.BAD_INPUT
    assert said in capsys.readouterr().err


@pytest.mark.cells
def test_an_architecture_with_its_weights_loads_and_the_code_that_mends_it_runs(
    shelf: Callable[[str], Shelf], tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: Callable[[str], BuiltCell]
) -> None:
    saved = shelf("tf2.4").kept["dense-sequential", "json-h5"] / "model"
    files = [str(saved / "architecture.json"), "--weights", str(saved / "weights.h5")]
    options = ["--cells", "tf2.4 tf2.15 tf2.21", "--engine", "local", "--trust", "--json", "--out", str(tmp_path)]

    code = main(["try", *files, "--matrix", str(ROOT / "matrix.toml"), *options])

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    last = {row["consumer"]: row for row in rows}
    assert code == ExitCode.DONE
    assert {consumer: row["outcome"] for consumer, row in last.items()} == dict.fromkeys(last, "pass")
    assert last["tf2.15"]["strategy"] == "plain"
    assert last["tf2.21"]["strategy"] == "rewrite-config-json"
    script = last["tf2.21"]["code"]
    ran = subprocess.run([cell("tf2.21").python, script], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr[-2000:]


@pytest.mark.cells
def test_a_file_loads_where_it_can_and_the_rest_is_explained(
    shelf: Callable[[str], Shelf], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = shelf("tf2.4").kept["dense-sequential", "h5"] / "model" / "model.h5"
    options = ["--cells", "tf2.4 tf2.21", "--engine", "local", "--trust", "--json", "--out", str(tmp_path / "out")]

    code = main(["try", str(model), "--matrix", str(ROOT / "matrix.toml"), *options])

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    tried = {(row["consumer"], row["strategy"]): row for row in rows}
    assert code == ExitCode.DONE
    assert {row["reference"] for row in rows} == {"tf2.4"}
    assert tried["tf2.4", "plain"]["outcome"] == "pass"
    assert tried["tf2.21", "plain"]["outcome"] == "load-error"
    assert tried["tf2.21", "no-compile"]["outcome"] == "pass"
    assert tried["tf2.4", "plain"]["code"] is None
    assert "compile=False" in Path(tried["tf2.21", "no-compile"]["code"]).read_text(encoding="utf-8")
    assert str(model) in Path(tried["tf2.21", "no-compile"]["code"]).read_text(encoding="utf-8")


@pytest.mark.cells
def test_a_file_that_is_no_model_does_not_keep_the_others_from_being_tried(
    shelf: Callable[[str], Shelf], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model = shelf("tf2.4").kept["dense-sequential", "h5"] / "model" / "model.h5"
    (tmp_path / "page.h5").write_text("<html>Sign in</html>", encoding="utf-8")
    options = ["--cells", "tf2.4", "--engine", "local", "--trust", "--out", str(tmp_path / "out")]

    code = main(["try", str(tmp_path / "page.h5"), str(model), "--matrix", str(ROOT / "matrix.toml"), *options])

    said = capsys.readouterr()
    assert code == ExitCode.BAD_INPUT
    assert "tf2.4      loads" in said.out
    assert f"left out: {tmp_path / 'page.h5'}" in said.err


FATAL = """
import os


def custom_objects(tf):
    class Fatal(tf.keras.layers.Layer):
        def call(self, inputs, training=None):
            if training:
                os.abort()
            return inputs

    return {"Fatal": Fatal}
"""
SAVE_FATAL = """
import sys
import tensorflow as tf

given = tf.keras.Input((3,))
tf.keras.Model(given, tf.keras.layers.Dense(1)(custom_objects(tf)["Fatal"]()(given))).save(sys.argv[1])
"""


@pytest.mark.cells
def test_a_model_that_only_its_training_kills_is_told_as_one_that_loads(
    cell: Callable[[str], BuiltCell], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.py").write_text(FATAL, encoding="utf-8")
    model = tmp_path / "fatal.h5"
    subprocess.run([cell("tf2.15").python, "-c", FATAL + SAVE_FATAL, str(model)], check=True, capture_output=True)
    options = ["--cells", "tf2.15", "--code", str(tmp_path / "mine.py"), "--trust", "--out", str(tmp_path / "out")]

    main(["try", str(model), "--engine", "local", "--matrix", str(ROOT / "matrix.toml"), *options])

    said = capsys.readouterr().out
    assert "tf2.15     loads with custom-objects\n" in said
    assert "a step of training it there crashes (ended by signal 6)" in said


BUILD = """
def build(tf):
    class Net(tf.keras.Model):
        def __init__(self):
            super().__init__()
            self.hidden = tf.keras.layers.Dense(4, activation="tanh")
            self.score = tf.keras.layers.Dense(1)

        def call(self, inputs):
            return self.score(self.hidden(inputs))

    net = Net()
    net(tf.keras.Input((3,)))
    return net
"""
SAVE_WEIGHTS = """
import sys
import tensorflow as tf

build(tf).save_weights(sys.argv[1])
"""


@pytest.mark.cells
def test_weights_alone_are_tried_with_the_code_that_builds_their_model(
    cell: Callable[[str], BuiltCell], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.py").write_text(BUILD, encoding="utf-8")
    weights = tmp_path / "net.h5"
    subprocess.run([cell("tf2.4").python, "-c", BUILD + SAVE_WEIGHTS, str(weights)], check=True, capture_output=True)
    options = ["--cells", "tf2.4 tf2.15 tf2.21", "--code", str(tmp_path / "mine.py"), "--trust", "--json"]

    main(["try", str(weights), "--engine", "local", "--matrix", str(ROOT / "matrix.toml"), *options])

    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {row["reference"] for row in rows} == {"tf2.4"}
    assert {row["consumer"]: row["outcome"] for row in rows} == dict.fromkeys(["tf2.4", "tf2.15", "tf2.21"], "pass")
