"""Who may open what: one line for every address. tests/test_permissions.py walks the resolver and asks each of them.

A gate says, for a role and a side, what the answer must be. It follows from the capability table alone (which
tests/core/test_access.py spells out by hand), never from a view. To add an address, add a line to ROUTES: its URL
name, its gate, what its arguments name (a key of World.places' pools in the test) and the methods it serves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from sunkitchen.core.access import CAPABILITIES, Can, Role

ANONYMOUS, STRANGER = "anonymous", "stranger"
ROLES = [ANONYMOUS, STRANGER, *(role.value for role in Role)]
OWNERS = {"owner", "manager"}
OFFICERS = {"clerk", "inspector", "publisher", "auditor"}

# own: the restaurant where everybody with a role has it; rival: another owner's in the same city; foreign: elsewhere.
SIDES = ["own", "rival", "foreign"]
INSIDE = {
    "own": OWNERS | OFFICERS | {"admin"},
    "rival": OFFICERS | {"admin"},
    "foreign": {"admin"},
}


class Answer(StrEnum):
    IN = "let in"
    SIGN_IN = "sent to sign in"
    REFUSED = "refused (403)"
    HIDDEN = "told there is nothing (404)"
    AWAY = "redirected"


Gate = Callable[[str, str], Answer]


def public(role: str, side: str) -> Answer:
    """Anybody, without a cookie."""
    return Answer.IN


def door(role: str, side: str) -> Answer:
    """Signing in: whoever is in already is sent on."""
    return Answer.IN if role == ANONYMOUS else Answer.AWAY


def signed_in(role: str, side: str) -> Answer:
    return Answer.SIGN_IN if role == ANONYMOUS else Answer.IN


def office(capability: Can = Can.SEE_OFFICE) -> Gate:
    """A page of the office that names no object: nothing to see for anybody outside of it."""

    def gate(role: str, side: str) -> Answer:
        if role == ANONYMOUS:
            return Answer.SIGN_IN
        if role == STRANGER or Can.SEE_OFFICE not in CAPABILITIES[Role(role)]:
            return Answer.HIDDEN
        return Answer.IN if capability in CAPABILITIES[Role(role)] else Answer.REFUSED

    return gate


def kitchens(capability: Can) -> Gate:
    """The object belongs to a kitchen: insiders with the capability; other insiders 403, strangers 404."""

    def gate(role: str, side: str) -> Answer:
        if role == ANONYMOUS:
            return Answer.SIGN_IN
        if role not in INSIDE[side]:
            return Answer.HIDDEN
        return Answer.IN if capability in CAPABILITIES[Role(role)] else Answer.REFUSED

    return gate


def either(*capabilities: Can) -> Gate:
    """As `kitchens`, where one of several capabilities is enough."""
    gates = [kitchens(capability) for capability in capabilities]

    def gate(role: str, side: str) -> Answer:
        answers = [gate(role, side) for gate in gates]
        return Answer.IN if Answer.IN in answers else answers[0]

    return gate


def officers(capability: Can) -> Gate:
    """The object is the office's alone (an edition, a review): a kitchen's own people are strangers to it."""
    of_kitchen = kitchens(capability)

    def gate(role: str, side: str) -> Answer:
        return Answer.HIDDEN if role in OWNERS else of_kitchen(role, side)

    return gate


def officers_of_either(*capabilities: Can) -> Gate:
    """As `officers`, where one of several capabilities is enough."""
    of_kitchen = either(*capabilities)

    def gate(role: str, side: str) -> Answer:
        return Answer.HIDDEN if role in OWNERS else of_kitchen(role, side)

    return gate


def addressee(role: str, side: str) -> Answer:
    """A letter on the desk: its reader's alone, whatever anybody else may do."""
    if role == ANONYMOUS:
        return Answer.SIGN_IN
    return Answer.IN if role == "owner" and side == "own" else Answer.HIDDEN


