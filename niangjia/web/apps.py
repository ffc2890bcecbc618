from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "niangjia.web"
    label = "web"
    verbose_name = "页面"

    def ready(self) -> None:
        from niangjia.web import signin  # noqa: F401  connects what happens at sign-in to the trail
