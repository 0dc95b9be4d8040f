"""Import the frozen graph and call it from its placeholders to its last identities."""

from probe.recipes.parts.frozen_graph import as_function, read_graph_def

GIVES = "functions"


def load(path):
    return {"serving_default": as_function(read_graph_def(path))}
