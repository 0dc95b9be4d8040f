"""Find the variable or the layer that a name in a weights file means."""

import re

from probe.recipes.parts.loss_layers import unreachable
from probe.recipes.parts.plain_names import plain_name


def pair_by_name(layer, weights, variables):
    """By names, as far as they have to be spelled out to tell the weights of a layer apart.

    Numbers count all layers that were made before, so that they differ from file to file; their order stays.
    """
    stored, here = ([split_name(name) for name in names] for names in (weights, map(full_name, variables)))
    for spelled in (without_numbers, with_ranks, without_cells):
        for depth in range(1, 1 + max(map(len, stored))):
            names, wanted = ([ends_of(name, depth) for name in spelled(side)] for side in (stored, here))
            if sorted(names) == sorted(wanted) and len(set(names)) == len(names):
                return [(weight, variables[wanted.index(name)]) for weight, name in zip(weights, names)]
    raise ValueError("{}: weights {} are stored, {} are wanted".format(layer, weights, list(map(full_name, variables))))


def full_name(variable):
    """``dense/kernel``: Keras 3 calls that the path, and ``kernel`` the name."""
    return getattr(variable, "path", None) or variable.name


def split_name(name):
    """Parts and their numbers: ``[("dense", 1), ("kernel", 0)]`` of ``dense_1/kernel:0``.

    Keras 3 has no name of its own for a depthwise kernel.
    """
    parts = [re.match(r"(.*?)(?:_(\d+))?$", part).groups() for part in name.split(":")[0].split("/")]
    return [(re.sub("^depthwise_kernel$", "kernel", base), int(number or 0)) for base, number in parts]


def without_numbers(names):
    return [[base for base, _ in name] for name in names]


def with_ranks(names):
    """``dense#1/kernel`` of ``dense_7/kernel`` where there is a ``dense_5``."""
    numbers = {part for name in names for part in name[:-1]}
    rank = {part: sum(other[0] == part[0] and other < part for other in numbers) for part in numbers}
    return [["{}#{}".format(part[0], rank[part]) for part in name[:-1]] + [name[-1][0]] for name in names]


def without_cells(names):
    """Keras 3, and Keras 2 from TensorFlow 2.4 on, name the cell of a recurrent layer as well."""
    return [[base for base, _ in name if not base.endswith("_cell")] for name in names]


def ends_of(parts, depth):
    """The last parts, so that it does not matter within which models a layer is said to lie."""
    return "/".join(parts[-depth:])


# Where a Keras model keeps its layers. Keras 2.12 to 2.14 lists one that has weights twice in the second, and skips the
# repetition, so that the next of its class has a number too many: nothing else finds these layers again.
LAYERS = ("layers", "_layer_checkpoint_dependencies")


def layer_of_key(key, group, model, config, folder):
    """Layer and stored config of a key in one of ``LAYERS``: the class and a number, in stored order.

    Keras 3 says the name of the layer as well, from some release on.
    """
    entries = config["layers"]
    named = {name_of(entry): entry for entry in entries}
    listed_twice = {layer.name for layer in model.layers if layer.weights} if folder == LAYERS[1] else ()
    keys = keys_of([entry["class_name"] for entry in entries], [name in listed_twice for name in named])
    by_key = {spelled: name for spellings, name in zip(keys, map(name_of, entries)) for spelled in spellings}
    said = group["vars"].attrs.get("name") if "vars" in group and hasattr(group["vars"], "attrs") else None
    name = next((name for name in (said, by_key.get(key), key) if name in named), None)
    if name is None:
        raise ValueError("no layer of the stored model is meant by '{}'".format(key))
    return layer_of_name(model, name, config), named[name]["config"]


def layer_of_name(model, name, config):
    """By the name in the file, or as Keras 3 wants it spelled; None where it is not here and no output needs it."""
    here = [layer.name for layer in model.layers]
    for spelled in (name, plain_name(name)):
        if spelled in here:
            return model.get_layer(spelled)
    if "output_layers" in config and name in unreachable(config):
        return None
    return model.get_layer(name)


def name_of(entry):
    return entry.get("name") or entry["config"]["name"]


def part_of(holder, name):
    """An attribute, which Keras 3 calls without the underscore that Keras 2 has before some."""
    found = [getattr(holder, spelled, None) for spelled in (name, "_" + name, name.lstrip("_"))]
    return next((part for part in found if part is not None), None)


def parts_by_key(parts):
    parts = list(parts.values()) if isinstance(parts, dict) else list(parts)
    keys = keys_of([type(part).__name__ for part in parts], [False] * len(parts))
    return {spelled: part for spellings, part in zip(keys, parts) for spelled in spellings}


def keys_of(class_names, listed_twice):
    """For each class its possible keys; Keras 2 and 3 cut names with digits in two ways."""
    counts = {}
    for class_name, twice in zip(class_names, listed_twice):
        spellings = {snake_case(class_name, pattern) for pattern in ("(.)([A-Z][a-z]+)", "(.)([A-Z][a-z0-9]+)")}
        numbers = {spelled: counts.get(spelled, 0) for spelled in spellings}
        counts.update((spelled, number + 1 + twice) for spelled, number in numbers.items())
        yield [spelled + ("_{}".format(number) if number else "") for spelled, number in numbers.items()]


def snake_case(class_name, pattern):
    name = re.sub(r"\W+", "", class_name.split(">")[-1])
    return re.sub("([a-z])([A-Z])", r"\1_\2", re.sub(pattern, r"\1_\2", name)).lower()
