"""Claims about rewriting what is around the layers: classes of the user, losses, names, and numbers among inputs."""

from __future__ import annotations

import pytest
from config_samples import (
    KERAS_2,
    KERAS_3,
    a_keras,
    input_2,
    input_3,
    layer_2,
    model_2,
    model_3,
    node_3,
    of_layer,
    tensor,
    translate,
)
from recipe_parts import part

OPERATIONS = {"StoredOperation": {"function", "args", "kwargs"}}


@pytest.mark.parametrize("running", [KERAS_2, KERAS_3], ids=["2", "3"])
def test_a_class_of_the_user_around_a_network_becomes_the_network(running: object) -> None:
    stored = dict(model_2(input_2(), layer_2("Dense", "y", [[["x", 0, 0, {}]]], units=2)), class_name="Predictor")
    row = {"class_name": "MyRow", "config": {"name": "row", "layers": [input_2()]}}

    assert translate(stored, running)[0]["class_name"] == "Functional"
    assert translate(row, running)[0]["class_name"] == "Sequential"


def test_a_class_that_was_handed_over_stays_itself() -> None:
    running = a_keras(modules=True, extra={"Mine": set()})
    stored = dict(model_2(input_2(), layer_2("Dense", "y", [[["x", 0, 0, {}]]], units=2)), class_name="Mine")

    assert translate(stored, running)[0]["class_name"] == "Mine"


def test_layers_of_losses_and_metrics_are_left_out_for_keras_3_and_told() -> None:
    dense = layer_2("Dense", "y", [[["x", 0, 0, {}]]], units=2)
    loss = layer_2("AddLoss", "add_loss", [[["y", 0, 0, {}]]])
    translated, changes = translate(model_2(input_2(), dense, loss, outputs=[["y", 0, 0]]), KERAS_3)

    assert [layer["config"]["name"] for layer in translated["config"]["layers"]] == ["x", "y"]
    assert "add_loss: left out, a loss or a metric of the training alone" in changes


def test_a_layer_of_a_loss_that_an_output_depends_on_stays() -> None:
    loss = layer_2("AddLoss", "add_loss", [[["x", 0, 0, {}]]])
    translated, _ = translate(model_2(input_2(), loss), KERAS_3)

    assert of_layer(translated, "add_loss")["class_name"] == "AddLoss"


def test_what_no_output_depends_on_is_known() -> None:
    used, unused = layer_2("Dense", "used", [[["x", 0, 0, {}]]]), layer_2("Dense", "unused", [[["x", 0, 0, {}]]])
    config = model_2(input_2(), used, unused, outputs=[["used", 0, 0]])["config"]

    assert part("loss_layers").unreachable(config) == {"unused"}


def test_a_slash_in_a_name_becomes_an_underscore_wherever_the_layer_is_named() -> None:
    stem = layer_2("Dense", "stem/conv", [[["x", 0, 0, {}]]], units=2)
    head = layer_2("Dense", "head", [[["stem/conv", 0, 0, {}]]], units=2, activation="stem/other")
    translated, _ = translate(model_2(input_2(), stem, head), KERAS_3)

    node = of_layer(translated, "head")["inbound_nodes"][0]
    assert of_layer(translated, "stem_conv")["name"] == "stem_conv"
    assert node["args"][0]["config"]["keras_history"] == ["stem_conv", 0, 0]
    assert of_layer(translated, "head")["config"]["activation"] == "stem/other"


def test_keras_2_keeps_its_slashes() -> None:
    stem = layer_2("Dense", "stem/conv", [[["x", 0, 0, {}]]], units=2)

    assert of_layer(translate(model_2(input_2(), stem), KERAS_2)[0], "stem/conv")["name"] == "stem/conv"


@pytest.mark.parametrize("modules", [False, True], ids=["2", "3"])
def test_a_number_among_the_inputs_of_a_layer_is_an_operator(*, modules: bool) -> None:
    """HDF5 of Keras 3 leaves out of which module ``Add`` is."""
    running = a_keras(modules=modules, extra={**OPERATIONS, "Add": set()})
    plus = layer_2("Add", "plus", [node_3(tensor("x"), 3.0)])
    translated = of_layer(translate(model_3(input_3(), plus), running)[0], "plus")

    assert translated["class_name"] == "StoredOperation"
    assert translated["config"] == {"name": "plus", "function": "add", "args": [{"tensor": 0}, 3.0], "kwargs": {}}


