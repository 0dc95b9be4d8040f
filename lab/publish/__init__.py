"""Show a grid to people; the only door to the publisher."""

from lab.publish.page import render_page

__all__ = ["render_page"]
