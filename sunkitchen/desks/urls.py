"""The two home pages of people who signed in. The work itself lies with its noun."""

from django.urls import path

from .office import views as office
from .owner import views as owner

urlpatterns = [
    path("desk/", owner.desk, name="desk"),
    path("desk/notices/read/", owner.notices_read, name="notices_read"),
    path("office/", office.office, name="office"),
]
