"""The settings under test: the real ones, in a folder of their own, with what makes a mistake loud."""

import atexit
import json
import os
import shutil
import tempfile
from pathlib import Path

# The server a run may use instead of starting one: taken away here, so that no test reaches it by accident.
EXTERNAL_SERVER = os.environ.pop("DATABASE_URL", "")
_home = tempfile.mkdtemp(prefix="niangjia-test-home-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ["NIANGJIA_HOME"] = _home

from config import environment  # noqa: E402

# Where a developer keeps the migrated template between runs; unset, every run makes its own.
_cache = os.environ.pop("NIANGJIA_TEST_CACHE", "")
CACHE = Path(_cache) if _cache else None

# New keys a run (with a cache: the cache's), the same in each of its processes.
if "PYTEST_XDIST_WORKER" not in os.environ:
    if CACHE:
        os.environ["NIANGJIA_HOME"] = str(CACHE)
        environment.keys()
        os.environ["NIANGJIA_KEYS"] = environment.State(CACHE).keys_file.read_text("utf-8")
        os.environ["NIANGJIA_HOME"] = _home
    else:
        os.environ["NIANGJIA_KEYS"] = json.dumps(environment.new_keys())

from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402

from config.settings import *  # noqa: E402, F403
from config.settings import STORAGES, TEMPLATES  # noqa: E402


class QuickArgon2(Argon2PasswordHasher):
    """The real algorithm at its smallest cost: tests sign in often."""

    time_cost = 1
    memory_cost = 8
    parallelism = 1


class UndefinedVariable(str):
    """What an undefined template variable turns into: a failure that names it."""

    __slots__ = ()

    def __contains__(self, key: object) -> bool:
        return key == "%s"

    def __mod__(self, variable: object) -> str:
        raise AssertionError(f"undefined template variable: {variable}")


PASSWORD_HASHERS = ["tests.settings.QuickArgon2"]
_options: dict[str, object] = TEMPLATES[0]["OPTIONS"]  # type: ignore[assignment]
_options["string_if_invalid"] = UndefinedVariable("%s")
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
(Path(_home) / "static").mkdir()
