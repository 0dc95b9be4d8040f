"""Write the files beside this with an old Keras, and what they answer there.

Called as ``python write.py [NAME ...]`` where Keras 1.2.2, 2.0.8, 2.1.2 or 2.2.4 runs on TensorFlow 1.x (2.1.2 with
Python 2.7, the others with 3.6 or 3.7; h5py 2).
Every weight is drawn, so that none can be mistaken for another or for what a layer begins with.
"""

from __future__ import print_function

import json
import os
import sys

os.environ["KERAS_BACKEND"] = "tensorflow"

import h5py
import keras
import numpy as np
import tensorflow as tf
from keras import backend as K  # noqa: N812 - as everybody writes it
from keras import layers as kl
from keras.models import Model, Sequential

HERE = os.path.dirname(os.path.abspath(__file__))
OF_KERAS_1 = keras.__version__.startswith("1.")


def image_1():
    return Sequential(
        [
            kl.Convolution2D(4, 3, 3, border_mode="same", input_shape=(9, 9, 3), dim_ordering="tf", activation="relu"),
            kl.BatchNormalization(axis=3),
            kl.AtrousConvolution2D(3, 2, 2, atrous_rate=(2, 2), dim_ordering="tf"),
            kl.PReLU(),
            kl.MaxPooling2D(pool_size=(2, 2), dim_ordering="tf"),
            kl.Dropout(0.5),
            kl.Flatten(),
            kl.Dense(5, init="he_normal", W_regularizer="l2", bias=False),
            kl.Activation("softmax"),
        ]
    )


def text_1():
    return Sequential(
        [
            kl.Embedding(20, 6, input_length=12),
            kl.Convolution1D(5, 3, border_mode="same"),
            kl.MaxPooling1D(pool_length=2),
            kl.Bidirectional(kl.LSTM(4, return_sequences=True, dropout_W=0.2)),
            kl.TimeDistributed(kl.Dense(3, activation="tanh")),
            kl.GRU(4, inner_init="orthogonal"),
            kl.Dense(1, activation="hard_sigmoid"),
        ]
    )


def merged_1():
    first, second = kl.Input(shape=(4,)), kl.Input(shape=(4,))
    inner = Sequential([kl.Dense(3, input_dim=4, activation="relu"), kl.Dense(2)])
    joined = kl.merge([inner(first), inner(second)], mode="concat")
    added = kl.merge([first, second], mode="sum")
    value = kl.merge([kl.BatchNormalization()(joined), added], mode="mul")
    return Model(input=[first, second], output=kl.Dense(2, activation="softmax", W_constraint="maxnorm")(value))


def row_2():
    return Sequential(
        [
            kl.Conv2D(3, (3, 3), input_shape=(8, 8, 1)),
            kl.BatchNormalization(),
            kl.LeakyReLU(0.1),
            kl.Flatten(),
            kl.Dense(4),
            kl.ThresholdedReLU(theta=0.2),
        ]
    )


def tagger_2():
    words = kl.Input((7,))
    value = kl.Embedding(30, 5, mask_zero=True)(words)
    value = kl.Bidirectional(kl.GRU(4, return_sequences=True))(value)
    return Model(words, kl.TimeDistributed(kl.Dense(3, activation="softmax"))(value))


def translator_2():
    spoken, written = kl.Input((None, 5)), kl.Input((None, 4))
    _, state, carry = kl.LSTM(6, return_state=True)(spoken)
    value = kl.LSTM(6, return_sequences=True)(written, initial_state=[state, carry])
    return Model([spoken, written], kl.Dense(4, activation="softmax")(value))


def local_2():
    return Sequential([kl.LocallyConnected1D(3, 2, input_shape=(6, 2)), kl.Flatten(), kl.Dense(2)])


def local_image_2():
    return Sequential(
        [kl.LocallyConnected2D(3, (2, 3), strides=(2, 1), input_shape=(6, 7, 2)), kl.Flatten(), kl.Dense(2)]
    )


def for_gpu_2():
    """Made with layers that a CPU can run; ``as_for_cudnn`` turns the file into what a GPU would have left."""
    return Sequential(
        [
            kl.Bidirectional(kl.LSTM(4, recurrent_activation="sigmoid", return_sequences=True), input_shape=(6, 3)),
            kl.GRU(3, recurrent_activation="sigmoid", reset_after=True),
            kl.Dense(2),
        ]
    )


def siamese_2():
    """Two Lambdas with bytecode, and a function of the person for the shape."""
    left, right, size = kl.Input((4,)), kl.Input((4,)), 3.0
    shared = kl.Dense(5, activation="tanh")
    scaled = kl.Lambda(lambda x, by=2.0: K.l2_normalize(x, axis=-1) * by + size, output_shape=(5,))
    apart = kl.Lambda(
        lambda pair: K.sqrt(K.maximum(K.sum(K.square(pair[0] - pair[1]), axis=1, keepdims=True), 1e-7)),
        output_shape=lambda shapes: (shapes[0][0], 1),
    )
    return Model([left, right], kl.Dense(2)(apart([scaled(shared(left)), scaled(shared(right))])))


