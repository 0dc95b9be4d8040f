"""Read a TensorFlow checkpoint as what it is: arrays under keys, and the objects that they belonged to."""

import os

import tensorflow as tf
from tensorflow.core.protobuf import trackable_object_graph_pb2

OBJECTS = "_CHECKPOINTABLE_OBJECT_GRAPH"
VALUE = "VARIABLE_VALUE"

# What hangs on a model and is no weight of it. State of random generators decides nothing that is inferred.
BESIDE = ("optimizer", "save_counter", "signatures", "keras_api", "metrics", "compiled_metrics", "_metrics")
BESIDE += ("_compile_metrics", "_loss_tracker", "seed_generator", "_random_generator", "_seed_generators")
# Lists of the same variables once more, in a SavedModel.
LISTS = ("variables", "trainable_variables", "non_trainable_variables", "_all_variables", "state_variables")


class Checkpoint:
    """A checkpoint, or the variables of a SavedModel; a node of its object graph is a number."""

    def __init__(self, path):
        self._reader = tf.train.load_checkpoint(prefix_of(path))
        self.keys = [key for key in self._reader.get_variable_to_shape_map() if key != OBJECTS]
        self._graph = trackable_object_graph_pb2.TrackableObjectGraph()
        if self._reader.has_tensor(OBJECTS):
            self._graph.ParseFromString(self._reader.get_tensor(OBJECTS))

    def array(self, key):
        """What is stored under a key."""
        return self._reader.get_tensor(key)

    def children(self, node):
        """Name and node of each object that this one holds."""
        return [(child.local_name, child.node_id) for child in self._graph.nodes[node].children]

    def stored(self, node, kind=VALUE):
        """Key and full name of what is stored for an object itself; None where nothing is."""
        found = [item for item in self._graph.nodes[node].attributes if item.name == kind]
        return (found[0].checkpoint_key, found[0].full_name) if found else None

    def model(self):
        """The node of the model: what was tracked under that name, or the root; None without an object graph."""
        if not len(self._graph.nodes):
            return None
        tracked = dict(self.children(0))
        return tracked["model"] if "model" in tracked and "save_counter" in tracked else 0

    def weights(self, node, skip=BESIDE + LISTS):
        """Node and full name of every variable below an object, each once, in the order in which they are met."""
        found, seen, left = {}, set(), [node]
        while left:
            here = left.pop()
            if here in seen:
                continue
            seen.add(here)
            if self.stored(here):
                found[here] = self.stored(here)[1]
            left.extend(child for name, child in reversed(self.children(here)) if name not in skip)
        return found


def prefix_of(path):
    inside = os.path.join(path, "variables", "variables")
    if os.path.exists(inside + ".index"):
        return inside
    return tf.train.latest_checkpoint(path) or path


def weights_of(model):
    """What the model has to be given: no state of random generators, no tables."""
    held = model.weights if isinstance(model, tf.keras.layers.Layer) else model.variables
    return [
        weight
        for weight in held
        if hasattr(weight, "shape") and not any(word in name_of(weight) for word in ("seed_generator", "StateVar"))
    ]


def name_of(variable):
    """The path of a variable of Keras 3, or the name of any other."""
    return variable.path if hasattr(variable, "path") else variable.name.split(":")[0]


def put(variable, array, name):
    if tuple(variable.shape) != tuple(array.shape):
        raise ValueError("{}: {} does not fit into {}".format(name, tuple(array.shape), tuple(variable.shape)))
    variable.assign(tf.cast(array, variable.dtype))


def finish(model):
    """Layers with statistics compute from them once: https://github.com/keras-team/keras/issues/18998."""
    for layer in model._flatten_layers() if hasattr(model, "_flatten_layers") else ():
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()
