"""Every step of a review from every state, by every role, where two officers are wanted."""

from datetime import date

import pytest
from django.utils import timezone

from sunkitchen.core.audit import trail
from sunkitchen.core.workflow import Refused, WrongState
from sunkitchen.registry.credentials import actions as credentials
from sunkitchen.registry.credentials import standing
from sunkitchen.registry.models import Credential
from tests import builders

TODAY = date(2026, 11, 22)
STATES = ["draft", "submitted", "endorsed", "returned", "in_force", "revoked", "replaced"]
ENDS = {  # (state, deed) → what it is afterwards; anything else is refused and changes nothing
    ("submitted", "approve"): "endorsed",
    ("endorsed", "approve"): "in_force",
    ("submitted", "return"): "returned",
    ("endorsed", "return"): "returned",
}
OFFICE = {"inspector": 403, "publisher": 403, "auditor": 403, "owner": 404, "stranger": 404}


@pytest.fixture
def paper(restaurant, wang, lu):
    def in_state(name):
        state = "submitted" if name == "endorsed" else name
        row = builders.permit(restaurant, submitted_by=wang, state=state)
        if name == "endorsed":
            Credential.objects.filter(pk=row.pk).update(endorsed_by=lu, endorsed_at=timezone.now())
        row.refresh_from_db()
        return row

    return in_state


def stands(row):
    row.refresh_from_db()
    return "endorsed" if row.state == "submitted" and row.endorsed_by_id else row.state


@pytest.mark.parametrize("deed", ["approve", "return"])
@pytest.mark.parametrize("state", STATES)
def test_a_step_leads_from_where_it_may_start_and_from_nowhere_else(paper, careful, li, state, deed):
    row = paper(state)
    act = credentials.approve if deed == "approve" else credentials.send_back
    extra = {"today": TODAY} if deed == "approve" else {"reason": "请重拍"}
    if (state, deed) in ENDS:
        act(row, by=li, **extra)
        assert stands(row) == ENDS[state, deed]
    else:
        with pytest.raises((WrongState, Refused)):
            act(row, by=li, **extra)
        assert stands(row) == state


@pytest.mark.parametrize("deed", ["approve", "return", "open", "skip"])
@pytest.mark.parametrize("role", OFFICE)
def test_nobody_but_a_clerk_decides(paper, careful, at, wang, zhao, sun, wu, qian, role, deed):
    person = {"inspector": zhao, "publisher": sun, "auditor": wu, "owner": wang, "stranger": qian}[role]
    row = paper("endorsed")
    answer = at(person).post(
        f"/en/office/papers/{row.pk}/{deed}/", {"seen": row.submitted_at.isoformat(), "reasons": ["blurred"]}
    )
    assert answer.status_code == OFFICE[role] and stands(row) == "endorsed"


def test_the_trail_that_is_kept_for_ever_has_no_whole_name_out_of_a_reason(restaurant, wang, li):
    """Erasure blanks the paper's own reason; what stands in the trail nobody can take back."""
    member = builders.staff_member(restaurant, name="张小敏", added_by=wang)
    paper = builders.health_certificate(member, submitted_by=wang, state="submitted")
    credentials.send_back(paper, by=li, reason="张小敏的健康证看不清，张小敏请重拍。")
    assert "张小敏" in paper.reason  # the owner knows whose
    Credential.objects.filter(pk=paper.pk).update(state="in_force", reason="")
    paper.refresh_from_db()
    standing.revoke(paper, by=li, reason="张小敏的体检结论被撤回，文号 1。")
    notes = [entry.detail["reason"] for entry in trail(paper) if "reason" in entry.detail]
    assert notes == ["张*的健康证看不清，张*请重拍。", "张*的体检结论被撤回，文号 1。"]
