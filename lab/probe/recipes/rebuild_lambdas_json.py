"""Rewrite the architecture, and Lambda layers from their bytecode (trusted files only), and load that."""

from probe.recipes.parts.lambdas import rebuild_lambdas
from probe.recipes.parts.rewritten_folder import load_json_rewritten

GIVES = "model"


def load(path, custom_objects):
    return load_json_rewritten(path, custom_objects, rebuild_lambdas)
