"""Claims about putting stored weights into a model: every one exactly once, none skipped."""

# ruff: noqa: ANN401 - configs, and models that are made to look like those of Keras, have no types

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import h5py
import numpy as np
import pytest
from recipe_parts import part


class Variable:
    """As much of a variable as is needed to fill it."""

    def __init__(self, name: str, *shape: int) -> None:
        self.name, self.shape = name, shape
        self.value: Any = None

    def assign(self, value: Any) -> None:
        self.value = value


def a_layer(name: str, *variables: Variable, **parts: Any) -> Any:
    return SimpleNamespace(
        name=name,
        _trainable_variables=list(variables),
        _non_trainable_variables=[],
        trainable_weights=[*variables, *(weight for inner in parts.values() for weight in inner.trainable_weights)],
        non_trainable_weights=[],
        **parts,
    )


def a_model(*layers: Any) -> Any:
    model = a_layer("model")
    model.weights = [weight for layer in layers for weight in layer.trainable_weights]
    model.get_layer = {layer.name: layer for layer in layers}.__getitem__
    model.layers = list(layers)
    model._flatten_layers = lambda: layers
    return model


def a_dense(name: str = "dense") -> Any:
    return a_layer(name, Variable(f"{name}/kernel:0", 4, 2), Variable(f"{name}/bias:0", 2))


LISTED = "_layer_checkpoint_dependencies"
KERNEL, BIAS = np.arange(8.0).reshape(4, 2), np.ones(2)


@pytest.fixture
def by_layer(tmp_path: Path) -> Iterator[h5py.File]:
    """One Dense layer in the layout of Keras 2."""
    with h5py.File(tmp_path / "weights.h5", "w") as stored:
        stored.attrs["layer_names"] = ["dense"]
        group = stored.create_group("dense")
        group.attrs["weight_names"] = ["dense/kernel:0", "dense/bias:0"]
        group["dense/kernel:0"], group["dense/bias:0"] = KERNEL, BIAS
        yield stored


@pytest.fixture
def by_path(tmp_path: Path) -> Iterator[h5py.File]:
    """The same layer in the layout of .weights.h5."""
    with h5py.File(tmp_path / "model.weights.h5", "w") as stored:
        stored["layers/dense/vars/0"], stored["layers/dense/vars/1"] = KERNEL, BIAS
        stored["optimizer/vars/0"] = np.zeros(())
        yield stored


CONFIG = {"class_name": "Sequential", "config": {"layers": [{"class_name": "Dense", "config": {"name": "dense"}}]}}


def place(stored: Any, model: Any) -> None:
    part("weights").place_weights(stored, model, CONFIG)


@pytest.mark.parametrize("layout", ["by_layer", "by_path"])
def test_weights_of_either_layout_are_put_into_the_layer_of_their_name(
    layout: str, request: pytest.FixtureRequest
) -> None:
    dense = a_dense()
    place(request.getfixturevalue(layout), a_model(dense))

    assert np.array_equal(dense.trainable_weights[0].value, KERNEL)
    assert np.array_equal(dense.trainable_weights[1].value, BIAS)


@pytest.mark.parametrize("layout", ["by_layer", "by_path"])
def test_a_variable_that_no_weight_is_stored_for_stops_the_load(layout: str, request: pytest.FixtureRequest) -> None:
    with pytest.raises(ValueError, match=r"not in the file: .*'more/kernel"):
        place(request.getfixturevalue(layout), a_model(a_dense(), a_dense("more")))


@pytest.mark.parametrize("layout", ["by_layer", "by_path"])
def test_a_weight_of_another_shape_stops_the_load(layout: str, request: pytest.FixtureRequest) -> None:
    wide = a_layer("dense", Variable("dense/kernel:0", 4, 2), Variable("dense/bias:0", 1))

    with pytest.raises(ValueError, match="does not fit"):
        place(request.getfixturevalue(layout), a_model(wide))


def test_a_stored_weight_that_is_skipped_stops_the_load(by_layer: h5py.File) -> None:
    by_layer["dense"].attrs["weight_names"] = ["dense/kernel:0"]

    with pytest.raises(ValueError, match=r"wanted|stored and not used"):
        place(by_layer, a_model(a_dense()))


def test_a_stored_layer_that_is_skipped_stops_the_load(by_layer: h5py.File) -> None:
    by_layer.attrs["layer_names"] = np.array([], dtype="S1")

    with pytest.raises(ValueError, match="stored and not used"):
        place(by_layer, a_model(a_dense()))


def test_a_number_that_is_missing_stops_the_load(by_path: h5py.File) -> None:
    del by_path["layers/dense/vars/1"]

    with pytest.raises(ValueError, match="no variables for"):
        place(by_path, a_model(a_dense()))


