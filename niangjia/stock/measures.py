"""What was given counts up to: pieces and their worth, less what came back."""

from __future__ import annotations

from django.db.models import DecimalField, ExpressionWrapper, F

from niangjia.core import measures
from niangjia.core.measures import Kind, Measure, Records
from niangjia.stock.kinds import OUT
from niangjia.stock.models import Gift, Move

YUAN_A_WAN = 10_000
PARCEL = "mother_parcel"  # what the keys of its kinds begin with
WORTH = ExpressionWrapper(
    -F("delta") * F("batch__unit_value"), output_field=DecimalField(max_digits=14, decimal_places=2)
)


def _given() -> Records:
    return Move.objects.filter(act__in=OUT).select_related("batch", "unit")


def _parcels() -> Records:
    return _given().filter(batch__kind__key__startswith=PARCEL)


def _caption(move: Move) -> str:
    return f"{move.batch.title} {move.unit.short_name} {move.get_act_display()}{abs(move.delta)}"


def _page(move: Move) -> tuple[str, dict[str, object]]:
    return "stock:batch", {"pk": move.batch_id}


def declare() -> None:
    """Declare the measures of goods. Called once, when the application is loaded."""
    for key, worth, label, records in (
        ("stock.handed_out", "stock.value", "物资", _given),
        ("stock.parcels", "stock.parcels_value", "母亲邮包", _parcels),
    ):
        measures.register(
            Measure(
                key=key, label=f"{label}：发放件数（减去收回）", unit="件", kind=Kind.SUM, value=-F("delta"),
                records=records, place="place", at="on", caption=_caption, detail=_page,
            )
        )  # fmt: skip
        measures.register(
            Measure(
                key=worth, label=f"{label}：发放物资价值", unit="万元", kind=Kind.SUM, value=WORTH, per=YUAN_A_WAN,
                records=records, place="place", at="on", caption=_caption, detail=_page,
            )
        )  # fmt: skip
    measures.register(
        Measure(
            key="stock.gifts", label="捐赠登记金额", unit="万元", kind=Kind.SUM, value="amount", per=YUAN_A_WAN,
            records=lambda: Gift.objects.all(), place="place", at="given_on", caption=str,
        )
    )  # fmt: skip
