from django.apps import AppConfig


class FilesConfig(AppConfig):
    name = "niangjia.files"
    label = "files"
    verbose_name = "文件"
