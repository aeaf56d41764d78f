from django.urls import path

from . import office_views as office
from . import register_views as registers
from . import views

urlpatterns = [
    path("desk/kitchens/<slug:code>/needed/", views.kitchen_requirements, name="kitchen_requirements"),
    path(
        "desk/kitchens/<slug:code>/needed/<slug:requirement>/undertaking/",
        views.kitchen_undertake,
        name="kitchen_undertake",
    ),
    path(
        "desk/kitchens/<slug:code>/needed/<slug:requirement>/check/", views.kitchen_own_check, name="kitchen_own_check"
    ),
    path(
        "desk/kitchens/<slug:code>/needed/<slug:requirement>/register/", registers.kitchen_shared, name="kitchen_shared"
    ),
    path(
        "desk/kitchens/<slug:code>/needed/checks/<int:pk>/drop/",
        views.kitchen_own_check_drop,
        name="kitchen_own_check_drop",
    ),
    path("office/checks/", office.own_check_list, name="own_checks"),
    path("office/checks/<int:pk>/", office.own_check, name="own_check"),
    path("office/undertakings/", office.undertakings, name="undertakings"),
    path("office/undertakings/<int:pk>/", office.undertaking, name="undertaking"),
    path("office/shared/", registers.shared_registers, name="shared_registers"),
    path("office/shared/template.csv", registers.shared_register_template, name="shared_register_template"),
    path("office/shared/<int:pk>/", registers.shared_register, name="shared_register"),
    path("office/shared/<int:pk>/load/", registers.shared_register_load, name="shared_register_load"),
    path("office/shared/<int:pk>/change/", registers.shared_register_change, name="shared_register_change"),
    path("office/shared/<int:pk>/try/", registers.shared_register_try, name="shared_register_try"),
    path("office/shared/<int:pk>/end/", registers.shared_register_end, name="shared_register_end"),
    path("office/shared/<int:pk>/trust/", registers.shared_register_trust, name="shared_register_trust"),
]
