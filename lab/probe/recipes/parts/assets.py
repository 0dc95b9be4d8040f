"""Give layers with a vocabulary the files that a zip archive holds for them."""

import os

from probe.recipes.parts.weight_names import LAYERS, layer_of_key, part_of, parts_by_key


def place_assets(directory, model, config):
    """``directory`` holds the folder ``assets`` of the archive."""
    base = os.path.join(directory, "assets")
    for folder, _, files in sorted(os.walk(base)):
        if files:
            parts = os.path.relpath(folder, base).split(os.sep)
            load_assets(holder_at(parts, model, config["config"]), folder)


def holder_at(parts, holder, config):
    if not parts:
        return holder
    name, rest = parts[0], parts[1:]
    if name in LAYERS and isinstance(config.get("layers"), list):
        layer, inner = layer_of_key(rest[0], {}, holder, config, name)
        return holder_at(rest[1:], layer, inner)
    part = part_of(holder, name)
    if isinstance(part, (list, tuple, dict)):
        return holder_at(rest[1:], parts_by_key(part)[rest[0]], {})
    return holder_at(rest, part, {})


def load_assets(layer, folder):
    if hasattr(layer, "load_assets"):
        layer.load_assets(folder)
        return
    with open(os.path.join(folder, "vocabulary.txt"), encoding="utf-8") as stream:
        layer.set_vocabulary(stream.read().split("\n"))
