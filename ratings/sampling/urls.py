from django.urls import path

from . import desk, views

urlpatterns = [
    path("office/samples/", views.samples, name="office_samples"),
    path("office/samples/new/", views.sample_new, name="office_sample_new"),
    path("office/samples/new/<slug:code>/", views.sample_take, name="office_sample_take"),
    path("office/samples/<slug:code>/", views.sample, name="office_sample"),
    path("office/samples/<slug:code>/form.html", views.sample_print, name="office_sample_print"),
    *(
        path(f"office/samples/<slug:code>/{step}/", views.sample_step, {"step": step}, name=f"office_sample_{step}")
        for step in views.STEPS
    ),
    path("desk/samples/<slug:code>/", desk.sample_desk, name="sample_desk"),
    path("desk/samples/<slug:code>/contest/", desk.sample_contest, name="sample_contest"),
    path("desk/samples/<slug:sample>/<slug:kind>/<int:page>/", views.sample_report, name="sample_report"),
]
