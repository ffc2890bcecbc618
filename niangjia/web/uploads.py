"""No request body may fill the disk, whatever server stands in front."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

from niangjia.access.acting import Acting
from niangjia.access.verbs import Verb

LIMIT_BYTES = 60 * 1024 * 1024
# Recordings of lessons are larger; they are taken from those alone who may make lessons.
MEDIA_BYTES = 310 * 1024 * 1024
MEDIA_PATHS = "/desk/lessons/"


class SizeLimit(FileUploadHandler):
    """Counts the bytes of all files of one request and stops at the limit."""

    @property
    def limit(self) -> int:
        acting: Acting | None = getattr(self.request, "acting", None)
        path = self.request.path if self.request else ""
        allowed = acting is not None and acting.may(Verb.LESSON_EDIT) and path.startswith(MEDIA_PATHS)
        return MEDIA_BYTES if allowed else LIMIT_BYTES

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        self.received: int = getattr(self, "received", 0)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > self.limit:
            raise RequestDataTooBig(f"一次上传的文件合计不能超过{self.limit >> 20}MB。")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
