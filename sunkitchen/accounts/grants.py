"""What posts grant: an officer's role over the divisions of the authority; the administrator's over all."""

from collections.abc import Iterator

from sunkitchen.core.access import Grant, Role

from .models import Post, User


def of_posts(user: User) -> Iterator[Grant]:
    if user.is_superuser:
        yield Grant(Role.ADMIN, division="")
    for post in Post.objects.held().filter(user=user).select_related("authority"):
        yield Grant(Role(post.role), division=post.authority.division)
