"""Leave out what Keras 2 makes of ``add_loss`` and ``add_metric``: layers that compute nothing for an answer."""

LOSS_LAYERS = ("AddLoss", "AddMetric")


def without_losses(config, running, changes):
    """A copy of a functional config without them, where this Keras does not have them; one that is used stays."""
    left_out = {
        entry["name"]
        for entry in config["layers"]
        if entry["class_name"] in LOSS_LAYERS and running.modules and not is_used(entry["name"], config)
    }
    for name in sorted(left_out):
        changes.append("{}: left out, a loss or a metric of the training alone".format(name))
    return dict(config, layers=[entry for entry in config["layers"] if entry["name"] not in left_out])


def unreachable(config):
    """Names of the layers of a stored functional config that no output depends on: Keras 3 leaves them out."""
    entries = {entry["name"]: entry for entry in config["layers"]}
    reached, left = set(), [name for name in entries if names_layer(name, config["output_layers"])]
    while left:
        name = left.pop()
        if name not in reached:
            reached.add(name)
            left += [other for other in entries if names_layer(other, entries[name]["inbound_nodes"])]
    return set(entries) - reached


def is_used(name, config):
    others = [entry["inbound_nodes"] for entry in config["layers"] if entry["name"] != name]
    return names_layer(name, [others, config["output_layers"]])


def names_layer(name, value):
    if isinstance(value, dict):
        value = list(value.values())
    return any(names_layer(name, item) for item in value) if isinstance(value, list) else value == name
