"""Stored configs, and a Keras to translate them for that answers as the cells do when they are asked."""

# ruff: noqa: ANN401 - configs, and models that are made to look like those of Keras, have no types

from __future__ import annotations

import copy
from types import SimpleNamespace
from typing import Any

from recipe_parts import part

LAYER = {"name", "trainable", "dtype"}
KNOWN: dict[str, set[str]] = {
    "InputLayer": {"name", "dtype", "sparse"},
    "Dense": LAYER | {"units", "activation", "use_bias", "kernel_initializer", "kernel_regularizer"},
    "LSTM": LAYER | {"units", "recurrent_activation", "recurrent_initializer"},
    "BatchNormalization": LAYER | {"axis", "momentum"},
    "Concatenate": LAYER | {"axis"},
    "MultiHeadAttention": LAYER | {"num_heads", "key_dim"},
    "LeakyReLU": LAYER,
    "Sequential": set(),
    "GlorotUniform": {"seed"},
    "L1L2": {"l1", "l2"},
    "Mine": LAYER | {"scale"},
}
CALLS = {"MultiHeadAttention": ["query", "value", "key"], "Dropout": ["inputs", "training"]}


def a_keras(*, modules: bool, **changed: Any) -> SimpleNamespace:
    """What ``ask_running_keras`` tells; ``extra`` adds classes or arguments, ``without`` takes classes away."""
    accepts = {name: set(names) for name, names in KNOWN.items()}
    accepts["InputLayer"] |= {"batch_shape"} if modules else {"batch_input_shape", "ragged"}
    accepts["LeakyReLU"] |= {"negative_slope"} if modules else {"alpha"}
    accepts["Functional"] = set()
    accepts["Orthogonal"] = {"gain", "seed"}
    for name, names in changed.get("extra", {}).items():
        accepts.setdefault(name, set(LAYER)).update(names)
    for name in changed.get("without", ()):
        del accepts[name]

    def find(name: str, _module: str | None, registered: str | None, _kind: str) -> SimpleNamespace | None:
        if name not in accepts or ".ops." in (_module or ""):
            return None
        custom = name in ("Mine", "StoredOperation")
        return SimpleNamespace(
            name=registered or name if custom else name,
            module=None if custom else "keras.layers",
            custom=custom,
            accepts=accepts[name],
            own=accepts[name],
            call=CALLS.get(name, ["inputs"]),
        )

    return SimpleNamespace(
        modules=modules,
        flat=changed.get("flat", modules),
        functional="Functional",
        find=find,
        is_function=lambda name: name in changed.get("functions", ()),
        nested_outputs_from=lambda: 1,
        raw_arguments=changed.get("raw_arguments", {}).get,
    )


KERAS_2 = a_keras(modules=False)
KERAS_3 = a_keras(modules=True)


def translate(config: Any, running: Any) -> tuple[Any, list[str]]:
    """Translate, and see that what was handed over is as it was."""
    before = copy.deepcopy(config)
    translated, changes = part("config").translate_config(config, running)
    assert config == before
    return translated, changes


def layer_2(class_name: str, name: str, nodes: list[Any], **config: Any) -> dict[str, Any]:
    return {"class_name": class_name, "config": {"name": name, **config}, "name": name, "inbound_nodes": nodes}


def layer_3(class_name: str, name: str, nodes: list[Any], **config: Any) -> dict[str, Any]:
    beside = {"module": "keras.layers", "registered_name": None, "build_config": {"input_shape": [None, 4]}}
    return layer_2(class_name, name, nodes, **config) | beside


def tensor(layer: str, call: int = 0, output: int = 0) -> dict[str, Any]:
    said = {"shape": [None, 4], "dtype": "float32", "keras_history": [layer, call, output]}
    return {"class_name": "__keras_tensor__", "config": said}


def node_3(*args: Any, **kwargs: Any) -> dict[str, Any]:
    return {"args": list(args), "kwargs": kwargs}


def input_2(name: str = "x") -> dict[str, Any]:
    return layer_2("InputLayer", name, [], batch_input_shape=[None, 4], dtype="float32", sparse=False, ragged=False)


def input_3(name: str = "x") -> dict[str, Any]:
    return layer_3("InputLayer", name, [], batch_shape=[None, 4], dtype="float32", sparse=False, ragged=False)


def model_2(*layers: dict[str, Any], outputs: Any = None, inputs: Any = None) -> dict[str, Any]:
    ends = {"input_layers": inputs or [["x", 0, 0]], "output_layers": outputs or [[layers[-1]["name"], 0, 0]]}
    return {"class_name": "Functional", "config": {"name": "model", "layers": list(layers), **ends}}


def model_3(*layers: dict[str, Any], outputs: Any = None, inputs: Any = None) -> dict[str, Any]:
    ends = {"input_layers": inputs or ["x", 0, 0], "output_layers": outputs or [layers[-1]["name"], 0, 0]}
    return {
        "module": "keras.src.models.functional",
        "class_name": "Functional",
        "config": {"name": "model", "trainable": True, "layers": list(layers), **ends},
        "registered_name": "Functional",
    }


def of_layer(translated: dict[str, Any], name: str) -> dict[str, Any]:
    """The entry of a layer."""
    return next(layer for layer in translated["config"]["layers"] if layer["config"].get("name") == name)


def one(layer: dict[str, Any], running: Any) -> dict[str, Any]:
    """The translated config of one layer after an input, whichever generation stored it."""
    stored = model_3(input_3(), layer) if "module" in layer else model_2(input_2(), layer)
    config: dict[str, Any] = of_layer(translate(stored, running)[0], layer["name"])["config"]
    return config
