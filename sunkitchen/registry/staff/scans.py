"""Pictures of people's papers leave the house: when the person is erased, or when their term is over."""

from collections.abc import Callable, Iterable

from sunkitchen.core import files
from sunkitchen.core.models import StoredFile

from ..credentials.models import Credential, CredentialPage
from ..uploads.models import Upload
from .models import FilmingConsent

Remover = Callable[[list[int]], int]
_beside: list[Remover] = []


def also(remover: Remover) -> None:
    """`remover(ids of credentials)` removes what a layer above keeps as pictures of them; called once as its app starts."""
    if remover not in _beside:
        _beside.append(remover)


def remove_of(papers: Iterable[Credential]) -> int:
    """Every picture of these papers, with what a machine read on it; how many. Inside a transaction."""
    ids = [paper.pk for paper in papers]
    pages = list(CredentialPage.objects.filter(credential__in=ids).select_related("file"))
    removed = sum(remover(ids) for remover in _beside)
    for page in pages:
        page.delete()
        _remove(page.file)
    return removed + len(pages)


def remove_forms(consents: Iterable[FilmingConsent]) -> int:
    """The pictures of signed forms; that they were signed, and when, stays. Inside a transaction."""
    removed = 0
    for consent in consents:
        form = consent.form
        if form is not None:
            FilmingConsent.objects.filter(pk=consent.pk).update(form=None)
            _remove(form)
            removed += 1
    return removed


def _remove(stored: StoredFile) -> None:
    Upload.objects.filter(file=stored).delete()  # what its sender called it
    files.remove(stored)
