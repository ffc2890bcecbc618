"""A table of sealed values that stands for all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import psycopg

from niangjia.core import sealing


@dataclass(frozen=True)
class Vault:
    """A table of sealed values and what one does with it."""

    connection: psycopg.Connection

    def put(self, numbers: Iterable[int]) -> None:
        values = [(number, sealing.seal(str(number), context="vault.secret")) for number in numbers]
        self.connection.cursor().executemany("INSERT INTO vault VALUES (%s, %s)", values)

    def put_empty(self, number: int) -> None:
        self.connection.execute("INSERT INTO vault VALUES (%s, '')", [number])

    def remove(self, number: int) -> None:
        self.connection.execute("DELETE FROM vault WHERE id = %s", [number])

    def opened(self) -> list[int]:
        """The numbers whose value opens to what was sealed."""
        rows = self.connection.execute("SELECT id, secret FROM vault WHERE length(secret) > 0 ORDER BY id").fetchall()
        return [number for number, secret in rows if sealing.unseal(secret, context="vault.secret") == str(number)]
