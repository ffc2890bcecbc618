"""URLs of this area."""

from django.urls import path

from niangjia.web.desk.training import calls, classes, results, views, women

app_name = "training"
urlpatterns = [
    path("", views.index, name="index"),
    path("projects/new/", views.new_project, name="new_project"),
    path("projects/<int:pk>/", views.project, name="project"),
    path("projects/<int:pk>/edit/", views.edit_project, name="edit_project"),
    path("standards/", views.standards, name="standards"),
    path("standards/<str:kind>/", views.standard, name="standard"),
    path("calls/", calls.index, name="calls"),
    path("calls/file/", calls.file, name="calls_file"),
    path("calls/<int:pk>/", calls.call, name="call"),
    path("to-tell/", calls.to_tell, name="to_tell"),
    path("projects/<int:pk>/classes/new/", classes.new, name="new_course"),
    path("classes/<int:pk>/", classes.show, name="course"),
    path("classes/<int:pk>/edit/", classes.edit, name="edit_course"),
    path("classes/<int:pk>/timetable/", classes.timetable, name="timetable"),
    path("classes/<int:pk>/move/<str:step>/", classes.move, name="move"),
    path("classes/<int:pk>/cancel/", classes.cancel, name="cancel"),
    path("classes/<int:pk>/poster/", classes.poster, name="poster"),
    path("classes/<int:pk>/papers/", classes.papers, name="papers"),
    path("classes/<int:pk>/evidence/", classes.evidence, name="evidence"),
    path("papers/<int:pk>/remove/", classes.remove_paper, name="remove_paper"),
    path("classes/<int:pk>/women/", women.index, name="women"),
    path("classes/<int:pk>/accept/", women.accept_all, name="accept_all"),
    path("classes/<int:pk>/enrol/", women.enrol, name="enrol"),
    path("classes/<int:pk>/import/", women.take, name="import"),
    path("classes/<int:pk>/roster/", women.roster, name="roster"),
    path("template/", women.template, name="template"),
    path("women/<int:pk>/", women.show, name="enrolment"),
    path("women/<int:pk>/prove/", women.prove, name="prove"),
    path("women/<int:pk>/end/<str:step>/", women.end, name="end"),
    path("women/<int:pk>/do/<str:step>/", women.do, name="do"),
    path("classes/<int:pk>/exam/", results.exam, name="exam"),
    path("classes/<int:pk>/scores/", results.scores, name="scores"),
    path("classes/<int:pk>/scores/file/", results.scores_file, name="scores_file"),
    path("classes/<int:pk>/certify/", results.certify, name="certify"),
    path("classes/<int:pk>/claim/", results.claim, name="claim"),
    path("classes/<int:pk>/claim/back/", results.claim_back, name="claim_back"),
    path("classes/<int:pk>/claim/audit/", results.audit, name="audit"),
    path("classes/<int:pk>/claim/file/", results.claim_file, name="claim_file"),
]
