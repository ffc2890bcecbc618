"""A year of work of an invented federation in a real district, done through the actions everybody uses."""

from niangjia.ops.demo.story import accounts, build

__all__ = ["accounts", "build"]
