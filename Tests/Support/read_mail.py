#!/usr/bin/env python3
"""Reads messages with Python's own e-mail package and says, one JSON object a line, what stands in them.

    read_mail.py FILE...

headers (list of [name, decoded value]), to (addresses), types (of all parts), text, html (decoded bodies),
attachments (list of {name, type, sha256, size}), defects (what the parser found wrong, bare CR or LF, lines above 998).
"""

import email
import email.policy
import hashlib
import json
import sys


def read(path):
    with open(path, "rb") as file:
        raw = file.read()
    message = email.message_from_bytes(raw, policy=email.policy.default)
    defects = []
    for part in message.walk():
        defects += [f"{type(defect).__name__}: {defect}" for defect in part.defects]
        for name, value in part.items():
            defects += [f"{name}: {type(defect).__name__}" for defect in getattr(value, "defects", ())]
    bare = raw.replace(b"\r\n", b"")
    if b"\r" in bare or b"\n" in bare:
        defects.append("bare CR or LF")
    if any(len(line) > 998 for line in raw.split(b"\r\n")):
        defects.append("a line of more than 998 bytes")
    if any(byte > 126 for byte in raw):
        defects.append("8-bit bytes")

    def body(kind):
        part = message.get_body(preferencelist=(kind,))
        return part.get_content() if part is not None and part.get_content_type() == f"text/{kind}" else None

    attachments = []
    for part in message.iter_attachments():
        content = part.get_content()
        content = content.encode() if isinstance(content, str) else bytes(content)
        attachments.append({
            "name": part.get_filename(), "type": part.get_content_type(), "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        })
    to = message["To"]
    return {
        "headers": [[name, str(value)] for name, value in message.items()],
        "to": [f"{one.username}@{one.domain}" for one in to.addresses] if to is not None else [],
        "types": [part.get_content_type() for part in message.walk()],
        "text": body("plain"), "html": body("html"),
        "attachments": attachments, "defects": defects,
    }


if __name__ == "__main__":
    for path in sys.argv[1:]:
        print(json.dumps(read(path)))
