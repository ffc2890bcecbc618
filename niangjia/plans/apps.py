from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "niangjia.plans"
    label = "plans"
    verbose_name = "计划"
