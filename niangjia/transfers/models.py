"""Large files on their way in or out, and what their owners are told of them."""

from __future__ import annotations

import json

from django.db import models

from niangjia.core.fields import CodeField, SealedTextField
from niangjia.transfers.kinds import KINDS, Kind, State


class Transfer(models.Model):
    """An Excel file worked off in the background.

    ``counts`` are pairs of an outcome and how many rows had it, in the order people read them.
    ``options`` may hold a name that was searched for and ``told`` words of a row that was refused, so both are sealed.
    The files lie apart from what is kept, sealed too, and are gone after a few days.
    """

    kind = models.CharField(max_length=24)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    place = CodeField()
    asked_by_account = models.BigIntegerField()
    asked_at = models.DateTimeField()
    title = models.CharField("文件", max_length=120, default="", blank=True)
    options = SealedTextField(context="transfers_transfer.options")
    source = models.CharField(max_length=40, default="", blank=True)
    result = models.CharField(max_length=40, default="", blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=list)
    refused = models.PositiveIntegerField(default=0)
    told = SealedTextField(context="transfers_transfer.told", null=True, blank=True)
    message = models.CharField(max_length=500, default="", blank=True)
    moved_at = models.DateTimeField("最近进展", null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["asked_by_account", "kind", "-id"], name="transfers_transfer_mine")]

    def __str__(self) -> str:
        return self.declared.label

    @property
    def declared(self) -> Kind:
        return KINDS.get(self.kind)

    @property
    def over(self) -> bool:
        return self.state in (State.DONE, State.FAILED)

    @property
    def lines(self) -> list[str]:
        """What is worth reading about the rows."""
        return list(json.loads(self.told.reveal())) if self.told else []
