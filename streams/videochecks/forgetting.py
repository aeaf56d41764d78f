"""Stills of a paper go with the paper's pictures: a health certificate held into a phone is one, too."""

from sunkitchen.core import files

from .models import Still, VideoCheck


def forget_stills(papers: list[int]) -> int:
    """All stills of these papers' checks, and the words beside them; how many. Inside a transaction."""
    stills = list(Still.objects.filter(check_of__credential__in=papers).select_related("file"))
    for still in stills:
        still.delete()
        files.remove(still.file)
    VideoCheck.objects.filter(credential__in=papers).update(note="", please="")
    return len(stills)
