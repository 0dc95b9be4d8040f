"""Describe a model that was built from code as its stored config would."""


def layers_in(holder):
    """What a stored config would say of the layers of a model: their classes and names, in their order."""
    layers = getattr(holder, "layers", None)
    if not isinstance(layers, (list, tuple)):
        return {}
    return {
        "layers": [
            {"class_name": type(layer).__name__, "name": layer.name, "config": layers_in(layer)} for layer in layers
        ]
    }
