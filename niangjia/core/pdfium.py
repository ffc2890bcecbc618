"""PDFium is not safe to call from two threads at once: whoever opens a PDF holds this lock until it is closed."""

from threading import RLock

LOCK = RLock()
