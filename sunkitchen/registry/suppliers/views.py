"""The ledger's pages: what came in by month, one delivery, its entry on a phone, its table for a spreadsheet."""

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sunkitchen.core import files
from sunkitchen.core.access import Can, can
from sunkitchen.core.spreadsheet import csv_bytes
from sunkitchen.core.workflow import Refused

from ..establishments.gates import establishment_for
from ..uploads.tray import Tray, one_only
from . import actions, notes, pages
from .forms import DeliveryForm, LineForm, Lines, SupplierForm, VoidForm, typed_lines
from .ledger import summary
from .models import Delivery

PER_PAGE = 60


@login_required
def ledger(request, code):
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    today = timezone.localdate()
    text = request.GET.get("q", "").strip()[:60]
    month = pages.month_of(request.GET.get("month", ""), today)
    supplier = pages.any_supplier_of(place, request.GET.get("supplier", ""))
    source = request.GET.get("source", "")
    source = source if source in Delivery.Source.values else ""
    narrowed = {"q": text, "supplier": supplier.pk if supplier else "", "source": source}
    query = urlencode({name: value for name, value in narrowed.items() if value})
    rows = pages.found(place, text, supplier=supplier, source=source) if query else pages.of_month(place, month)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    last = summary(place, today)
    context = {
        "place": place,
        "summary": last,
        "age": (today - last.last).days if last.last else None,
        "month": month,
        "earlier": pages.month_before(month),
        "later": pages.month_after(month) if month < today.replace(day=1) else None,
        "text": text,
        "page": page,
        "rows": page.object_list,
        "query": query,
        "page_query": query or f"month={month:%Y-%m}",
        "supplier": supplier,
        "source": source,
        "suppliers": place.suppliers.order_by("name"),
        "sources": Delivery.Source.choices,
        "recalls": list(place.recalls.select_related("recall").filter(recall__ended_at=None, answer="")),
        "may_run": can(request.user, Can.RUN_KITCHEN, place),
        "usual": pages.usual_suppliers(place),
        "may_enter": can(request.user, Can.KEEP_LEDGER, place),
    }
    return render(request, "registry/ledger.html", context)


@login_required
def delivery_new(request, code):
    """A form with as many lines as came. `more` adds a line, `again` fills in what that supplier brought last; `held` are
    photos that were brought before, of its papers or of the note that is read, and `of` is a delivery to copy."""
    place = establishment_for(request.user, code, Can.KEEP_LEDGER)
    today = timezone.localdate()
    tray = Tray(request, place, "pictures", most=actions.MOST_PROOFS, too_many=actions.too_many_proofs())
    if request.method != "POST":
        return render_fresh(request, place, today, tray)
    if {"more", "again"} & request.POST.keys():
        form = DeliveryForm(place=place, today=today, initial=request.POST.dict())
        lines = typed_lines(request.POST)
        if "again" in request.POST:
            lines += pages.last_lines(pages.supplier_of(place, request.POST.get("supplier", "")))
        return render_entry(request, place, form, fresh_lines(lines, spare="more" in request.POST), tray)
    form = DeliveryForm(tray.data, place=place, today=today)
    lines = Lines(request.POST, prefix="lines")
    tray.offer(form)
    if not all([form.is_valid(), lines.is_valid()]):
        return render_entry(request, place, form, lines, tray, tray.status)
    came = [line.cleaned_data for line in lines if line.has_changed()]
    try:
        row = actions.enter(
            place,
            by=request.user,
            supplier=form.source(),
            received_on=form.cleaned_data["received_on"],
            lines=came,
            held=tray.keys,
            source=Delivery.Source.PHOTO if notes.is_photo(place, tray.keys) else Delivery.Source.FORM,
            form=form.cleaned_data["form"],
            today=today,
        )
    except actions.AlreadyEntered as error:
        row = error.delivery
        tray.let_go()
        messages.info(request, _("This delivery stands in the ledger already; it was not entered twice."))
    except Refused as error:
        return render_entry(request, place, form, lines, tray, error.said_in(form))
    else:
        messages.success(request, _("The delivery stands in the ledger."))
        if (ended := row.supplier.licence_through) and ended < today:
            said = _("The licence of %(supplier)s on file ended on %(day)s. Please ask for the new one.")
            messages.warning(request, said % {"supplier": row.supplier, "day": ended})
    return redirect("delivery", code=place.code, pk=row.pk)


