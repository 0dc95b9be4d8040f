"""Compile a model as it was, where optimizer and loss can be had here, and put back the optimizer's state."""

import inspect

import numpy as np
import tensorflow as tf

from probe.recipes.parts.config import translate_value
from probe.recipes.parts.optimizer_slots import VARIABLE_BY_VARIABLE, regroup
from probe.recipes.parts.weight_names import full_name


def compile_as_stored(model, stored, state, running, known):
    """``stored`` is a training_config or compile_config, ``state`` the arrays of the optimizer in stored order.

    What cannot be had here is left out, the metrics first; a model that is not compiled answers all the same.
    """
    optimizer = (stored or {}).get("optimizer_config") or (stored or {}).get("optimizer")
    if not optimizer:
        return model
    with tf.keras.utils.custom_object_scope(known):
        for wanted in (("loss", "loss_weights", "metrics", "weighted_metrics"), ("loss", "loss_weights")):
            try:
                given = {key: stored_object(stored.get(key), key, running, known) for key in wanted}
                model.compile(optimizer=stored_object(optimizer, "optimizer", running, known), **given)
            except (AttributeError, KeyError, TypeError, ValueError):
                continue
            restore_state(model, state)
            break
    return model


def stored_object(value, key, running, known):
    """An object of its config, a function of the user of its name; built-in names stay names."""
    if isinstance(value, (list, tuple)):
        items = [stored_object(item, key, running, known) for item in value]
        return items[0] if len(items) == 1 and isinstance(items[0], list) else items
    if isinstance(value, str):
        return known.get(value) or tf.keras.utils.get_custom_objects().get(value) or value
    if not isinstance(value, dict):
        return value
    if "class_name" not in value:
        return {name: stored_object(item, key, running, known) for name, item in value.items()}
    if value["class_name"] == "function" or "fn" in value["config"]:
        name = value["config"] if value["class_name"] == "function" else value["config"]["fn"]
        return stored_object(name, key, running, known)
    kind = {"loss": "losses", "optimizer": "optimizers"}.get(key, "metrics")
    config = translate_value(without_registered(value), kind, running, [])
    return running.find(config["class_name"], None, config.get("registered_name"), kind).itself.from_config(
        config["config"]
    )


def without_registered(entry):
    """Keras 2.11 and later registers its own optimizers as ``Custom>Adam``, and puts them into a module that goes."""
    return dict(entry, class_name=entry["class_name"].replace("Custom>", ""), module=None)


def restore_state(model, state):
    """The optimizer's variables, where all of them are there; else it starts anew.

    ``state`` holds pairs of name and array. Keras 3 has its learning rate among them, in the second place.
    """
    optimizer, variables = model.optimizer, list(model.trainable_variables)
    newer = hasattr(optimizer, "build")
    if newer:
        optimizer.build(variables)
    elif hasattr(optimizer, "_create_all_weights"):
        optimizer._create_all_weights(variables)
    else:  # up to 2.1
        optimizer.iterations  # noqa: B018 - made when it is asked for
        optimizer._create_hypers()
        optimizer._create_slots(variables)
    here = list(optimizer.variables() if inspect.ismethod(optimizer.variables) else optimizer.variables)
    here = [variable for variable in here if "learning_rate" not in full_name(variable)]
    arrays = [np.asarray(array) for _, array in state]
    if len(arrays) == len(here) + 1 > 1 and not arrays[1].shape:
        del arrays[1]
    if arrays and type(optimizer).__name__ in VARIABLE_BY_VARIABLE:
        slot_by_slot = state[0][0].split(":")[0].endswith("iter")  # later it is called "iteration"
        arrays[1:] = regroup(arrays[1:], len(variables), not slot_by_slot, newer)
    if [array.shape for array in arrays] == [tuple(variable.shape) for variable in here]:
        for variable, array in zip(here, arrays):
            variable.assign(array)
