"""Build the model from code and give it all that the checkpoint has, before it has ever been asked something."""

from probe.recipes import checkpoint_by_object_paths, weights_by_name
from probe.reference import Reference

GIVES = "model"


def load(path, given):
    def build_model():
        given.tensorflow.keras.backend.clear_session()  # so that its layers are counted from the first again
        return Reference(given.model_name, given.tensorflow).model

    try:
        return checkpoint_by_object_paths.load(path, build_model)
    except ValueError as by_objects:  # no objects in it, or others than those here
        try:
            return weights_by_name.load(path, build_model)
        except ValueError as by_name:
            raise ValueError("by objects: {}; by name: {}".format(by_objects, by_name)) from None
