"""Run by Kolibri's own Python, never by ours: bring a CSV of learners in, then ask for the summary of every class.

``python _kolibri.py FOLDER`` reads ``FOLDER/learners.csv``, keeps Kolibri's state in ``FOLDER/home`` and writes
``FOLDER/result.json``: the seconds of the import (the command itself, without the start of the program), how many learners
came in, and the median seconds of one class summary. Hashing a password is made cheap: that is not what is measured.
"""

import json
import logging
import os
import statistics
import sys
import time
from importlib import import_module
from pathlib import Path


def main(folder: Path) -> None:
    os.environ["KOLIBRI_HOME"] = str(folder / "home")
    import_module("kolibri.utils.main").initialize()
    logging.disable(logging.ERROR)
    hashers = import_module("django.contrib.auth.hashers")
    import_module("django.conf").settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    hashers.get_hashers.cache_clear()
    call_command = import_module("django.core.management").call_command
    admin = {"username": "admin", "password": "abcdefgh1"}
    call_command(
        "provisiondevice", facility="Training", superusername=admin["username"], superuserpassword=admin["password"],
        preset="formal", language_id="en", interactive=False,
    )  # fmt: skip
    models = import_module("kolibri.core.auth.models")
    facility = models.Facility.objects.get()
    start = time.perf_counter()
    call_command("bulkimportusers", str(folder / "learners.csv"), facility=facility.id)
    imported = time.perf_counter() - start
    client = import_module("rest_framework.test").APIClient()
    client.login(facility=facility, **admin)
    times, shown = [], 0
    for classroom in models.Classroom.objects.all():
        path = f"/coach/api/classsummary/{classroom.id}/"
        client.get(path)
        start = time.perf_counter()
        answer = client.get(path)
        times.append(time.perf_counter() - start)
        assert answer.status_code == 200, (path, answer.status_code)
        shown += len(answer.json()["learners"])
    learners = models.FacilityUser.objects.exclude(username=admin["username"]).count()
    found = {"import": imported, "learners": learners, "summary": statistics.median(times), "shown": shown}
    (folder / "result.json").write_text(json.dumps(found), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
