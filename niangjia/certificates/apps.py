"""Certificates (证书): given once, looked up by anybody who holds one, taken back where they must be."""

from django.apps import AppConfig


class CertificatesConfig(AppConfig):
    name = "niangjia.certificates"
    label = "certificates"
    verbose_name = "证书"
