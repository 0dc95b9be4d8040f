"""Show a grid to people; the only door to the publisher."""

from lab.publish.baseline import Baseline
from lab.publish.explanations import Explanations, explain
from lab.publish.page import render_page

__all__ = ["Baseline", "Explanations", "explain", "render_page"]
