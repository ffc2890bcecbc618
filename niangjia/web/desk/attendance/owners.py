"""What sessions belong to: the kind of a subject, its name, and the route of its page, which takes the number."""

from __future__ import annotations

OWNERS: dict[str, tuple[str, str]] = {
    "class": ("培训班", "training:course"),
    "family": ("家庭教育活动", "family:activity"),
    "study": ("专题学习", "campaigns:ret"),
}
