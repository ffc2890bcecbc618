"""The real settings, with two pages more: an empty one and a vote, to measure the others by."""

from config.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks._site"
