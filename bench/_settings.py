"""The product's settings, with the bench's addresses."""

from sunkitchen.settings import *  # noqa: F403

ROOT_URLCONF = "bench._urls"
