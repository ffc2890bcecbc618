"""Finding a programme by its key. The list stands in settings; a folder not named there does not exist."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from django.conf import settings

from niangjia.programmes.definition import Gives, Often, Programme, Version


@cache
def programmes() -> dict[str, Programme]:
    """Every programme by key, built and thereby checked."""
    found: dict[str, Programme] = {}
    for key in settings.NIANGJIA_PROGRAMMES:
        module = import_module(f"niangjia.programmes.catalogue.{key}.definition")
        programme: Programme = module.PROGRAMME
        assert programme.key == key, f"目录名“{key}”与项目键“{programme.key}”不同"
        found[key] = programme
    return found


def programme(key: str) -> Programme:
    return programmes()[key]


def version(programme_key: str, version_key: str) -> Version:
    return programmes()[programme_key].version(version_key)


def with_history() -> list[Programme]:
    """Programmes whose grants of earlier years come in from a ledger: money for a person, once in a life."""
    return [
        programme
        for programme in programmes().values()
        if any(v.often is Often.LIFE and v.gives is Gives.MONEY and not v.per_household for v in programme.versions)
    ]
