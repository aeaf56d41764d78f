from django.urls import path

from . import office_views as office
from . import views

urlpatterns = [
    path("desk/talks/", views.talks, name="talks"),
    path("desk/talks/new/", views.talk_new, name="talk_new"),
    path("desk/talks/<uuid:code>/", views.talk, name="talk"),
    path("talks/<uuid:code>/files/<int:pk>/<int:number>/", views.talk_file, name="talk_file"),
    path("office/talks/", office.office_talks, name="office_talks"),
    path("office/talks/answers/", office.canned_answers, name="canned_answers"),
    path("office/talks/answers/<int:pk>/", office.canned_answer, name="canned_answer"),
    path("office/talks/hours/<slug:authority>/", office.talk_hours, name="talk_hours"),
    path("office/talks/<uuid:code>/", office.office_talk, name="office_talk"),
    path("office/talks/<uuid:code>/take/", office.talk_take, name="talk_take"),
    path("office/talks/<uuid:code>/hand-over/", office.talk_hand_over, name="talk_hand_over"),
    path("office/talks/<uuid:code>/close/", office.talk_close, name="talk_close"),
    path("office/talks/<uuid:code>/pre-check/", office.talk_precheck, name="talk_precheck"),
]
