"""Model fields that carry the house's rules: sealed text, the blind index beside it, division codes.

Fields only, no models: every room declares its own tables.
"""

import re
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.query_utils import DeferredAttribute

from niangjia.core import codes, sealing

HIDDEN = "••••••"

_CONTEXT = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


class Sealed:
    """A sealed text in memory. Printing, formatting or logging it shows dots; only ``reveal`` opens it.

    Two are equal if their sealed bytes are: the same text sealed twice is two different values, and comparing them
    tells nothing about the text. Compare texts through the blind index.
    """

    __slots__ = ("context", "sealed")

    def __init__(self, sealed: bytes, context: str) -> None:
        self.sealed = sealed
        self.context = context

    @classmethod
    def of(cls, plain: str, context: str) -> "Sealed":
        """Seal a text now. An empty text stays empty bytes: there is nothing to hide in it."""
        return cls(sealing.seal(plain, context=context) if plain else b"", context)

    def reveal(self) -> str:
        """The plain text. Raises SealError if it does not open; the caller owes the trail an entry."""
        return sealing.unseal(self.sealed, context=self.context) if self.sealed else ""

    def __bool__(self) -> bool:
        return bool(self.sealed)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sealed) and self.sealed == other.sealed

    def __hash__(self) -> int:
        return hash(self.sealed)

    def __str__(self) -> str:
        return HIDDEN if self.sealed else ""

    __repr__ = __str__


class _SealedAttribute(DeferredAttribute):
    """Seals a plain text the moment it is assigned, so that no instance ever holds it."""

    field: "SealedTextField[Any, Any]"

    def __set__(self, instance: models.Model, value: Sealed | str | bytes | None) -> None:
        instance.__dict__[self.field.attname] = self.field.to_python(value)


_Set = TypeVar("_Set", contravariant=True)
_Get = TypeVar("_Get", covariant=True)

if TYPE_CHECKING:

    class _Binary(models.BinaryField[_Set, _Get]):
        _pyi_private_get_type: Any

    class _Char(models.CharField[_Set, _Get]): ...

else:
    # Django's fields take type arguments only in their stubs, where null=True makes the types optional.
    class _Binary(models.BinaryField):
        __class_getitem__ = classmethod(lambda cls, _: cls)

    class _Char(models.CharField):
        __class_getitem__ = classmethod(lambda cls, _: cls)


class SealedTextField(_Binary[_Set, _Get]):
    """Text encrypted in a bytea column; the Python value is a ``Sealed``, a plain ``str`` may be assigned.

    ``context`` ("table.column") is part of the encryption: it is given in full and must never change afterwards, not
    even when the column is renamed. Filtering is refused except for ``isnull``: exact matches go through a
    ``BlindIndexField``.
    """

    _pyi_private_set_type: Sealed | str
    _pyi_private_get_type: Sealed

    description = "封存的文字"
    descriptor_class = _SealedAttribute
    empty_values = [None, Sealed(b"", "")]

    def __init__(self, *args: Any, context: str, **kwargs: Any) -> None:
        if not _CONTEXT.fullmatch(context):
            raise ValueError(f"context must read 'table.column', not {context!r}")
        self.context = context
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "context": self.context}

    def to_python(self, value: Any) -> Sealed | None:
        if value is None or isinstance(value, Sealed):
            return value
        if isinstance(value, str):
            return Sealed.of(value, self.context)
        return Sealed(bytes(value), self.context)

    def from_db_value(self, value: Any, expression: Any, connection: BaseDatabaseWrapper) -> Sealed | None:
        return self.to_python(value)

    def get_prep_value(self, value: Any) -> bytes | None:
        sealed = self.to_python(value)
        return None if sealed is None else sealed.sealed

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"sealed field {self.name} is not serialised")

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


class BlindIndexField(_Binary[_Set, _Get]):
    """The 32 bytes of ``sealing.blind``, for exact match and for "once in a life" constraints."""

    _pyi_private_set_type: bytes
    _pyi_private_get_type: bytes

    description = "封存文字的检索值"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 32
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        if value is not None and len(value) != 32:
            raise ValueError(f"blind index field {self.name} takes the 32 bytes of sealing.blind, not {len(value)}")
        return super().get_prep_value(value)


def validate_code(value: str) -> None:
    """Refuse what is not a 12-character division code."""
    if not codes.is_code(value):
        raise ValidationError("“%(value)s”不是12位区划代码。请对照统计用区划代码表核对。", params={"value": value})


class CodeField(_Char[_Set, _Get]):
    """A 12-character division code in "C" collation, so that a subtree is a range of an ordinary index."""

    _pyi_private_set_type: str
    _pyi_private_get_type: str

    description = "区划代码"
    default_validators = [validate_code]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 12
        kwargs["db_collation"] = "C"
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"], kwargs["db_collation"]
        return name, path, args, kwargs
