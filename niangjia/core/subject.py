"""What a record is about, said without knowing the room it lives in: ``case:12``, ``person:7``, ``round:3``."""

import re

PATTERN = r"^[a-z_]{2,20}:[1-9][0-9]{0,17}$"
LENGTH = 40
# Records of single people and homes: nothing that names them is ever public.
PRIVATE = ("case", "person", "household", "need")


def is_subject(text: str) -> bool:
    return re.fullmatch(PATTERN, text) is not None


def kind_of(subject: str) -> str:
    """The part before the colon. Raises ValueError for what is no subject."""
    if not is_subject(subject):
        raise ValueError(f"{subject!r} is no subject such as 'case:12'")
    return subject.partition(":")[0]


def id_of(subject: str) -> int:
    """The number after the colon. Raises ValueError for what is no subject."""
    kind_of(subject)
    return int(subject.partition(":")[2])