def as_for_cudnn(path):
    """Rename the recurrent layers of a file, and let Keras itself turn their weights for CuDNN."""
    from keras.engine.saving import _convert_rnn_weights

    def turned(class_name, weights):
        return _convert_rnn_weights(type(class_name, (), {})(), weights)

    keep = (
        "name",
        "trainable",
        "batch_input_shape",
        "dtype",
        "return_sequences",
        "return_state",
        "go_backwards",
        "stateful",
        "units",
    )
    with h5py.File(path, "r+") as stored:
        config = json.loads(stored.attrs["model_config"].decode("utf-8"))
        for layer in config["config"]["layers"]:
            entry = layer["config"].get("layer", layer)
            if entry["class_name"] in ("LSTM", "GRU"):
                entry["class_name"] = "CuDNN" + entry["class_name"]
                entry["config"] = {key: entry["config"][key] for key in keep if key in entry["config"]}
                group = stored["model_weights"][layer["config"]["name"]]
                names = list(group.attrs["weight_names"])
                for start in range(0, len(names), 3):
                    three = names[start : start + 3]
                    for name, array in zip(
                        three, turned(entry["class_name"], [np.array(group[name]) for name in three])
                    ):
                        del group[name]
                        group[name] = array
        stored.attrs["model_config"] = json.dumps(config).encode("utf-8")


def resized_2():
    """A name that TensorFlow had before 2.0."""
    factor = 127.5
    picture = kl.Input((4, 5, 2))
    larger = kl.Lambda(lambda given: tf.image.resize_bilinear(given, (8, 10)), output_shape=(8, 10, 2))(picture)
    scaled = kl.Lambda(lambda given: given / factor - 1.0)(larger)
    mixed = kl.Conv2D(3, 3, strides=2)(scaled)
    return Model(picture, kl.Lambda(lambda given: tf.reduce_mean(given, [1, 2]), output_shape=(3,))(mixed))


def triplet_2():
    """A Lambda in a row of layers within a model, and one over three of its answers."""
    row = Sequential(
        [
            kl.Conv2D(2, 3, activation="relu", input_shape=(6, 6, 1)),
            kl.Flatten(),
            kl.Dense(4),
            kl.Lambda(lambda given: K.l2_normalize(given, axis=1)),
        ]
    )
    anchor, same, other = (kl.Input((6, 6, 1), name=name) for name in ("anchor", "same", "other"))
    apart = kl.Lambda(
        lambda each: K.stack(
            [K.sum(K.square(each[0] - each[1]), axis=1), K.sum(K.square(each[0] - each[2]), axis=1)], axis=1
        ),
        output_shape=(2,),
    )
    return Model([anchor, same, other], apart([row(anchor), row(same), row(other)]))


def windows_2():
    """A row that begins with a Lambda."""
    last = kl.Lambda(lambda given: given[:, -3:, :], input_shape=(6, 2))
    return Sequential([last, kl.Conv1D(4, 3, activation="relu"), kl.Dense(2), kl.Reshape([1, 2])])


OF_KERAS_2_2 = ["for_gpu_2", "resized_2"]
OF_KERAS_2_1 = ["triplet_2", "windows_2"]
WORDS = {"text_1": [(12,)], "tagger_2": [(7,)]}
NUMBERS = {
    "image_1": [(9, 9, 3)],
    "merged_1": [(4,), (4,)],
    "for_gpu_2": [(6, 3)],
    "siamese_2": [(4,), (4,)],
    "row_2": [(8, 8, 1)],
    "translator_2": [(3, 5), (2, 4)],
    "local_2": [(6, 2)],
    "local_image_2": [(6, 7, 2)],
    "resized_2": [(4, 5, 2)],
    "triplet_2": [(6, 6, 1)] * 3,
    "windows_2": [(6, 2)],
}


def main():
    for name in sys.argv[1:] or sorted(list(WORDS) + list(NUMBERS)):
        random = np.random.RandomState(7)
        if name.endswith("_1") != OF_KERAS_1 or (name in OF_KERAS_2_2) != keras.__version__.startswith("2.2"):
            continue
        if (name in OF_KERAS_2_1) != keras.__version__.startswith("2.1"):
            continue
        model = globals()[name]()
        model.compile("adam", "mse")
        model.set_weights(
            [
                np.abs(0.1 + random.rand(*weight.shape) * 0.4)
                * np.where(random.rand(*weight.shape) < 0.3 if weight.ndim > 1 else False, -1, 1)
                for weight in model.get_weights()
            ]
        )
        inputs = [random.randint(1, 20, (3,) + shape).astype("float32") for shape in WORDS.get(name, [])]
        inputs += [random.rand(*((3,) + shape)).astype("float32") for shape in NUMBERS.get(name, [])]
        title = name.rpartition("_")[0].replace("_", "-")
        path = os.path.join(HERE, "keras-{}-{}".format(keras.__version__, title))
        model.save(path + ".h5")
        answers = model.predict(inputs)
        if name == "for_gpu_2":
            as_for_cudnn(path + ".h5")
        np.savez(path + ".npz", answers=answers, **{"input_{}".format(i): given for i, given in enumerate(inputs)})
        print(path, answers.shape, answers.ravel()[:4])


if __name__ == "__main__":
    main()
