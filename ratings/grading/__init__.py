"""量化等级: how a visit becomes a score, a result and a grade. Pure; see scale.py."""

from django.utils.translation import gettext_lazy as _

from .scale import A_FROM, ANSWERS, B_FROM, C_FROM, FAIL, NA, OK, Answer, Grade, Score, grade, result, score

# Words of the reasons, for pages.
REASONS = {
    "score_from_9": _("Score of 9.0 or more"),
    "score_from_7_5": _("Score from 7.5 to 8.9"),
    "score_from_6": _("Score from 6.0 to 7.4"),
    "score_below_6": _("No grade: score below 6.0"),
    "two_key_items_failed": _("No grade: two or more key items failed"),
    "no_permit_in_force": _("No grade: no food permit in force on record"),
    "permit_younger_than_3_months": _("No grade in the permit's first 3 months"),
    "incident_within_6_months": _("No grade for 6 months after an incident"),
    "incident_since_the_visit": _("No grade: an incident came after the latest visit"),
    "new_operator": _("No grade: the kitchen has a new operator, and was not inspected since"),
    "not_visited": _("No grade before the first visit"),
}

__all__ = [
    "ANSWERS",
    "A_FROM",
    "B_FROM",
    "C_FROM",
    "FAIL",
    "NA",
    "OK",
    "REASONS",
    "Answer",
    "Grade",
    "Score",
    "grade",
    "result",
    "score",
]
