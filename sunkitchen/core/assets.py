"""Static files under names that carry their content, so that browsers may keep them for ever."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class NamedByContent(ManifestStaticFilesStorage):
    """Django's, which here follows the imports of our ES modules too: a page never mixes old and new ones."""

    support_js_module_import_aggregation = True
