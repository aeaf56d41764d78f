"""Who may open what of cameras, video checks and kept evidence: a part of the table in tests/permissions.py."""

from sunkitchen.core.access import Can
from tests.gates import deed, either, form, get, kitchens, office, officers, public

ROUTES = [
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
    # video checks: the kitchen shows, the office watches and decides
    get("video_check", kitchens(Can.SEE_PAPERS), "check"),
    deed("video_check_show", kitchens(Can.HAND_IN_PAPERS), "check"),
    get("video_still", kitchens(Can.SEE_PAPERS), "still"),
    get("office_videos", office(Can.REVIEW_PAPERS)),
    get("office_video", officers(Can.REVIEW_PAPERS), "check"),
    get("office_video_live", officers(Can.REVIEW_PAPERS), "check"),
    deed("office_video_keep", officers(Can.REVIEW_PAPERS), "check"),
    deed("office_video_decide", officers(Can.REVIEW_PAPERS), "check"),
    deed("office_video_call_off", officers(Can.REVIEW_PAPERS), "check"),
    deed("video_check_ask", officers(Can.REVIEW_PAPERS), "paper"),
    deed("video_check_premises", officers(Can.REVIEW_PAPERS), "kitchen"),
    get("office_relay", office(Can.RUN_RELAY)),
    get("office_clips", office(Can.SEE_CLIPS)),
    get("office_clip", officers(Can.SEE_CLIPS), "clip"),
    get("office_clip_video", officers(Can.SEE_CLIPS), "clip"),
    get("office_clip_download", officers(Can.SEE_CLIPS), "clip"),
    deed("office_clip_hold", officers(Can.KEEP_CLIPS), "clip"),
    deed("office_clip_release", officers(Can.KEEP_CLIPS), "clip"),
]
