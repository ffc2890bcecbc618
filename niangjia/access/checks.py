"""Start-up checks of the roles table."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004

from niangjia.access import policy
from niangjia.access.verbs import Verb
from niangjia.org.kinds import PostRole

LEVELS = ("DISTRICT", "TOWN", "VILLAGE", "PARTNER", "HOSPITAL", "SCHOOL", "SUPPLIER")


@register
def roles_table_is_sound(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Every post in the table exists, and every verb is held by somebody."""
    try:
        table = policy.load()
    except policy.PolicyError as error:
        return [Error(str(error), id="access.E001")]
    messages: list[CheckMessage] = []
    for key in table.posts:
        level, _, role = key.partition(".")
        if level not in LEVELS or role not in PostRole.values:
            messages.append(Error(f"roles.yaml 的 posts.{key} 不是已知的层级和职务。", id="access.E002"))
    held = frozenset[Verb]().union(*table.posts.values(), table.resident)
    messages += [
        Warning(f"权限“{verb.label}”（{verb}）没有任何职务持有。", id="access.W001")
        for verb in Verb
        if verb not in held
    ]
    return messages
