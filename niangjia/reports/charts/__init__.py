"""Charts: a drawing is made once, of plain shapes, and written as SVG or as PNG. Each comes with the table of its numbers."""
