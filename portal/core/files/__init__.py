"""Files: checked by content, pictures re-encoded, PDF rewritten, kept under opaque names, handed out as attachments."""

from portal.core.files.operations import (
    MAX_BYTES,
    FileRefused,
    as_attachment,
    check_size,
    digest_of,
    keep,
    keep_bytes,
    keep_each,
    private_file,
)

__all__ = [
    "MAX_BYTES", "FileRefused", "as_attachment", "check_size", "digest_of", "keep", "keep_bytes", "keep_each",
    "private_file",
]  # fmt: skip
