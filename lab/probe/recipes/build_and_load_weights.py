"""Build the model from code and let it load the weights of the file, whatever else there is in it."""

GIVES = "model"


def load(path, build_model):
    model = build_model()
    status = model.load_weights(path)
    if status is not None:  # a checkpoint: what is not found in it is passed over in silence
        status.assert_existing_objects_matched()
    return model
