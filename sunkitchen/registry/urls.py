"""What owners bring, and what clerks judge."""

from django.urls import path

from .credentials import views as credentials
from .establishments import views as establishments
from .stickers import views as stickers

urlpatterns = [
    path("desk/kitchens/new/", establishments.kitchen_new, name="kitchen_new"),
    path("desk/kitchens/<slug:code>/", establishments.kitchen_desk, name="kitchen_desk"),
    path("desk/kitchens/<slug:code>/edit/", establishments.kitchen_edit, name="kitchen_edit"),
    path("desk/kitchens/<slug:code>/papers/new/", credentials.paper_new, name="paper_new"),
    path("desk/kitchens/<slug:code>/papers/<int:pk>/", credentials.paper, name="paper"),
    path("desk/kitchens/<slug:code>/papers/<int:pk>/edit/", credentials.paper_edit, name="paper_edit"),
    path("desk/kitchens/<slug:code>/papers/<int:pk>/withdraw/", credentials.paper_withdraw, name="paper_withdraw"),
    path("desk/kitchens/<slug:code>/stickers/", stickers.stickers, name="stickers"),
    path("desk/kitchens/<slug:code>/stickers/print.pdf", stickers.stickers_pdf, name="stickers_pdf"),
    path("desk/kitchens/<slug:code>/stickers/<int:pk>/revoke/", stickers.sticker_revoke, name="sticker_revoke"),
    path("desk/kitchens/<slug:code>/stickers/<int:pk>/rotate/", stickers.sticker_rotate, name="sticker_rotate"),
    path("papers/<int:pk>/pages/<int:number>/", credentials.paper_page, name="paper_page"),
    path("office/papers/", credentials.papers, name="papers"),
    path("office/papers/<int:pk>/", credentials.review, name="review"),
    path("office/papers/<int:pk>/approve/", credentials.review_approve, name="review_approve"),
    path("office/papers/<int:pk>/return/", credentials.review_return, name="review_return"),
]
