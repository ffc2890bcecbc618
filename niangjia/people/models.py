"""Residents, the consents they gave, and the accounts people sign in with.

A phone is not a person: several women of one household may share it, so an account files matters for persons and
never owns them.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from niangjia.core.fields import BlindIndexField, CodeField, SealedTextField
from niangjia.org.models import Officer
from niangjia.people.kinds import Channel, IdKind, Purpose, RunState, Sex, Verdict


class Household(models.Model):
    """People who live and are registered together; 户 is a measure of its own."""

    number = models.CharField("户编号", max_length=24, unique=True)
    place = CodeField()

    class Meta:
        indexes = [models.Index(fields=["place"], name="people_household_place")]

    def __str__(self) -> str:
        return self.number


class Person(models.Model):
    """A resident, known once, by the blind index of her number.

    ``phone_index`` and ``household_key`` (the keyed hash of her address, see ``programmes.queries.household_key``) are what
    the first form said. ``merged_into`` is the entry under which this one is kept; the database derives it from the merges
    in ``Duplicate`` and lets nobody write it. Nothing is moved when entries are merged: what refers to her goes on doing so.
    """

    name = models.CharField("姓名", max_length=40)
    name_pinyin = models.CharField(max_length=120)
    name_initials = models.CharField(max_length=40)
    sex = models.CharField("性别", max_length=1, choices=Sex)
    birth = models.DateField("出生日期", null=True, blank=True)
    id_kind = models.CharField("证件类型", max_length=10, choices=IdKind, default=IdKind.RESIDENT)
    id_number = SealedTextField(context="people_person.id_number", null=True, blank=True)
    id_index = BlindIndexField(null=True, blank=True, unique=True)
    household = models.ForeignKey(Household, models.SET_NULL, null=True, blank=True, related_name="members")
    phone_index = BlindIndexField(null=True, blank=True)
    household_key = models.CharField(max_length=40, db_default="", blank=True)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", editable=False
    )
    place = CodeField()
    died_on = models.DateField("去世日期", null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["place", "name_pinyin"], name="people_person_place_name"),
            models.Index(fields=["name_pinyin"], name="people_person_pinyin"),
            models.Index(fields=["birth"], name="people_person_birth"),
            models.Index(fields=["created_at"], name="people_person_created"),
            models.Index(fields=["phone_index"], condition=Q(phone_index__isnull=False), name="people_person_phone"),
            models.Index(fields=["household_key"], condition=~Q(household_key=""), name="people_person_household"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(id_kind=IdKind.NONE) | Q(id_index__isnull=False),
                name="people_person_number_known",
                violation_error_message="有证件的人员须登记证件号码。",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def head_id(self) -> int:
        """The entry under which this one is kept, or itself."""
        return self.merged_into_id or self.pk


class Duplicate(models.Model):
    """Two entries of the register that may be one person, why, and what a person decided.

    ``place`` is the smallest place that holds both; who may not see both entries does not see the pair. ``levels`` are the
    levels of ``rules.COMPARISONS`` they met. A merge is its row here and nothing else: undone, all is as it was.
    """

    one = models.ForeignKey(Person, models.PROTECT, related_name="+")
    other = models.ForeignKey(Person, models.PROTECT, related_name="+")
    place = CodeField()
    score = models.FloatField()
    levels = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=Verdict, default=Verdict.PROPOSED)
    keep = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField("理由", max_length=200, default="", blank=True)
    found_at = models.DateTimeField()
    decided_by = models.CharField(max_length=120, default="", blank=True)
    decided_by_account = models.BigIntegerField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-score", "id"]
        indexes = [
            models.Index(fields=["place", "state", "-score"], name="people_duplicate_scope"),
            models.Index(fields=["keep"], condition=Q(state="MERGED"), name="people_duplicate_kept"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="people_duplicate_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="people_duplicate_ordered"),
            models.CheckConstraint(
                condition=Q(state="MERGED", keep__isnull=False) | (~Q(state="MERGED") & Q(keep__isnull=True)),
                name="people_duplicate_keeps_one",
                violation_error_message="合并时须指明保留哪一条登记。",
            ),
            models.CheckConstraint(
                condition=Q(keep__isnull=True) | Q(keep=F("one")) | Q(keep=F("other")),
                name="people_duplicate_keeps_its_own",
                violation_error_message="保留的须是这两条登记之一。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.one_id}-{self.other_id}"


class DuplicateRun(models.Model):
    """A look through all entries one post may see, in the background; ``step`` says what is done now."""

    place = CodeField()
    asked_by_account = models.BigIntegerField()
    asked_by = models.CharField(max_length=120)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=RunState, default=RunState.RUNNING)
    step = models.CharField(max_length=60, default="", blank=True)
    people = models.PositiveIntegerField(default=0)
    pairs = models.PositiveIntegerField(default=0)
    fresh = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.get_state_display()


class Consent(models.Model):
    """What a person agreed to, in which words, through whom; withdrawing is a date, not a deletion."""

    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="consents")
    purpose = models.CharField(max_length=10, choices=Purpose)
    text_version = models.CharField(max_length=20)
    channel = models.CharField(max_length=8, choices=Channel)
    helper = models.CharField("代填人", max_length=60, default="", blank=True)
    subject = models.CharField(max_length=40)
    given_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    account_id = models.BigIntegerField()
    place = CodeField()

    class Meta:
        indexes = [
            models.Index(fields=["person", "purpose"], name="people_consent_person"),
            models.Index(fields=["subject", "purpose"], name="people_consent_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}"


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(username=username)


class Account(AbstractBaseUser):
    """A sign-in: an officer's, with password and second factor, or a resident's, with a code sent to her phone."""

    username = models.CharField("登录名", max_length=64, unique=True)
    officer = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, related_name="accounts")
    display_name = models.CharField(max_length=40, default="", blank=True)
    phone = SealedTextField(context="people_account.phone", null=True, blank=True)
    phone_index = BlindIndexField(null=True, blank=True, unique=True)
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField("须先改密码", default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = AccountManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(officer__isnull=False) | Q(phone_index__isnull=False),
                name="people_account_someone",
                violation_error_message="账号必须属于一位工作人员或一个手机号。",
            )
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def is_resident(self) -> bool:
        return self.officer_id is None

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name


class PhoneCode(models.Model):
    """A one-time code sent to a phone. Only its keyed hash is kept."""

    phone_index = BlindIndexField(db_index=True)
    code_index = BlindIndexField()
    sent_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [models.Index(fields=["address", "sent_at"], name="people_code_address")]
