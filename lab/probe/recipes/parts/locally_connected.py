"""Layers with weights of their own for every place, which Keras 3 has no more: https://keras.io/2/api/layers/."""

import tensorflow as tf


class LocallyConnected(tf.keras.layers.Layer):
    """What both have in common; ``rank`` is the number of places' dimensions."""

    rank = 0

    def __init__(self, filters, kernel_size, **options):
        strides, activation = options.pop("strides", 1), options.pop("activation", None)
        use_bias, implementation = options.pop("use_bias", True), options.pop("implementation", 1)
        for key in ("padding", "data_format"):
            if options.pop(key, None) not in (None, "valid", "channels_last"):
                raise ValueError("{} is not known to this layer".format(key))
        if implementation != 1:
            raise ValueError("weights of implementation {} are laid out differently".format(implementation))
        nothing = ("kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer")
        for key in (*nothing, "activity_regularizer", "kernel_constraint", "bias_constraint"):
            options.pop(key, None)  # they decide nothing about what a trained layer answers
        super().__init__(**options)
        self.filters, self.use_bias, self.activation = filters, use_bias, tf.keras.activations.get(activation)
        self.kernel_size, self.strides = as_sizes(kernel_size, self.rank), as_sizes(strides, self.rank)

    def build(self, input_shape):
        """A kernel for every place."""
        places, width = list(self.compute_output_shape(input_shape)[1:-1]), input_shape[-1]
        count = 1
        for place in places:
            count *= place
        for size in self.kernel_size:
            width *= size
        self.kernel = self.add_weight(name="kernel", shape=(count, width, self.filters))
        self.bias = self.add_weight(name="bias", shape=(*places, self.filters)) if self.use_bias else None

    def call(self, inputs):
        """Every place with its kernel."""
        patches = self.patches(inputs)
        shape = self.compute_output_shape(inputs.shape)
        flat = tf.reshape(patches, (-1, self.kernel.shape[0], self.kernel.shape[1]))
        outputs = tf.reshape(tf.einsum("bpk,pkf->bpf", flat, self.kernel), (-1, *shape[1:]))
        return self.activation(outputs if self.bias is None else outputs + self.bias)

    def compute_output_shape(self, input_shape):
        """Without padding."""
        sizes = zip(input_shape[1:-1], self.kernel_size, self.strides)
        return (input_shape[0], *((length - size) // stride + 1 for length, size, stride in sizes), self.filters)


class LocallyConnected1D(LocallyConnected):
    """Over steps of a series."""

    rank = 1

    def patches(self, inputs):
        """What each place sees: steps, then channels."""
        return tf.signal.frame(inputs, self.kernel_size[0], self.strides[0], axis=1)


class LocallyConnected2D(LocallyConnected):
    """Over an image."""

    rank = 2

    def patches(self, inputs):
        """What each place sees: rows, columns, then channels."""
        sizes, strides = (1, *self.kernel_size, 1), (1, *self.strides, 1)
        return tf.image.extract_patches(inputs, sizes, strides, (1, 1, 1, 1), "VALID")


def as_sizes(value, rank):
    return tuple(value) if isinstance(value, (list, tuple)) else (value,) * rank
