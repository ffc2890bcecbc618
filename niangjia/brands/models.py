"""Service brands (服务品牌): a named shelf any record of any room can stand on."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from niangjia.core import subject
from niangjia.core.fields import CodeField
from niangjia.org.models import Unit

NAMES_SOMEBODY = r"^(" + "|".join(subject.PRIVATE) + "):"


class Brand(models.Model):
    """A brand as residents know it. ``icon`` is its mark, one of the house's line drawings."""

    key = models.SlugField(max_length=40, unique=True)
    name = models.CharField("名称", max_length=20)
    slogan = models.CharField("口号", max_length=40, default="", blank=True)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="brands")
    since = models.DateField("创立日期", null=True, blank=True)
    description = models.TextField("简介", default="", blank=True)
    icon = models.CharField("标志", max_length=20, default="flower")
    order = models.PositiveSmallIntegerField("次序", default=0)
    active = models.BooleanField("对外展示", default=True)

    class Meta:
        ordering = ["order", "id"]

    def __str__(self) -> str:
        return self.name


class ProgrammeBrand(models.Model):
    """The brand the records of a programme carry when nobody says otherwise."""

    programme = models.CharField(max_length=40, unique=True)
    brand = models.ForeignKey(Brand, models.PROTECT, related_name="programmes")

    def __str__(self) -> str:
        return f"{self.programme} → {self.brand}"


class Tag(models.Model):
    """A record stands on the shelf of a brand. What names a person is never public, whoever asks for it."""

    brand = models.ForeignKey(Brand, models.PROTECT, related_name="tags")
    subject = models.CharField(max_length=subject.LENGTH, unique=True)
    place = CodeField()
    on = models.DateField("日期")
    title = models.CharField("名称", max_length=80)
    programme = models.CharField(max_length=40, default="", blank=True)
    public = models.BooleanField("品牌页展示", default=False)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-on", "-id"]
        indexes = [
            models.Index(fields=["place", "brand", "on"], name="brands_tag_scope"),
            models.Index(fields=["brand", "-on"], name="brands_tag_brand"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(subject__regex=subject.PATTERN), name="brands_tag_subject"),
            models.CheckConstraint(
                condition=Q(public=False) | ~Q(subject__regex=NAMES_SOMEBODY),
                name="brands_tag_no_names",
                violation_error_message="个人和家庭的记录不在品牌页展示。",
            ),
        ]

    def __str__(self) -> str:
        return self.title
