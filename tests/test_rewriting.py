"""Claims about rewriting stored configs: what is translated, and what is left to fail."""

# ruff: noqa: ANN401 - configs, and models that are made to look like those of Keras, have no types

from __future__ import annotations

import json
from typing import Any

import pytest
from config_samples import (
    KERAS_2,
    KERAS_3,
    a_keras,
    input_2,
    input_3,
    layer_2,
    layer_3,
    model_2,
    model_3,
    node_3,
    of_layer,
    one,
    tensor,
    translate,
)

# --- inputs, dtypes, names ---


def test_the_shape_of_an_input_has_the_name_that_keras_2_knows() -> None:
    config = of_layer(translate(model_3(input_3()), KERAS_2)[0], "x")["config"]

    assert config["batch_input_shape"] == [None, 4]
    assert "batch_shape" not in config


def test_the_shape_of_an_input_has_the_name_that_keras_3_knows() -> None:
    config = of_layer(translate(model_2(input_2()), KERAS_3)[0], "x")["config"]

    assert config["batch_shape"] == [None, 4]
    assert not {"batch_input_shape", "ragged"} & set(config)


@pytest.mark.parametrize("stored", ["float32", {"class_name": "DTypePolicy", "config": {"name": "float32"}}])
@pytest.mark.parametrize("running", [KERAS_2, KERAS_3])
def test_a_plain_policy_becomes_its_name(stored: Any, running: Any) -> None:
    assert one(layer_3("Dense", "y", [node_3(tensor("x"))], dtype=stored), running)["dtype"] == "float32"