@login_required
def delivery(request, code, pk):
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    row = get_object_or_404(pages.whole(place.deliveries.all()), pk=pk)
    return render_delivery(request, place, row)


@login_required
def delivery_void(request, code, pk):
    place = establishment_for(request.user, code, Can.KEEP_LEDGER)
    row = get_object_or_404(pages.whole(place.deliveries.all()), pk=pk)
    if request.method != "POST":
        return redirect("delivery", code=place.code, pk=row.pk)
    form = VoidForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.void(row, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("The entry is void: it stays visible, struck through, and counts no more."))
            return redirect("delivery", code=place.code, pk=row.pk)
    return render_delivery(request, place, row, form, status)


@login_required
def delivery_proof(request, code, pk, number):
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    row = get_object_or_404(place.deliveries, pk=pk)
    return files.serve_nth((proof.file for proof in row.proofs.select_related("file")), number)


@login_required
def ledger_csv(request, code):
    """The whole ledger, or `?month=`, one row a line, voided ones with their reason."""
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    month = pages.month_of(request.GET["month"], timezone.localdate()) if request.GET.get("month") else None
    text, source = request.GET.get("q", "").strip()[:60], request.GET.get("source", "")
    supplier = pages.any_supplier_of(place, request.GET.get("supplier", ""))
    headings, rows = pages.table(place, month, pages.found(place, text, supplier=supplier, source=source))
    response = HttpResponse(csv_bytes(headings, rows), content_type="text/csv; charset=utf-8")
    name = f"ledger-{place.code}{f'-{month:%Y-%m}' if month else ''}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


def render_fresh(request, place, today, tray):
    """Empty, as last time, a copy, or as the photo of the note says."""
    note = notes.note(place, tray.keys, today) if tray.keys else None
    if note and note.state == "waiting" and not request.GET.get("unread"):
        query = urlencode([("held", key) for key in tray.keys])
        response = render(request, "registry/delivery_reading.html", {"place": place, "query": query})
        response["Refresh"] = "3"  # without JavaScript too
        return response
    if note:
        form = DeliveryForm(place=place, today=today, initial=note.initial)
        lines = fresh_lines(note.lines)
        marked(form, note.marks)
        for line, marks in zip(lines.forms, note.line_marks, strict=False):
            marked(line, marks)
        return render_entry(request, place, form, lines, tray, note=note)
    if copied := pages.delivery_of(place, request.GET.get("of", "")):
        known = copied.supplier if copied.supplier.ended_at is None else None
        initial = {"supplier": known.pk} if known else {"new_supplier": copied.supplier.name}
        return render_entry(
            request,
            place,
            DeliveryForm(place=place, today=today, initial=initial),
            fresh_lines(pages.lines_again(copied)),
            tray,
        )
    supplier = pages.supplier_of(place, request.GET.get("supplier", ""))
    form = DeliveryForm(place=place, today=today, initial={"supplier": supplier.pk} if supplier else None)
    return render_entry(request, place, form, fresh_lines(pages.last_lines(supplier)), tray)


def marked(form, marks):
    """Beside each field what was read, and whether it should be looked at."""
    for name, (words, is_sure) in marks.items():
        form.fields[name].read = {"words": words, "is_sure": is_sure}


def fresh_lines(lines, spare=False):
    formset = Lines(initial=lines, prefix="lines")
    formset.extra = 1 if spare or not lines else 0
    return formset


