"""Bring configs of Keras 1 and early Keras 2 into the form that Keras 2.3 gives them."""

from probe.recipes.parts.keras_1 import from_keras_1, is_of_keras_1


def modernise_config(config):
    """A copy in which every model is an object with its layers in it; Keras before 2.2.3 stored a row as a list."""
    if isinstance(config, list):
        config = {"class_name": "Sequential", "config": config}
    return with_layers(from_keras_1(config) if is_of_keras_1(config) else config, "sequential")


def with_layers(value, name):
    if isinstance(value, list):
        return [with_layers(item, name) for item in value]
    if not isinstance(value, dict):
        return value
    copied = {key: with_layers(item, value.get("name") or name) for key, item in value.items()}
    if copied.get("class_name") == "Sequential" and isinstance(copied["config"], list):
        copied["config"] = {"name": copied.get("name") or name, "layers": copied["config"]}
    return copied
