from django import template

from streams.cameras.said import plain

register = template.Library()
register.filter("plain", plain)