@dataclass(frozen=True)
class Route:
    name: str
    gate: Gate
    of: str = ""  # what its arguments name
    methods: tuple[str, ...] = ("GET",)
    let_in: frozenset[int] = frozenset({200})  # statuses that count as let in
    send: Gate | None = None  # for sending, where that takes more than reading

    def gate_of(self, method: str) -> Gate:
        return self.send if self.send and method == "POST" else self.gate


def get(name: str, gate: Gate, of: str = "", *let_in: int) -> Route:
    return Route(name, gate, of, ("GET",), frozenset(let_in or {200}))


ANSWERED = frozenset({200, 302, 409, 422})  # a form: shown, taken, or told in words what is wrong with it


def form(name: str, gate: Gate, of: str = "", send: Gate | None = None) -> Route:
    """A page with a form: read and sent."""
    return Route(name, gate, of, ("GET", "POST"), ANSWERED, send)


def deed(name: str, gate: Gate, of: str = "") -> Route:
    """Only sent."""
    return Route(name, gate, of, ("POST",), ANSWERED)


ROUTES = [
    # the door
    form("account_login", door),
    form("account_request_login_code", door),
    form("account_confirm_login_code", door),
    form("account_reset_password", public),
    form("account_confirm_password_reset_code", public),
    form("account_complete_password_reset", public),
    form("account_signup", door),
    deed("account_logout", public),
    form("mfa_authenticate", door),
    form("sign_in_again", signed_in),
    form("second_factor", signed_in),
    # what anybody sees
    get("home", public),
    get("privacy", public),
    get("wall", public),
    get("wall_now", public),
    get("map", public),
    get("map_points", public),
    get("kitchen", public, "kitchen"),
    get("kitchen_live", public, "kitchen"),
    get("kitchen_poster", public, "kitchen", 200, 404),
    get("kitchen_history", public, "kitchen"),
    get("kitchen_ledger", public, "kitchen"),
    get("kitchen_photo", public, "photo"),
    get("kitchen_kiosk", public, "kitchen"),
    get("scan", public, "sticker"),
    get("scan_upper", public, "sticker"),
    get("lists", public),
    get("edition", public, "edition", 200, 404),
    get("edition_json", public, "edition", 200, 404),
    get("edition_csv", public, "edition", 200, 404),
    get("edition_pdf", public, "edition", 200, 404),
    get("edition_png", public, "edition", 200, 404),
    get("list_rules", public),
    get("list_rules_of", public, "rules"),
    get("edition_xlsx", public, "edition", 200, 404),
    get("edition_docx", public, "edition", 200, 404),
    get("edition_out", public, "edition", 200, 404),
    Route("edition_read", public, "edition", ("POST",), frozenset({204, 404, 429})),
    Route("edition_shared", public, "edition", ("POST",), frozenset({204, 404, 429})),
    get("lists_feed", public),
    get("badge", public, "kitchen"),
    get("embed", public, "kitchen"),
    get("archive", public, "authority"),
    get("claim_short", public, "", 302),
    get("log", public),
    get("log_verifier", public),
    get("log_proof", public, "log_entry", 200, 404),
    get("log_file", public, "log", 200, 404),
    # for machines; /metrics answers this machine itself, as which the tests ask (tests/operate asks as others)
    get("healthz_live", public),
    get("healthz_ready", public, "", 200, 503),
    get("metrics", public),
    # desks
    get("desk", signed_in),
    get("notices", signed_in),
    deed("notices_read", signed_in),
    deed("notice_open", addressee, "notice"),
    get("office", office()),
    get("office_notices", office()),
    get("office_figures", office()),
    get("office_kitchens", office()),
    get("office_audit", office(Can.SEE_AUDIT)),
    get("office_undelivered", office()),
    deed("notice_resend", officers(Can.SERVE_NOTICE), "notice"),
    deed("notice_by_hand", officers(Can.SERVE_NOTICE), "notice"),
    # kitchens and their papers
    form("kitchen_new", signed_in),
    get("kitchen_desk", kitchens(Can.SEE_KITCHEN), "kitchen"),
    form("kitchen_edit", kitchens(Can.EDIT_KITCHEN), "kitchen"),
    form("kitchen_close", kitchens(Can.CLOSE_KITCHEN), "kitchen"),
    deed("kitchen_reopen", kitchens(Can.CLOSE_KITCHEN), "kitchen"),
    form("people", kitchens(Can.RUN_KITCHEN), "kitchen"),
    form("membership_leave", kitchens(Can.EDIT_KITCHEN), "kitchen"),
    deed("membership_end", kitchens(Can.RUN_KITCHEN), "membership"),
    form("photos", kitchens(Can.SEE_KITCHEN), "kitchen", send=kitchens(Can.EDIT_KITCHEN)),
    get("photo", kitchens(Can.SEE_KITCHEN), "photo"),
    deed("photo_move", kitchens(Can.EDIT_KITCHEN), "photo"),
    deed("photo_remove", kitchens(Can.REMOVE_PHOTO), "photo"),
    # the ledger
    get("ledger", kitchens(Can.SEE_KITCHEN), "kitchen"),
    get("ledger_csv", kitchens(Can.SEE_KITCHEN), "kitchen"),
    form("delivery_new", kitchens(Can.KEEP_LEDGER), "kitchen"),
    get("delivery", kitchens(Can.SEE_KITCHEN), "delivery"),
    get("delivery_proof", kitchens(Can.SEE_KITCHEN), "delivery"),
    form("delivery_void", kitchens(Can.KEEP_LEDGER), "delivery"),
    form("suppliers", kitchens(Can.SEE_KITCHEN), "kitchen", send=kitchens(Can.KEEP_LEDGER)),
    form("supplier", kitchens(Can.KEEP_LEDGER), "supplier"),
    deed("supplier_end", kitchens(Can.KEEP_LEDGER), "supplier"),
    # papers
    form("paper_new", kitchens(Can.HAND_IN_PAPERS), "kitchen"),
    get("paper", kitchens(Can.SEE_PAPERS), "paper"),
    form("paper_edit", kitchens(Can.HAND_IN_PAPERS), "paper"),
    deed("paper_withdraw", kitchens(Can.HAND_IN_PAPERS), "paper"),
    get("paper_page", kitchens(Can.SEE_PAPERS), "paper"),
    get("papers", office()),
    get("review", officers(Can.SEE_PAPERS), "paper"),
    deed("review_approve", officers(Can.REVIEW_PAPERS), "paper"),
    deed("review_return", officers(Can.REVIEW_PAPERS), "paper"),
    # staff
    get("staff", kitchens(Can.SEE_KITCHEN), "kitchen"),
    form("staff_new", kitchens(Can.KEEP_STAFF), "kitchen"),
    deed("staff_shown", kitchens(Can.RUN_KITCHEN), "kitchen"),
    get("staff_member", kitchens(Can.SEE_PAPERS), "staff"),
    form("staff_edit", kitchens(Can.KEEP_STAFF), "staff"),
    form("staff_leave", kitchens(Can.KEEP_STAFF), "staff"),
    deed("staff_stay", kitchens(Can.KEEP_STAFF), "staff"),
    form("staff_consent", kitchens(Can.KEEP_STAFF), "staff"),
    form("staff_withdraw", kitchens(Can.KEEP_STAFF), "staff"),
    get("staff_consent_form", kitchens(Can.SEE_PAPERS), "staff"),
    get("staff_consent_page", kitchens(Can.SEE_PAPERS), "staff"),
    form("certificate_new", kitchens(Can.HAND_IN_PAPERS), "staff"),
    # stickers
    form("stickers", kitchens(Can.PRINT_STICKERS), "kitchen"),
    get("stickers_pdf", kitchens(Can.PRINT_STICKERS), "kitchen"),
    deed("sticker_revoke", kitchens(Can.PRINT_STICKERS), "sticker"),
    deed("sticker_rotate", kitchens(Can.PRINT_STICKERS), "sticker"),
    # inspections
    get("office_inspections", office()),
    get("office_inspection_new", office(Can.INSPECT)),
    form("office_inspection_begin", kitchens(Can.INSPECT), "kitchen"),
    form("office_inspection", kitchens(Can.SEE_OFFICE), "inspection", send=kitchens(Can.INSPECT)),
    get("office_inspection_worker", public),
    get("office_inspection_token", office(Can.INSPECT)),
    get("office_inspection_sheet", kitchens(Can.SEE_OFFICE), "visited"),
    deed("office_inspection_photos", kitchens(Can.INSPECT), "visited"),
    get("office_inspection_photo", kitchens(Can.SEE_OFFICE), "visited"),
    get("office_inspection_signature", kitchens(Can.SEE_OFFICE), "visited"),
    get("inspection_desk", kitchens(Can.SEE_KITCHEN), "visited"),
    get("inspection_desk_photo", kitchens(Can.SEE_KITCHEN), "visited"),
    # draws and the plan of visits
    get("public_draws", public),
    get("public_draw_tool", public),
    get("public_draw", public, "draw"),
    get("public_draw_json", public, "draw"),
    get("office_plan", office()),
    get("office_plan_calendar", office()),
    form("office_plan_class", kitchens(Can.SEE_OFFICE), "kitchen", send=kitchens(Can.SET_RISK)),
    get("office_draws", office()),
    form("office_draw_new", office(Can.DRAW_VISITS)),
    get("office_draw", officers(Can.SEE_OFFICE), "draw"),
    deed("office_draw_hold", officers(Can.DRAW_VISITS), "draw"),
    deed("office_draw_visit", officers(Can.INSPECT), "assignment"),
    # editions
    get("office_editions", office()),
    form("office_edition_new", office(Can.DRAFT_EDITION)),
    get("office_edition", officers(Can.SEE_OFFICE), "draft"),
    form("office_proposals", officers(Can.SEE_OFFICE), "draft", send=officers(Can.DRAFT_EDITION)),
    form("office_schedule", office(), send=office(Can.ARRANGE_LISTS)),
    form("office_edition_opinion", officers(Can.APPROVE_EDITION), "draft"),
    form("office_edition_release", officers(Can.PUBLISH_EDITION), "draft"),
    form("office_edition_recall", officers(Can.PUBLISH_EDITION), "draft"),
    get("office_edition_approvals", officers(Can.SEE_OFFICE), "draft"),
    form("office_chain", officers(Can.ARRANGE_LISTS), "bureau"),
    get("office_listing_file", officers(Can.SEE_OFFICE), "listing"),
    form("office_listing_attach", officers(Can.DRAFT_EDITION), "listing"),
    form("office_listing_mended", officers(Can.INSPECT), "listing"),
    form("office_listing_stay", officers(Can.AMEND_LISTING), "listing"),
    form("office_listing_lift", officers(Can.AMEND_LISTING), "listing"),
    form("office_listing_withdraw", officers(Can.AMEND_LISTING), "listing"),
    form("office_listing_correct", officers(Can.AMEND_LISTING), "listing"),
    form("office_listing_remove", officers(Can.AMEND_LISTING), "listing"),
    form("office_listing_erase", officers(Can.AMEND_LISTING), "listing"),
    get("office_rectifications", office()),
    get("rectification_photo", kitchens(Can.SEE_KITCHEN), "rectification"),
    form("listing_mended", kitchens(Can.OBJECT), "listing"),
    get("listing_proof", kitchens(Can.SEE_KITCHEN), "listing", 200, 302),
    get("office_listing", officers(Can.SEE_OFFICE), "listing"),
    get("office_listing_media", officers_of_either(Can.DRAFT_EDITION, Can.PUBLISH_EDITION), "listed"),
    get("office_listing_print", officers(Can.SEE_OFFICE), "listing"),
    get("office_listing_proof", officers(Can.SEE_OFFICE), "listing"),
    form("office_listing_notice", officers(Can.SERVE_NOTICE), "listing"),
    form("office_listing_serve", officers(Can.SERVE_NOTICE), "listing"),
    form("office_listing_waive", officers(Can.SERVE_NOTICE), "listing"),
    form("office_listing_objection", officers(Can.SERVE_NOTICE), "listing"),
    form("office_listing_decide", officers(Can.DECIDE_OBJECTION), "listing"),
    form("office_listing_drop", officers(Can.DRAFT_EDITION), "listing"),
    get("listing_desk", kitchens(Can.SEE_KITCHEN), "listing"),
    form("listing_object", kitchens(Can.OBJECT), "listing"),
    # samples, outbreaks, orders to mend
    get("office_samples", office()),
    get("office_sample_new", office(Can.INSPECT)),
    form("office_sample_take", kitchens(Can.INSPECT), "kitchen"),
    get("office_sample", kitchens(Can.SEE_OFFICE), "sample"),
    get("office_sample_print", kitchens(Can.SEE_OFFICE), "sample"),
    form("office_sample_hand_over", kitchens(Can.INSPECT), "sample"),
    form("office_sample_receive", kitchens(Can.INSPECT), "sample"),
    form("office_sample_report", kitchens(Can.INSPECT), "sample"),
    form("office_sample_serve", kitchens(Can.INSPECT), "sample"),
    form("office_sample_contest", kitchens(Can.INSPECT), "sample"),
    form("office_sample_retest", kitchens(Can.INSPECT), "sample"),
    form("office_sample_void", kitchens(Can.INSPECT), "sample"),
    get("sample_desk", kitchens(Can.SEE_KITCHEN), "sample"),
    form("sample_contest", kitchens(Can.OBJECT), "sample"),
    get("sample_report", kitchens(Can.SEE_KITCHEN), "sample"),
    get("office_outbreaks", office()),
    get("office_outbreak_new", office(Can.INSPECT)),
    form("office_outbreak_confirm", kitchens(Can.INSPECT), "kitchen"),
    form("office_outbreak_revoke", kitchens(Can.INSPECT), "outbreak"),
    get("office_reminders", office()),
    get("office_kitchen_reminders", kitchens(Can.SEE_OFFICE), "kitchen"),
    form("office_remind", kitchens(Can.SERVE_NOTICE), "kitchen"),
    form("office_bind", kitchens(Can.SERVE_NOTICE), "kitchen"),
    form("office_reminder_end", kitchens(Can.SERVE_NOTICE), "reminder"),
    get("office_reminder_print", kitchens(Can.SEE_OFFICE), "reminder"),
    form("office_commitment_release", kitchens(Can.SERVE_NOTICE), "commitment"),
    get("kitchen_duties", kitchens(Can.SEE_KITCHEN), "kitchen"),
    get("commitment_paper", kitchens(Can.SEE_KITCHEN), "commitment"),
    # the register, and its kitchens' operators
    form("register_imports", office(Can.IMPORT_REGISTER)),
    get("register_template", office(Can.IMPORT_REGISTER)),
    get("register_import", officers(Can.IMPORT_REGISTER), "register"),
    get("register_report", officers(Can.IMPORT_REGISTER), "register"),
    get("claims", office(Can.INVITE_OWNERS)),
    deed("letters_pdf", office(Can.INVITE_OWNERS)),
    deed("invitation_revoke", officers(Can.INVITE_OWNERS), "invitation"),
    form("claim", signed_in),
    # cameras
    get("cameras", kitchens(Can.SEE_KITCHEN), "kitchen"),
    get("kitchen_share", kitchens(Can.SEE_KITCHEN), "kitchen"),
    get("kitchen_outlook", kitchens(Can.SEE_KITCHEN), "kitchen"),
    get("kitchen_qr", kitchens(Can.SEE_KITCHEN), "kitchen"),
    get("filmed_sign", kitchens(Can.SEE_KITCHEN), "kitchen"),
    form("camera_add", kitchens(Can.SET_UP_CAMERA), "kitchen"),
    get("camera", kitchens(Can.SEE_KITCHEN), "kitchen"),
    get("camera_live", kitchens(Can.SEE_KITCHEN), "kitchen"),
    get("camera_poster", kitchens(Can.SEE_KITCHEN), "kitchen", 200, 204),
    deed("camera_change", kitchens(Can.SET_UP_CAMERA), "kitchen"),
    deed("camera_hours", kitchens(Can.SET_UP_CAMERA), "kitchen"),
    form("camera_masks", kitchens(Can.SET_UP_CAMERA), "kitchen"),
    get("mask_picture", kitchens(Can.SET_UP_CAMERA), "kitchen", 200, 204),
    deed("camera_key", kitchens(Can.SET_UP_CAMERA), "kitchen"),
    deed("camera_film", kitchens(Can.SET_UP_CAMERA), "kitchen"),
    deed("camera_off", kitchens(Can.SET_UP_CAMERA), "kitchen"),
    deed("camera_on", kitchens(Can.SET_UP_CAMERA), "kitchen"),
    deed("camera_revoke", kitchens(Can.SET_UP_CAMERA), "kitchen"),
    deed("camera_confirm", either(Can.SET_UP_CAMERA, Can.INSPECT), "kitchen"),
    get("camera_reference", kitchens(Can.SEE_KITCHEN), "kitchen", 200, 204),
    get("camera_newest", kitchens(Can.SEE_KITCHEN), "kitchen"),
    get("incidents", kitchens(Can.SEE_KITCHEN), "kitchen"),
    deed("incident_answer", kitchens(Can.ANSWER_INCIDENT), "incident"),
    get("incident_picture", kitchens(Can.SEE_KITCHEN), "incident"),
    get("office_incidents", office()),
    get("film", public, "film", 200, 404),  # whose token is the right: tests/streams/phone asks it all
    # evidence: the office's alone, and a guest's report of what they see
    form("report_moment", public, "kitchen"),
    # complaints and reports, and how it was; without a kitchen it leads to the page of codes
    Route("complaint_new", public, "", ("GET", "POST"), frozenset({302, 403})),
    Route("complaints", public, "", ("GET", "POST"), frozenset({200, 404})),  # no code is as a wrong one
    form("complaint", public, "complaint"),
    Route("say", public, "kitchen", ("GET", "POST"), ANSWERED),
    get("office_complaints", office(Can.HANDLE_COMPLAINT)),
    get("office_complaint_new", office(Can.HANDLE_COMPLAINT)),
    form("office_complaint_enter", officers(Can.HANDLE_COMPLAINT), "kitchen"),
    get("office_complaint", officers(Can.HANDLE_COMPLAINT), "complaint"),
    deed("office_complaint_who", officers(Can.HANDLE_COMPLAINT), "complaint"),
    get("office_complaint_photo", officers(Can.HANDLE_COMPLAINT), "complaint"),
    *(
        deed(f"office_complaint_{step}", officers(Can.HANDLE_COMPLAINT), "complaint")
        for step in "accept refuse assign investigate resolve close open_case told extend group note number".split()
    ),
    get("kitchen_complaints", kitchens(Can.SEE_KITCHEN), "kitchen"),
    deed("complaint_answer", kitchens(Can.OBJECT), "complaint"),
    deed("camera_keep", officers(Can.KEEP_CLIPS), "kitchen"),
    get("office_relay", office(Can.RUN_RELAY)),
    get("office_clips", office(Can.SEE_CLIPS)),
    get("office_clip", officers(Can.SEE_CLIPS), "clip"),
    get("office_clip_video", officers(Can.SEE_CLIPS), "clip"),
    get("office_clip_download", officers(Can.SEE_CLIPS), "clip"),
    deed("office_clip_hold", officers(Can.KEEP_CLIPS), "clip"),
    deed("office_clip_release", officers(Can.KEEP_CLIPS), "clip"),
]
