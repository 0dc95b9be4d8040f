"""Put the slots of an optimizer into the order of the other generation."""

# Optimizers that keep their slots variable by variable since Keras 2.11, and before that slot by slot.
VARIABLE_BY_VARIABLE = ("Adadelta", "Adam", "AdamW", "Adamax")


def regroup(slots, count, stored_by_variable, by_variable):
    """The first two slots of all variables, from one order into the other; a third comes after them in both."""
    pairs, rest = slots[: 2 * count], slots[2 * count :]
    if stored_by_variable == by_variable or len(pairs) != 2 * count:
        return slots
    if by_variable:
        return [array for both in zip(pairs[:count], pairs[count:]) for array in both] + rest
    return pairs[::2] + pairs[1::2] + rest
