from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "niangjia.access"
    label = "access"
    verbose_name = "权限"

    def ready(self) -> None:
        from niangjia.access import checks  # noqa: F401  registers the system checks
