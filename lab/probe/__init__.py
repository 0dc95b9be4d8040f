"""Code that runs inside a cell, under its Python (3.7 to 3.13) and its TensorFlow.

Border: imports the standard library, TensorFlow and what TensorFlow brings. It never imports the rest
of the lab and is never imported by it; requests come in as one JSON file, observations go out as JSON lines.
"""
