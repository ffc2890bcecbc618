"""Excel in and out in one place: the format a table is exported in is the format it is imported in."""

from niangjia.letters.kinds import CellError, Column, Row, SheetError, Table
from niangjia.letters.sheets_in import Reading, ReadLimits, read_table
from niangjia.letters.sheets_out import write_table, write_template

__all__ = [
    "CellError",
    "Column",
    "ReadLimits",
    "Reading",
    "Row",
    "SheetError",
    "Table",
    "read_table",
    "write_table",
    "write_template",
]
