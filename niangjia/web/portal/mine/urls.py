"""Her own matters."""

from django.urls import path

from niangjia.web.portal.mine import views

app_name = "mine"

urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.case, name="case"),
    path("<int:pk>/data/", views.data, name="data"),
    path("<int:pk>/data/<int:consent_id>/withdraw/", views.withdraw_consent, name="withdraw_consent"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/account/", views.account, name="account"),
]
