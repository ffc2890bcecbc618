"""The programmes this house carries: a folder each, named in ``settings.NIANGJIA_PROGRAMMES``."""
