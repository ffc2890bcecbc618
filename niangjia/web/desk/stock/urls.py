"""URLs of this area."""

from django.urls import path

from niangjia.web.desk.stock import views

app_name = "stock"
urlpatterns = [
    path("", views.index, name="index"),
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/export/", views.export, name="export"),
    path("count/", views.count, name="count"),
    path("hand-out/", views.hand_out, name="hand_out"),
    path("lose/<int:pk>/", views.lose, name="lose"),
    path("hand-outs/<int:pk>/<str:way>/", views.back, name="back"),
    path("slips/<uuid:slip>/correct/", views.correct, name="correct"),
    path("gifts/", views.gifts, name="gifts"),
    path("gifts/new/", views.new_gift, name="new_gift"),
    path("kinds/", views.kinds, name="kinds"),
    path("kinds/new/", views.new_kind, name="new_kind"),
    path("kinds/<int:pk>/", views.kind, name="kind"),
    path("new/", views.new_batch, name="new_batch"),
    path("<int:pk>/", views.batch, name="batch"),
    path("<int:pk>/receive/", views.receive, name="receive"),
    path("<int:pk>/allocate/", views.allocate, name="allocate"),
    path("<int:pk>/allocate/list/", views.allocation_list, name="allocation_list"),
    path("<int:pk>/allocate/answers/", views.answers, name="answers"),
    path("<int:pk>/return/", views.return_up, name="return_up"),
    path("<int:pk>/close/", views.close, name="close"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
]
