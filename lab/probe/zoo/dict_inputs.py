"""A functional model that takes a dict of inputs: whether the file keeps the dict, and its order."""


def build(tf):
    layers = tf.keras.layers
    age = tf.keras.Input(shape=(1,), name="a_age")
    rooms = tf.keras.Input(shape=(3,), name="b_rooms")
    joined = layers.Concatenate(name="joined")([rooms, layers.Dense(2, name="from_age")(age)])
    model = tf.keras.Model({"a_age": age, "b_rooms": rooms}, layers.Dense(1, name="price")(joined))
    model.compile(optimizer="adam", loss="mse")
    return model


def sample(rng):
    inputs = [rng.rand(6, 1).astype("float32"), rng.rand(6, 3).astype("float32")]
    return inputs, [rng.rand(6, 1).astype("float32")]
