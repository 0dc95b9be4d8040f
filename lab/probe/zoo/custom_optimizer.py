"""The user's own optimizer with a slot: each generation of Keras asks for another class."""

import inspect


def _damped(tf):
    base = tf.keras.optimizers.Optimizer
    if not hasattr(base, "update_step"):
        return _damped_of_slots(tf)
    if "learning_rate" in inspect.signature(base.update_step).parameters:
        return _damped_of_keras_3(tf)
    return _damped_of_update_step(tf)


def _damped_of_slots(tf):
    class DampedDescent(tf.keras.optimizers.Optimizer):
        __module__ = "__main__"

        def __init__(self, learning_rate=0.05, damping=0.5, name="DampedDescent", **options):
            super().__init__(name, **options)
            self._set_hyper("learning_rate", options.get("lr", learning_rate))
            self._set_hyper("damping", damping)

        def _create_slots(self, var_list):
            for variable in var_list:
                self.add_slot(variable, "trace")

        def _resource_apply_dense(self, grad, var, apply_state=None):  # noqa: ARG002 - Keras hands it over
            trace = self.get_slot(var, "trace")
            trace.assign(trace * self._get_hyper("damping", var.dtype) + grad)
            return var.assign_sub(self._get_hyper("learning_rate", var.dtype) * trace)

        def get_config(self):
            return dict(
                super().get_config(),
                learning_rate=self._serialize_hyperparameter("learning_rate"),
                damping=self._serialize_hyperparameter("damping"),
            )

    return DampedDescent


def _damped_of_update_step(tf):
    class DampedDescent(tf.keras.optimizers.Optimizer):
        __module__ = "__main__"

        def __init__(self, learning_rate=0.05, damping=0.5, name="DampedDescent", **options):
            super().__init__(name, **options)
            self._learning_rate = self._build_learning_rate(learning_rate)
            self.damping = damping

        def build(self, var_list):
            super().build(var_list)
            if getattr(self, "_built", False):  # Keras builds again in each trace
                return
            self._built = True
            self.traces = [self.add_variable_from_reference(variable, "trace") for variable in var_list]

        def update_step(self, gradient, variable):
            trace = self.traces[self._index_dict[self._var_key(variable)]]
            trace.assign(trace * self.damping + gradient)
            variable.assign_sub(tf.cast(self.learning_rate, variable.dtype) * trace)

        def get_config(self):
            learning_rate = self._serialize_hyperparameter(self._learning_rate)
            return dict(super().get_config(), learning_rate=learning_rate, damping=self.damping)

    return DampedDescent


def _damped_of_keras_3(tf):
    class DampedDescent(tf.keras.optimizers.Optimizer):
        __module__ = "__main__"

        def __init__(self, learning_rate=0.05, damping=0.5, name="DampedDescent", **options):
            super().__init__(learning_rate=learning_rate, name=name, **options)
            self.damping = damping

        def build(self, variables):
            if self.built:
                return
            super().build(variables)
            self.traces = [self.add_variable_from_reference(variable, "trace") for variable in variables]

        def update_step(self, gradient, variable, learning_rate):
            trace = self.traces[self._get_variable_index(variable)]
            self.assign(trace, trace * self.damping + gradient)
            self.assign_sub(variable, learning_rate * trace)

        def get_config(self):
            return dict(super().get_config(), damping=self.damping)

    return DampedDescent


def build(tf):
    features = tf.keras.Input(shape=(4,), name="features")
    hidden = tf.keras.layers.Dense(6, activation="tanh", name="hidden")(features)
    model = tf.keras.Model(features, tf.keras.layers.Dense(1, name="score")(hidden))
    model.compile(optimizer=_damped(tf)(learning_rate=0.1, damping=0.8), loss="mse")
    return model


def sample(rng):
    return [rng.rand(8, 4).astype("float32")], [rng.rand(8, 1).astype("float32")]


def custom_objects(tf):
    return {"DampedDescent": _damped(tf)}
