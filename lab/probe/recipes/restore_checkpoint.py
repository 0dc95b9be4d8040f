"""Build the model from code and restore the checkpoint into it, object by object."""

import tensorflow as tf

GIVES = "model"


def load(path, build_model):
    model = build_model()
    tracked = {"model": model}
    if getattr(model, "optimizer", None) is not None:
        tracked["optimizer"] = model.optimizer
    tf.train.Checkpoint(**tracked).restore(tf.train.latest_checkpoint(path)).expect_partial()
    return model
