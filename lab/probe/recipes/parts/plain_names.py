"""Give layers names that Keras 3 takes: it refuses a slash, which Keras 2 puts into those of MobileNetV3."""


def without_slashes(config):
    """A copy in which every layer whose name holds a slash has an underscore there, wherever it is named."""
    names = {name for name in layer_names(config) if "/" in name}
    return renamed(config, {name: plain_name(name) for name in names}) if names else config


def plain_name(name):
    return name.replace("/", "_")


def layer_names(value):
    if isinstance(value, list):
        for item in value:
            yield from layer_names(item)
    elif isinstance(value, dict):
        if "class_name" in value and isinstance(value.get("config"), dict):
            said = (value.get("name"), value["config"].get("name"))
            yield from (name for name in said if isinstance(name, str))
        for item in value.values():
            yield from layer_names(item)


def renamed(value, names):
    if isinstance(value, list):
        return [renamed(item, names) for item in value]
    if isinstance(value, dict):
        return {key: renamed(item, names) for key, item in value.items()}
    return names.get(value, value) if isinstance(value, str) else value