def test_a_mixed_policy_is_an_object_for_keras_2_and_a_name_for_keras_3() -> None:
    stored = {"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}
    layer = layer_3("Dense", "y", [node_3(tensor("x"))], dtype=stored)

    assert one(layer, KERAS_2)["dtype"] == {"class_name": "Policy", "config": {"name": "mixed_float16"}}
    assert one(layer, KERAS_3)["dtype"] == "mixed_float16"


def test_classes_are_found_by_module_in_keras_3_and_by_name_in_keras_2() -> None:
    newer = translate(model_2(input_2(), layer_2("Dense", "y", [[["x", 0, 0, {}]]], units=2)), KERAS_3)[0]
    older = translate(model_3(input_3(), layer_3("Dense", "y", [node_3(tensor("x"))], units=2)), KERAS_2)[0]

    assert of_layer(newer, "y")["module"] == "keras.layers"
    assert not {"module", "registered_name", "build_config"} & set(of_layer(older, "y"))


def test_a_model_of_tensorflow_2_2_is_called_functional() -> None:
    stored = model_2(input_2()) | {"class_name": "Model"}

    assert translate(stored, KERAS_3)[0]["class_name"] == "Functional"


def test_a_class_that_has_another_name_here_is_found_and_told() -> None:
    stored = layer_2("LSTM", "y", [[["x", 0, 0, {}]]], recurrent_initializer={"class_name": "Old", "config": {}})
    stored["config"]["recurrent_initializer"] = {"class_name": "OrthogonalInitializer", "config": {"gain": 1.0}}
    translated, changes = translate(model_2(input_2(), stored), KERAS_2)

    assert of_layer(translated, "y")["config"]["recurrent_initializer"]["class_name"] == "Orthogonal"
    assert "class OrthogonalInitializer is called Orthogonal here" in changes


def test_a_class_that_is_not_known_stays_as_it_is_stored() -> None:
    layer = layer_2("Unheard", "y", [[["x", 0, 0, {}]]], secret=7)

    assert one(layer, KERAS_3) == layer["config"]


def test_a_registered_class_keeps_its_registered_name() -> None:
    stored = layer_3("Mine", "y", [node_3(tensor("x"))], scale=2) | {"module": None, "registered_name": "pack>Mine"}
    older, newer = (translate(model_3(input_3(), stored), running)[0] for running in (KERAS_2, KERAS_3))

    assert of_layer(older, "y")["class_name"] == "pack>Mine"
    assert (of_layer(newer, "y")["class_name"], of_layer(newer, "y")["registered_name"]) == ("Mine", "pack>Mine")


def test_a_function_of_the_user_is_a_name_for_keras_2_and_an_object_for_keras_3() -> None:
    stored = {"module": "builtins", "class_name": "function", "config": "bent", "registered_name": "function"}
    older = one(layer_3("Dense", "y", [node_3(tensor("x"))], activation=stored), KERAS_2)
    newer = one(
        layer_2("Dense", "y", [[["x", 0, 0, {}]]], activation="bent"), a_keras(modules=True, functions=["bent"])
    )

    assert older["activation"] == "bent"
    assert newer["activation"]["class_name"] == "function"
    assert newer["activation"]["config"] == "bent"


def test_a_regularizer_of_one_kind_becomes_the_one_of_both_where_only_that_is_known() -> None:
    stored = {"class_name": "L2", "config": {"l2": 0.25}}
    config = one(layer_2("Dense", "y", [[["x", 0, 0, {}]]], kernel_regularizer=stored), KERAS_2)

    assert config["kernel_regularizer"] == {"class_name": "L1L2", "config": {"l1": 0.0, "l2": 0.25}}


def test_lambda_layers_are_not_touched() -> None:
    stored = layer_2("Lambda", "y", [[["x", 0, 0, {}]]], function=["code", None, None], function_type="lambda")

    assert one(stored, KERAS_3) == stored["config"]


def test_hard_sigmoid_is_not_taken_for_the_function_that_has_its_name_now() -> None:
    layer = layer_2("LSTM", "y", [[["x", 0, 0, {}]]], recurrent_activation="hard_sigmoid")

    assert one(layer, KERAS_3)["recurrent_activation"] == "hard_sigmoid_of_keras_2"
    assert one(layer, KERAS_2)["recurrent_activation"] == "hard_sigmoid"


# --- arguments ---


@pytest.mark.parametrize("value", [None, False, [], {}, ""])
def test_an_unknown_argument_that_says_nothing_is_left_out_and_told(value: Any) -> None:
    translated, changes = translate(
        model_3(input_3(), layer_3("Dense", "y", [node_3(tensor("x"))], quantization_config=value)), KERAS_3
    )

    assert "quantization_config" not in of_layer(translated, "y")["config"]
    assert any("quantization_config" in change for change in changes)


@pytest.mark.parametrize(
    ("class_name", "key", "value"),
    [
        ("Dense", "quantization_config", {"bits": 8}),
        ("LSTM", "time_major", True),
        ("Concatenate", "groups", 2),
        ("BatchNormalization", "renorm_momentum", 0.9),
        ("Dense", "groups", True),  # no number, though equal to the default
    ],
)
def test_an_unknown_argument_that_says_something_stays_so_that_the_load_fails(
    class_name: str, key: str, value: Any
) -> None:
    layer = layer_3(class_name, "y", [node_3(tensor("x"))], **{key: value})

    assert one(layer, KERAS_3)[key] == value


@pytest.mark.parametrize(
    ("class_name", "key", "value"),
    [("Dense", "groups", 1), ("LSTM", "implementation", 2), ("BatchNormalization", "renorm_momentum", 0.99)],
)
def test_an_unknown_argument_with_its_default_is_left_out(class_name: str, key: str, value: Any) -> None:
    assert key not in one(layer_3(class_name, "y", [node_3(tensor("x"))], **{key: value}), KERAS_3)


def test_an_argument_with_another_name_keeps_its_value() -> None:
    stored = layer_2("LeakyReLU", "y", [[["x", 0, 0, {}]]], alpha=0.1)

    assert one(stored, KERAS_3)["negative_slope"] == 0.1


def test_an_axis_in_a_list_is_taken_out_of_it() -> None:
    assert one(layer_2("BatchNormalization", "y", [[["x", 0, 0, {}]]], axis=[3]), KERAS_3)["axis"] == 3


def test_keras_2_finds_the_shapes_that_it_takes_out_of_an_attention() -> None:
    asking = a_keras(modules=False, extra={"MultiHeadAttention": {"query_shape", "key_shape", "value_shape"}})
    config = one(layer_3("MultiHeadAttention", "y", [node_3(tensor("x"), tensor("x"))], num_heads=2), asking)

    assert (config["query_shape"], config["key_shape"], config["value_shape"]) == (None, None, None)


def test_what_is_translated_can_be_written_as_json() -> None:
    translated, _ = translate(model_2(input_2(), layer_2("Dense", "y", [[["x", 0, 0, {}]]])), KERAS_3)

    assert json.loads(json.dumps(translated)) == translated


# --- how layers are connected ---


def test_calls_become_lists_of_tensors_for_keras_2() -> None:
    stored = model_3(
        input_3(), layer_3("Dense", "y", [node_3(tensor("x"))]), layer_3("Dense", "z", [node_3(tensor("y"))])
    )

    assert of_layer(translate(stored, KERAS_2)[0], "z")["inbound_nodes"] == [[["y", 0, 0, {}]]]


def test_lists_of_tensors_become_calls_for_keras_3() -> None:
    stored = model_2(
        input_2(),
        layer_2("Dense", "y", [[["x", 0, 0, {}]]]),
        layer_2("Concatenate", "z", [[["x", 0, 0, {}], ["y", 0, 0, {}]]]),
    )
    (node,) = of_layer(translate(stored, KERAS_3)[0], "z")["inbound_nodes"]

    assert [item["config"]["keras_history"] for item in node["args"][0]] == [["x", 0, 0], ["y", 0, 0]]


def test_further_arguments_have_names_for_keras_2() -> None:
    stored = model_3(input_3(), layer_3("MultiHeadAttention", "y", [node_3(tensor("x"), tensor("x", 0, 1), mask=None)]))

    assert of_layer(translate(stored, KERAS_2)[0], "y")["inbound_nodes"] == [[["x", 0, 0, {"value": ["x", 0, 1]}]]]


def test_tensors_among_further_arguments_are_tensors_for_keras_3() -> None:
    stored = model_2(input_2(), layer_2("MultiHeadAttention", "y", [[["x", 0, 0, {"value": ["x", 0, 0]}]]]))
    (node,) = of_layer(translate(stored, KERAS_3)[0], "y")["inbound_nodes"]

    assert node["kwargs"]["value"]["config"]["keras_history"] == ["x", 0, 0]


def test_an_argument_without_a_name_is_refused_rather_than_lost() -> None:
    stored = model_3(input_3(), layer_3("Unheard", "y", [node_3(tensor("x"), tensor("x"))]))

    with pytest.raises(ValueError, match="cannot tell the names"):
        translate(stored, KERAS_2)


def test_not_training_is_a_default_of_keras_3_and_no_order_for_keras_2() -> None:
    extra = {"Dropout": {"rate"}}
    stored = model_3(
        input_3(),
        layer_3("Dropout", "y", [node_3(tensor("x"), training=False)], rate=0.5),
        layer_3("BatchNormalization", "z", [node_3(tensor("y"), training=False)]),
    )
    translated = translate(stored, a_keras(modules=False, extra=extra))[0]

    assert of_layer(translated, "y")["inbound_nodes"] == [[["x", 0, 0, {}]]]
    assert of_layer(translated, "z")["inbound_nodes"] == [[["y", 0, 0, {"training": False}]]]


INNER_2 = {"name": "inner", "layers": [input_2("i")], "input_layers": [["i", 0, 0]], "output_layers": [["i", 0, 0]]}
INNER_3 = {"name": "inner", "layers": [input_3("i")], "input_layers": ["i", 0, 0], "output_layers": ["i", 0, 0]}


def nested(class_name: str, config: dict[str, Any], nodes: list[Any]) -> dict[str, Any]:
    return {"class_name": class_name, "config": config, "name": "inner", "inbound_nodes": nodes}


def test_calls_of_a_nested_model_are_counted_as_they_are_here() -> None:
    calls = [[["x", 0, 0, {}]], [["x", 0, 0, {}]]]
    older = model_2(
        input_2(),
        nested("Functional", INNER_2, calls),
        layer_2("Concatenate", "z", [[["inner", 1, 0, {}], ["inner", 2, 0, {}]]]),
    )
    newer = translate(older, KERAS_3)[0]
    (node,) = of_layer(newer, "z")["inbound_nodes"]
    back = of_layer(translate(newer, KERAS_2)[0], "z")["inbound_nodes"]

    assert [item["config"]["keras_history"][1] for item in node["args"][0]] == [0, 1]
    assert back == [[["inner", 1, 0, {}], ["inner", 2, 0, {}]]]


def test_a_nested_model_that_is_the_output_is_counted_from_one_in_both() -> None:
    stored = model_3(input_3(), nested("Functional", INNER_3, [node_3(tensor("x"))]), outputs=["inner", 1, 0])

    assert translate(stored, KERAS_2)[0]["config"]["output_layers"] == [["inner", 1, 0]]
    assert translate(stored, KERAS_3)[0]["config"]["output_layers"] == ["inner", 1, 0]


@pytest.mark.parametrize(("flat", "expected"), [(True, ["y", 0, 0]), (False, [["y", 0, 0]])])
def test_a_single_output_is_written_as_it_is_here(*, flat: bool, expected: list[Any]) -> None:
    layers = (input_3(), layer_3("Dense", "y", [node_3(tensor("x"))]))
    running = a_keras(modules=True, flat=flat)

    for outputs in (["y", 0, 0], [["y", 0, 0]]):
        translated = translate(model_3(*layers, outputs=outputs), running)[0]
        assert translated["config"]["output_layers"] == expected


def test_a_row_of_layers_says_the_shape_of_its_input_by_a_layer_for_keras_3() -> None:
    dense = {"class_name": "Dense", "config": {"name": "y", "batch_input_shape": [None, 4], "units": 2}}
    stored = {"class_name": "Sequential", "config": {"name": "row", "layers": [dense]}}
    layers = translate(stored, KERAS_3)[0]["config"]["layers"]

    assert [layer["class_name"] for layer in layers] == ["InputLayer", "Dense"]
    assert layers[0]["config"]["batch_shape"] == [None, 4]
    assert "batch_input_shape" not in layers[1]["config"]


def test_the_oldest_rows_of_layers_are_lists() -> None:
    stored = [{"class_name": "Dense", "config": {"name": "y", "batch_input_shape": [None, 4], "units": 2}}]

    assert translate(stored, KERAS_2)[0]["config"]["layers"][0]["config"]["units"] == 2


def test_operators_become_calls_of_the_tensorflow_function_of_the_same_meaning() -> None:
    running = a_keras(modules=True, extra={"StoredOperation": {"function", "args", "kwargs"}})
    times = layer_2("TFOpLambda", "times", [["x", 0, 0, {"y": 2.0, "name": None}]], function="math.multiply")
    cut = {"slice_spec": [{"start": 1, "stop": None, "step": None}]}
    part_of_it = layer_2("SlicingOpLambda", "cut", [["times", 0, 0, cut]], function="__operators__.getitem")
    translated = translate(model_2(input_2(), times, part_of_it), running)[0]

    assert of_layer(translated, "times")["config"] == {
        "name": "times",
        "function": "math.multiply",
        "args": [{"tensor": 0}],
        "kwargs": {"y": 2.0},
    }
    assert of_layer(translated, "cut")["config"]["args"] == [{"tensor": 0}, [{"slice": [1, None, None]}]]


def test_an_operator_of_keras_3_on_integers_is_left_alone() -> None:
    whole = tensor("x")
    whole["config"]["dtype"] = "int32"
    mean = layer_3("Mean", "mean", [node_3(whole)], axis=0, keepdims=False) | {"module": "keras.src.ops.numpy"}
    running = a_keras(modules=False, extra={"StoredOperation": {"function", "args", "kwargs"}})

    assert of_layer(translate(model_3(input_3(), mean), running)[0], "mean")["class_name"] == "Mean"
