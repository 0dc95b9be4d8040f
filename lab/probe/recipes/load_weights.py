"""Build the model from code and load the weights into it."""

GIVES = "model"


def load(path, build_model):
    model = build_model()
    model.load_weights(path)
    return model
