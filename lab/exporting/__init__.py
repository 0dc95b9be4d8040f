"""Export results: tables, JUnit, a summary in Markdown, a picture, a badge. Pure: results in, text out."""

from lab.exporting.badge import badge
from lab.exporting.junit import junit
from lab.exporting.picture import picture
from lab.exporting.summary import summary
from lab.exporting.tables import csv, parquet, read_outcomes, table

__all__ = ["badge", "csv", "junit", "parquet", "picture", "read_outcomes", "summary", "table"]
