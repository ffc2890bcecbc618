from django.apps import AppConfig


class FamilyEducationConfig(AppConfig):
    name = "niangjia.family_education"
    label = "family"
    verbose_name = "家庭教育"

    def ready(self) -> None:
        from niangjia.family_education import measures

        measures.declare()
