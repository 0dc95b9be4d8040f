"""Build the model from code and give its objects what the checkpoint has for theirs, whatever Keras calls them."""

from probe.recipes.parts.checkpoint_reading import BESIDE, LISTS, Checkpoint, finish, name_of, put, weights_of

GIVES = "model"

# Where a Keras model lists its layers: Keras 3 in attributes, Keras 2 under names of their own, one a layer.
LAYERS = ("_operations", "_layers", "layers")
NUMBERED, WEIGHTED = "layer-", "layer_with_weights-"
SKIP = (*BESIDE, *LISTS, *LAYERS)
TABLES = ("table", "lookup_table")


def load(path, build_model):
    model = build_model()
    checkpoint = Checkpoint(path)
    root = checkpoint.model()
    if root is None:
        raise ValueError("the checkpoint has no objects, only names")
    here = {id(weight): weight for weight in weights_of(model)}
    placed = {}
    place(checkpoint, root, model, here, placed)
    check(checkpoint, root, here, placed)
    finish(model)
    return model


def check(checkpoint, root, here, placed):
    """Every stored weight is used once, and every variable has got one."""
    used = list(placed.values())
    unused = [name or node for node, name in checkpoint.weights(root).items() if node not in used]
    missing = [name_of(weight) for place, weight in here.items() if place not in placed]
    if unused or missing or len(set(used)) != len(used):
        raise ValueError("stored and not used once: {}; not in the checkpoint: {}".format(unused, missing))


def place(checkpoint, node, holder, here, placed):
    for child, layer in layers_in(checkpoint, node, holder, here):
        place(checkpoint, child, layer, here, placed)
    for name, child in checkpoint.children(node):
        if name in SKIP or name.startswith((NUMBERED, WEIGHTED)):
            continue
        found = parts_of(holder, name)
        if checkpoint.stored(child):
            variable = next((part for part in found if id(part) in here), None)
            if variable is not None:
                place_one(checkpoint, child, variable, placed)
        elif found and checkpoint.weights(child):
            place(checkpoint, child, found[0], here, placed)


def place_one(checkpoint, node, variable, placed):
    key, name = checkpoint.stored(node)
    if placed.setdefault(id(variable), node) != node:
        raise ValueError("{}: {} was given something else before".format(name or key, name_of(variable)))
    put(variable, checkpoint.array(key), name or key)


def layers_in(checkpoint, node, holder, here):
    """The stored layers of a model that have weights, each with the layer here; by name where all names agree."""
    stored = [child for child in stored_layers(checkpoint, node) if checkpoint.weights(child)]
    layers = [layer for layer in layers_of(holder) if any(id(weight) in here for weight in layer.weights)]
    if not stored:
        return []
    if len(stored) != len(layers):
        names = [layer.name for layer in layers]
        raise ValueError("{} layers with weights are stored, {} are wanted: {}".format(len(stored), len(layers), names))
    named = {layer.name: layer for layer in layers}
    said = [next(iter(checkpoint.weights(child).values())).split("/")[0] for child in stored]
    if sorted(named) == sorted(said):
        return [(child, named[name]) for child, name in zip(stored, said)]
    return list(zip(stored, layers))


def layers_of(holder):
    found = getattr(holder, "layers", ())
    return [layer for layer in found if hasattr(layer, "weights")] if isinstance(found, (list, tuple)) else []


def stored_layers(checkpoint, node):
    """In their order: ``layer-0``, ``layer-1`` and so on, or the first list of them."""
    children = checkpoint.children(node)
    numbered = {int(name[len(NUMBERED) :]): child for name, child in children if name.startswith(NUMBERED)}
    if not numbered:
        lists = [child for name, child in children if name in LAYERS]
        numbered = {int(name): child for name, child in (checkpoint.children(lists[0]) if lists else ())}
    return [numbered[number] for number in sorted(numbered)]


def parts_of(holder, name):
    """What an object holds under a name, or under the one that another Keras has for it."""
    if isinstance(holder, (list, tuple)):
        return [holder[int(name)]] if name.isdigit() and int(name) < len(holder) else []
    if isinstance(holder, dict):
        return [holder[name]] if name in holder else []
    bare = name.lstrip("_")
    spelled = (name, bare, "_" + bare, "adapt_" + bare, bare[len("adapt_") :] if bare.startswith("adapt_") else bare)
    found = [getattr(holder, other, None) for other in spelled]
    return [part for part in found if part is not None]
