"""A paper's form: the mark of each field."""

from django import template

register = template.Library()


@register.simple_tag
def mark_of(brought, name):
    """What was read for the field, or None."""
    return brought.marks.get(name)