def test_weights_with_names_that_do_not_tell_them_apart_stop_the_load(by_layer: h5py.File) -> None:
    by_layer["dense"]["dense/bias_1:0"] = BIAS
    by_layer["dense"].attrs["weight_names"] = ["dense/bias:0", "dense/bias_1:0"]
    twins = a_layer("dense", Variable("dense/left/bias:0", 2), Variable("dense/right/bias:0", 2))

    with pytest.raises(ValueError, match="are wanted"):
        place(by_layer, a_model(twins))


def test_sublayers_are_told_apart_by_the_order_of_their_numbers() -> None:
    stored = ["b/dense_1/kernel:0", "b/dense/kernel:0"]
    here = [Variable("b/dense_4/kernel", 2), Variable("b/dense_5/kernel", 2)]
    paired = part("weight_names").pair_by_name("b", stored, here)

    assert [(name, variable.name) for name, variable in paired] == [
        ("b/dense_1/kernel:0", "b/dense_5/kernel"),
        ("b/dense/kernel:0", "b/dense_4/kernel"),
    ]


def test_slots_of_an_optimizer_are_regrouped_and_back() -> None:
    regroup = part("optimizer_slots").regroup
    slot_by_slot = ["m1", "m2", "v1", "v2", "h1", "h2"]

    assert regroup(slot_by_slot, 2, False, True) == ["m1", "v1", "m2", "v2", "h1", "h2"]  # noqa: FBT003 - as called
    assert regroup(["m1", "v1", "m2", "v2"], 2, True, False) == ["m1", "m2", "v1", "v2"]  # noqa: FBT003 - as called


def test_a_layer_that_was_listed_twice_uses_up_two_numbers() -> None:
    """As Keras 2.12 and 2.13 write it; a layer without weights is listed once."""
    first, second = a_dense("first"), a_dense("second")
    bare = a_layer("flat")
    model = a_model(first, bare, second)
    model.layers = [
        SimpleNamespace(name=layer.name, weights=layer.trainable_weights) for layer in (first, bare, second)
    ]
    config = {"layers": [{"class_name": "Dense", "config": {"name": name}} for name in ("first", "flat", "second")]}
    find = part("weight_names").layer_of_key

    assert [find(key, {}, model, config, LISTED)[0].name for key in ("dense", "dense_2", "dense_3")] == [
        "first",
        "flat",
        "second",
    ]
    assert [find(key, {}, model, config, "layers")[0].name for key in ("dense", "dense_1", "dense_2")] == [
        "first",
        "flat",
        "second",
    ]


TWO_DENSE = {
    "layers": [
        {"class_name": "InputLayer", "config": {"name": "seen"}},
        {"class_name": "Dense", "config": {"name": "first"}},
        {"class_name": "Dense", "config": {"name": "second"}},
    ]
}


def listed(*keys: str, below: str = LISTED) -> h5py.File:
    """A file in memory whose layers are empty groups."""
    stored = h5py.File(io.BytesIO(), "w")
    for key in keys:
        stored.create_group(f"{below}/{key}/vars")
    return stored


@pytest.mark.parametrize(
    ("keys", "config", "where"),
    [
        (("input_layer", "dense", "dense_1"), TWO_DENSE, "layers"),
        (("dense", "dense_1"), TWO_DENSE, "layers"),  # Sequential does not list its inputs
        (("input_layer", "dense", "dense_2"), TWO_DENSE, LISTED),  # Keras 2.12 and 2.13
        (("input_layer", "dense"), TWO_DENSE, LISTED),  # one is missing: no telling which
        (("dense", "dense_1"), {"layers": [*TWO_DENSE["layers"], {"class_name": "Add", "config": {}}]}, "layers"),
        (("dense", "dense_1"), {}, LISTED),  # a subclassed model says nothing of its layers
    ],
)
def test_the_layers_of_keras_2_14_are_told_by_their_numbers(
    keys: tuple[str, ...], config: dict[str, Any], where: str
) -> None:
    stored = listed(*keys)
    found = part("layer_numbers").with_plain_numbering(stored, config)

    assert list(found) == [where]
    assert sorted(found[where]) == sorted(keys)
    assert list(stored) == [LISTED], "the file itself was changed"


def test_the_layers_of_models_within_a_model_are_told_as_well() -> None:
    """As a layer of the model, and as what a wrapper holds."""
    stored = listed("functional", "time_distributed")
    for inner in ("functional", "time_distributed/layer"):
        for key in ("dense", "dense_1"):
            stored.create_group(f"{LISTED}/{inner}/{LISTED}/{key}/vars")
    within = {"class_name": "Functional", "config": TWO_DENSE}
    config = {"layers": [within, {"class_name": "TimeDistributed", "config": {"name": "each", "layer": within}}]}
    found = part("layer_numbers").with_plain_numbering(stored, config)

    assert sorted(found["layers/functional/layers"]) == ["dense", "dense_1"]
    assert sorted(found["layers/time_distributed/layer/layers"]) == ["dense", "dense_1"]


def test_a_file_of_another_layout_is_handed_on_as_it_is() -> None:
    stored = listed("dense", below="layers")

    assert part("layer_numbers").with_plain_numbering(stored, TWO_DENSE) is stored
