"""Chinese text: width, Simplified and Traditional, sort keys and search keys of names."""

_HALF_WIDTH = {**{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}, 0x3000: 0x20}


def fold_width(text: str) -> str:
    """Full-width letters, digits, signs and spaces as half-width; no other character changes."""
    return text.translate(_HALF_WIDTH)
