"""Put stored weights into a model by name, every one exactly once, and leave no variable untouched.

Two layouts: HDF5 files of Keras 2 (``layer_names`` and ``weight_names``, also inside whole models of any Keras), and
the one of ``.weights.h5`` since Keras 2.12 (a path of attributes, numbered variables below ``vars``).
"""

import numpy as np

from probe.recipes.parts.weight_names import (
    LAYERS,
    full_name,
    layer_of_key,
    layer_of_name,
    pair_by_name,
    part_of,
    parts_by_key,
)

# What is stored beside the weights, and the state of random generators, which no answer depends on.
METRICS = ("metrics", "_metrics", "compile_metrics", "_compile_metrics", "loss_tracker")
NO_WEIGHTS = ("optimizer", "seed_generator", *METRICS)


def place_weights(group, model, config):
    """Fill a model from an HDF5 group; ``config`` is the stored config of the model, for the names of its layers.

    Raises ValueError where a stored weight finds no variable of its shape, or a variable no weight.
    """
    left, placed = dict(weights_below(group)), {}
    if has_names(group, "layer_names"):
        place_by_layer(group, model, config["config"], left, placed)
    else:
        place_by_path(group, model, config["config"], left, placed)
    numeric = [variable for variable in model.weights if hasattr(variable, "assign")]  # tables hold no numbers
    untouched = [full_name(variable) for variable in numeric if id(variable) not in placed]
    if left or untouched:
        raise ValueError("stored and not used: {}; not in the file: {}".format(sorted(left), untouched))
    finish_state(model)


def weights_below(group):
    """Path and array of all that is stored, optimizer and metrics left aside."""
    for name in group:
        if name in NO_WEIGHTS:
            continue
        if hasattr(group[name], "keys"):
            for path, array in weights_below(group[name]):
                yield "{}/{}".format(name, path), array
        else:
            yield name, np.asarray(group[name])


def put_arrays(pairs, left, placed):
    """Path and variable of each."""
    for path, variable in pairs:
        array = left.pop(path)
        if tuple(variable.shape) != array.shape:
            raise ValueError("{}: {} does not fit into {}".format(path, array.shape, tuple(variable.shape)))
        if id(variable) in placed and not np.array_equal(placed[id(variable)], array):
            raise ValueError("{}: another array was put there before".format(path))
        variable.assign(array)
        placed[id(variable)] = array


def leave_out(path, left):
    """No answer depends on this layer, and this Keras has not built it."""
    for name in [name for name in left if name.startswith(path + "/")]:
        del left[name]


def finish_state(model):
    """Layers with statistics compute from them once: https://github.com/keras-team/keras/issues/18998.

    Up to 2.5 they compute from their variables as they are, and would forget them: nothing was adapted here.
    """
    for layer in model._flatten_layers() if hasattr(model, "_flatten_layers") else ():
        if hasattr(layer, "finalize_state") and not hasattr(layer, "_adapt_accumulator"):
            layer.finalize_state()


def own_variables(holder):
    """The variables of a layer itself, without those of the layers in it."""
    if hasattr(holder, "_trainable_variables"):
        return list(holder._trainable_variables) + list(holder._non_trainable_variables)
    return list(holder._trainable_weights) + list(holder._non_trainable_weights)


def let_layer_load(layer, arrays, paths, left, placed):
    """Layers that keep their state otherwise load it by themselves; others refuse a wrong number of arrays."""
    if not hasattr(layer, "load_own_variables"):
        raise ValueError("{} are stored, which {} has no variables for".format(paths, layer))
    layer.load_own_variables(arrays)
    placed.update((id(variable), None) for variable in own_variables(layer))
    for path in paths:
        del left[path]


def stored_arrays(stored, name):
    """Pairs of name and array in their stored order, where the group is there: by names or by numbers."""
    group = stored.get(name, {})
    if hasattr(group, "attrs") and has_names(group, "weight_names"):
        return [(weight, np.asarray(group[weight])) for weight in stored_names(group, "weight_names")]
    numbered = group.get("vars", {})
    return [(key, np.asarray(numbered[key])) for key in sorted(numbered, key=int)]


# --- by layer: the layout of Keras 2 ---


def has_names(group, key):
    return key in group.attrs or key + "0" in group.attrs


def stored_names(group, key):
    """Long lists are cut into numbered pieces, for HDF5 has a limit."""
    if key in group.attrs:
        pieces = [group.attrs[key]]
    else:
        count = next(number for number in range(len(group.attrs) + 1) if key + str(number) not in group.attrs)
        pieces = [group.attrs[key + str(number)] for number in range(count)]
    return [name.decode("utf8") if hasattr(name, "decode") else name for piece in pieces for name in piece]


def place_by_layer(group, model, config, left, placed):
    own = "top_level_model_weights"
    for name in stored_names(group, "layer_names") + ([own] if own in group else []):
        weights = stored_names(group[name], "weight_names")
        layer = model if name == own else layer_of_name(model, name, config)
        variables = own_variables(model) if name == own else trainable_first(layer) if layer is not None else []
        paths = ["{}/{}".format(name, weight) for weight in weights]
        if layer is None:
            leave_out(name, left)
        elif weights and not variables:
            arrays = {str(number): left[path] for number, path in enumerate(paths)}
            let_layer_load(layer, arrays, paths, left, placed)
        elif weights:
            paired = pair_by_name(name, weights, variables)
            put_arrays([("{}/{}".format(name, weight), variable) for weight, variable in paired], left, placed)


def trainable_first(layer):
    return list(layer.trainable_weights) + list(layer.non_trainable_weights)


# --- by path: the layout of .weights.h5 and .keras ---


def place_by_path(group, holder, config, left, placed, path=""):
    for name in group:
        below = path + name
        if name == "vars":
            place_own(group[name], holder, below, left, placed)
        elif name in LAYERS and isinstance(config.get("layers"), list):
            for key in group[name]:
                layer, inner = layer_of_key(key, group[name][key], holder, config, name)
                if layer is None:
                    leave_out("{}/{}".format(below, key), left)
                else:
                    place_by_path(group[name][key], layer, inner, left, placed, "{}/{}/".format(below, key))
        elif name not in NO_WEIGHTS:
            place_part(group[name], part_of(holder, name), config.get(name), left, placed, below + "/")


def place_part(group, part, config, left, placed, path):
    """What a layer holds under a name: another layer, or several of them."""
    if isinstance(part, (list, tuple, dict)):
        found = parts_by_key(part)
        for key in group:
            if key in found:
                place_by_path(group[key], found[key], {}, left, placed, "{}{}/".format(path, key))
    elif part is not None:
        inner = config["config"] if isinstance(config, dict) and "config" in config else {}
        place_by_path(group, part, inner, left, placed, path)


def place_own(group, holder, path, left, placed):
    paths = ["{}/{}".format(path, key) for key in group]
    variables = own_variables(holder)
    if all(key.isdigit() for key in group) and len(group) == len(variables):
        put_arrays([(found, variables[int(found.split("/")[-1])]) for found in paths], left, placed)
    elif paths:
        let_layer_load(holder, {key: np.asarray(group[key]) for key in group}, paths, left, placed)
