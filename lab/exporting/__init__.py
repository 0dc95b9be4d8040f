"""Export results for other programs: tables, JUnit, a summary in Markdown, a badge. Pure: results in, text out."""

from lab.exporting.badge import badge
from lab.exporting.junit import junit
from lab.exporting.summary import summary
from lab.exporting.tables import csv, parquet, read_outcomes, table

__all__ = ["badge", "csv", "junit", "parquet", "read_outcomes", "summary", "table"]
