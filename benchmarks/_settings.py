"""The real settings, with one page more: an empty one, to measure the others by."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks._site"