def test_a_layer_that_takes_a_list_is_no_operator() -> None:
    running = a_keras(modules=True, extra={**OPERATIONS, "Add": set()})
    plus = layer_2("Add", "plus", [node_3([tensor("x"), tensor("x")])])

    assert of_layer(translate(model_3(input_3(), plus), running)[0], "plus")["class_name"] == "Add"


RAW = {
    "Mul": ["x", "y", "name"],
    "ConcatV2": ["values", "axis", "name"],
    "Squeeze": ["input", "axis", "name"],
    "Cast": ["x", "DstT", "Truncate", "name"],
    "Einsum": ["inputs", "equation", "name"],
}
FLOAT, HALF = {"type": "DT_FLOAT"}, {"type": "DT_HALF"}


@pytest.mark.parametrize(
    ("operation", "inputs", "constants", "attributes", "arguments"),
    [
        ("Mul", "m x", {"0": 0.5}, {"T": HALF}, {"x": {"constant": 0.5, "dtype": "float16"}, "y": {"tensor": 0}}),
        (
            "ConcatV2",
            "x x axis ^after",
            {"2": -1},
            {"N": {"i": "2"}, "T": FLOAT, "Tidx": {"type": "DT_INT32"}},
            {"values": [{"tensor": 0}, {"tensor": 1}], "axis": -1},
        ),
        ("Squeeze", "x", {}, {"squeeze_dims": {"list": {"i": ["1"]}}}, {"input": {"tensor": 0}, "axis": [1]}),
        (
            "Cast",
            "x",
            {},
            {"SrcT": FLOAT, "DstT": {"type": "DT_BOOL"}, "Truncate": {"b": False}},
            {"x": {"tensor": 0}, "DstT": "bool", "Truncate": False},
        ),
        (
            "Einsum",
            "x x",
            {},
            {"N": {"i": "2"}, "equation": {"s": "aWosamstPmlr"}},
            {"inputs": [{"tensor": 0}, {"tensor": 1}], "equation": "ij,jk->ik"},
        ),
    ],
)
def test_a_node_of_a_graph_becomes_a_call_of_the_same_operation(
    operation: str, inputs: str, constants: dict[str, object], attributes: dict[str, object], arguments: object
) -> None:
    stored = {"name": "n", "op": operation, "input": inputs.split(), "attr": attributes}
    tensors = [["x", 0, 0, {}]] * inputs.split().count("x")
    layer = layer_2("TensorFlowOpLayer", "node", [tensors], node_def=stored, constants=constants)
    running = a_keras(modules=True, extra=OPERATIONS, raw_arguments=RAW)
    translated = of_layer(translate(model_2(input_2(), layer), running)[0], "node")

    assert translated["class_name"] == "StoredOperation"
    said = {"name": "node", "function": f"raw_ops.{operation}", "args": [], "kwargs": arguments}
    assert translated["config"] == said


def test_a_node_of_a_graph_stays_what_it_is_for_keras_2() -> None:
    layer = layer_2("TensorFlowOpLayer", "node", [[["x", 0, 0, {}]]], node_def={"op": "Mul"}, constants={})

    assert of_layer(translate(model_2(input_2(), layer), KERAS_2)[0], "node")["class_name"] == "TensorFlowOpLayer"


def test_an_operation_that_tensorflow_does_not_have_is_said_to_be_so() -> None:
    layer = layer_2("TensorFlowOpLayer", "node", [[["x", 0, 0, {}]]], node_def={"op": "Mine"}, constants={})

    with pytest.raises(ValueError, match="TensorFlow has no operation Mine, which node stores"):
        translate(model_2(input_2(), layer), KERAS_3)


def test_an_operator_whose_inputs_are_not_in_the_file_is_said_to_be_so() -> None:
    einsum = layer_2("TFOpLambda", "sums", [["_CONSTANT_VALUE", -1, "ij,jk->ik", {}]], function="einsum")

    with pytest.raises(ValueError, match="the inputs of sums are not in the file"):
        translate(model_2(input_2(), einsum), a_keras(modules=False, extra={"TFOpLambda": {"function"}}))
