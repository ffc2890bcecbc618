"""A typed catalogue of things the code declares: measures, programmes, adapters. Filled at start, then closed."""

from collections.abc import Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class RegistryError(Exception):
    """A declaration that cannot stand, or a key nobody declared."""


class Registry(Generic[T]):
    """Things by key, in the order they were declared. ``what`` names them in messages."""

    def __init__(self, what: str) -> None:
        self._what = what
        self._items: dict[str, T] = {}
        self._frozen = False

    def register(self, key: str, item: T) -> T:
        """Declare an item and hand it back. Raises RegistryError on a second use of the key, or after ``freeze``."""
        if self._frozen:
            raise RegistryError(f"{self._what}“{key}”登记太晚：系统启动完成后不再接受登记，请在应用加载时登记。")
        if key in self._items:
            raise RegistryError(f"{self._what}“{key}”重复登记：已有{self._items[key]!r}，请改用别的键。")
        self._items[key] = item
        return item

    def freeze(self) -> None:
        """Take no further declaration."""
        self._frozen = True

    def get(self, key: str) -> T:
        """Raises RegistryError with the known keys if there is none."""
        try:
            return self._items[key]
        except KeyError:
            known = "、".join(sorted(self._items)) or "无"
            raise RegistryError(f"没有名为“{key}”的{self._what}。已登记的有：{known}。") from None

    def __iter__(self) -> Iterator[T]:
        return iter(tuple(self._items.values()))

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __len__(self) -> int:
        return len(self._items)
