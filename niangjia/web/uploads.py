"""No request body may fill the disk, whatever server stands in front."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

LIMIT_BYTES = 60 * 1024 * 1024


class SizeLimit(FileUploadHandler):
    """Counts the bytes of all files of one request and stops at the limit."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]
        self.received: int = getattr(self, "received", 0)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > LIMIT_BYTES:
            raise RequestDataTooBig("一次上传的文件合计不能超过60MB。")
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
