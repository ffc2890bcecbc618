from django.apps import AppConfig


class StockConfig(AppConfig):
    name = "niangjia.stock"
    label = "stock"
    verbose_name = "物资"

    def ready(self) -> None:
        from niangjia.stock import measures

        measures.declare()