def render_entry(request, place, form, lines, tray, status=200, note=None):
    note = note or (notes.note(place, tray.keys, timezone.localdate()) if tray.keys else None)
    if not form.is_bound:
        tray.offer(form)
        if tray.refused:
            messages.error(request, str(tray.refused))
    context = {
        "note": note,
        "brought": tray,
        "place": place,
        "form": form,
        "lines": lines,
        "usual": pages.usual_suppliers(place),
        "products": pages.usual_words(place, "product"),
        "units": pages.units(place),
        "line_fields": list(LineForm.base_fields),
    }
    return render(request, "registry/delivery_form.html", context, status=status)


def render_delivery(request, place, row, form=None, status=200):
    context = {
        "place": place,
        "row": row,
        "form": form or VoidForm(),
        "wrong": form is not None,
        "pictures": range(1, sum(proof.file.pages for proof in row.proofs.all()) + 1),
        "may_void": row.voided_at is None and can(request.user, Can.KEEP_LEDGER, place),
        "may_enter": can(request.user, Can.KEEP_LEDGER, place),
    }
    return render(request, "registry/delivery.html", context, status=status)


# ── suppliers ───────────────────────────────────────────────────────────────────────────────────────────────
@login_required
def suppliers(request, code):
    place = establishment_for(request.user, code, Can.KEEP_LEDGER if request.method == "POST" else Can.SEE_KITCHEN)
    offered = {name: request.GET.get(name, "")[:100] for name in ("name", "uscc", "permit")}
    tray = Tray(request, place, "picture", most=1, too_many=one_only())
    form = SupplierForm(tray.data, initial=offered)
    tray.offer(form)
    status = tray.status if form.is_bound else 200
    text = request.GET.get("find", "").strip()[:60]
    if form.is_valid():
        try:
            row = actions.add_supplier(place, by=request.user, held=tray.keys, **form.facts())
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("%(supplier)s is in your list.") % {"supplier": row})
            return redirect("suppliers", code=place.code)
    context = {
        "place": place,
        "form": form,
        "brought": tray,
        "rows": pages.suppliers(place),
        "text": text,
        "elsewhere": pages.known_elsewhere(place, text) if text else [],
        "may_enter": can(request.user, Can.KEEP_LEDGER, place),
    }
    return render(request, "registry/suppliers.html", context, status=status)


@login_required
def supplier(request, code, pk):
    place = establishment_for(request.user, code, Can.KEEP_LEDGER)
    row = get_object_or_404(place.suppliers, pk=pk, ended_at=None)
    tray = Tray(request, place, "picture", most=1, too_many=one_only())
    form = SupplierForm(tray.data, instance=row)
    tray.offer(form)
    status = tray.status if form.is_bound else 200
    if form.is_valid():
        try:
            actions.edit_supplier(row, by=request.user, held=tray.keys, **form.facts())
        except Refused as error:
            status = error.said_in(form)
        else:
            messages.success(request, _("Saved."))
            return redirect("suppliers", code=place.code)
    context = {"place": place, "form": form, "brought": tray, "row": row, "used": row.deliveries.exists()}
    return render(request, "registry/supplier.html", context, status=status)


@login_required
def supplier_licence(request, code, pk, number):
    place = establishment_for(request.user, code, Can.SEE_KITCHEN)
    row = get_object_or_404(place.suppliers.select_related("licence"), pk=pk)
    return files.serve_nth([row.licence] if row.licence else [], number)


@login_required
@require_POST
def supplier_end(request, code, pk):
    place = establishment_for(request.user, code, Can.KEEP_LEDGER)
    row = get_object_or_404(place.suppliers, pk=pk)
    try:
        actions.end_supplier(row, by=request.user)
    except Refused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%(supplier)s is no longer in your list; its deliveries stay.") % {"supplier": row})
    return redirect("suppliers", code=place.code)
