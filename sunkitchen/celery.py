"""Jobs. Rows are the queue: tasks are wake-ups, and beat sweeps find what a lost message would have meant."""

import os

from celery import Celery

from sunkitchen.operate import pulse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sunkitchen.settings")

app = Celery("sunkitchen")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(
    [
        "sunkitchen.core",
        "sunkitchen.registry.consultations",
        "sunkitchen.registry.credentials",
        "sunkitchen.registry.handovers",
        "sunkitchen.registry.readings",
        "sunkitchen.registry.register",
        "sunkitchen.registry.staff",
        "sunkitchen.registry.requirements",
        "sunkitchen.registry.suppliers",
        "sunkitchen.registry.uploads",
        "streams.cameras",
        "streams.clips",
        "streams.incidents",
        "streams.videochecks",
        "ratings.editions",
        "ratings.complaints",
        "ratings.sampling",
        "sunkitchen.operate",
    ]
)
app.set_default()
app.conf.beat_schedule = {
    "send-notices": {"task": "core.send_notices", "schedule": 10.0},
    "sweep-files": {"task": "core.sweep_files", "schedule": 3600.0},
    "remind-of-expiry": {"task": "registry.remind_of_expiry", "schedule": 3600.0},
    "forget-talks": {"task": "registry.forget_talks", "schedule": 24 * 3600.0},
    "settle-undertakings": {"task": "registry.settle_undertakings", "schedule": 900.0},
    "forget-pictures": {"task": "streams.forget_pictures", "schedule": 60.0},
    "sweep-incidents": {"task": "streams.sweep_incidents", "schedule": 60.0},
    "count-minutes": {"task": "streams.count_minutes", "schedule": 900.0},
    "settle-clips": {"task": "streams.settle_clips", "schedule": 60.0},
    "expire-clips": {"task": "streams.expire_clips", "schedule": 24 * 3600.0},
    "read-papers": {"task": "registry.read_papers", "schedule": 5.0},
    "read-registers": {"task": "registry.read_registers", "schedule": 30.0},
    "sweep-uploads": {"task": "registry.sweep_uploads", "schedule": 600.0},
    "sweep-recalls": {"task": "registry.sweep_recalls", "schedule": 60.0},
    "sweep-personal-data": {"task": "registry.sweep_personal_data", "schedule": 24 * 3600.0},
    "sweep-register-files": {"task": "registry.sweep_register_files", "schedule": 86400.0},
    "sweep-handovers": {"task": "registry.sweep_handovers", "schedule": 3600.0},
    "sweep-video-checks": {"task": "streams.sweep_video_checks", "schedule": 300.0},
    "sweep-editions": {"task": "ratings.sweep_editions", "schedule": 60.0},
    "draft-editions": {"task": "ratings.draft_editions", "schedule": 60.0},
    "confirm-samples": {"task": "ratings.confirm_samples", "schedule": 300.0},
    "sweep-complaints": {"task": "ratings.sweep_complaints", "schedule": 3600.0},
    "tidy": {"task": "operate.tidy", "schedule": 24 * 3600.0},
}
pulse.connect(app)
