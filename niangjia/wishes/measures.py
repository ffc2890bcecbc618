"""What plan targets count: wishes made, taken up, fulfilled, and the people whose wish came true."""

from __future__ import annotations

from niangjia.core import measures
from niangjia.core.measures import Kind, Measure
from niangjia.wishes.kinds import STANDING, WishState
from niangjia.wishes.models import Claim, Wish
from niangjia.wishes.queries import claims, wishes


def _caption(wish: Wish) -> str:
    return f"{wish.get_kind_display()}的{wish.get_category_display()}心愿 {wish.get_state_display()}"


def _page(wish: Wish) -> tuple[str, dict[str, object]]:
    return "wishes:show", {"pk": wish.pk}


def _claim_caption(claim: Claim) -> str:
    return f"{claim.get_kind_display()}认领 {claim.wish.get_category_display()}心愿"


def _claim_page(claim: Claim) -> tuple[str, dict[str, object]]:
    return "wishes:show", {"pk": claim.wish_id}


def declare() -> None:
    """Declare them. Called once, when the application is loaded. A claim that lapsed or was given back is none."""
    for measure in (
        Measure(
            key="wishes.raised", label="征集的微心愿", unit="个", kind=Kind.COUNT,
            records=lambda: wishes().exclude(state=WishState.WITHDRAWN), place="place", at="raised_at", caption=_caption,
            detail=_page,
        ),
        Measure(
            key="wishes.claimed", label="认领的微心愿", unit="个", kind=Kind.COUNT,
            records=lambda: claims().filter(state__in=STANDING), place="place", at="claimed_at", caption=_claim_caption,
            detail=_claim_page,
        ),
        Measure(
            key="wishes.fulfilled", label="实现的微心愿", unit="个", kind=Kind.COUNT,
            records=lambda: wishes().filter(state=WishState.CONFIRMED), place="place", at="ended_at", caption=_caption,
            detail=_page,
        ),
        Measure(
            key="wishes.people", label="实现微心愿的人数", unit="人", kind=Kind.DISTINCT, value="wisher_index",
            records=lambda: wishes().filter(state=WishState.CONFIRMED), place="place", at="ended_at", caption=_caption,
            detail=_page,
        ),
    ):  # fmt: skip
        measures.register(measure)
