#!/usr/bin/env python3
"""Checks a journal by its description alone: numbers without a gap, times that never decrease, the chain of hashes over
lines without their `personal` member, the digest of each `personal`.

    chain_check.py FILE...
"""

import hashlib
import json
import sys

lines = []
for path in sys.argv[1:]:
    with open(path, "rb") as file:
        data = file.read()
    assert data.endswith(b"\n"), f"{path}: the last line is not ended"
    lines += data[:-1].split(b"\n")

previous, before = None, ""
for place, line in enumerate(lines, 1):
    record = json.loads(line)
    assert record["seq"] == place, f"line {place}: seq {record['seq']}"
    assert record["time"] >= before, f"line {place}: time {record['time']} after {before}"
    before = record["time"]
    if previous is not None:
        expected = hashlib.sha256(previous).hexdigest()
        assert record["prev"] == expected, f"line {place}: prev {record['prev']}, but the line before has {expected}"
    previous = line
    if "personal" in record:
        assert list(record)[-1] == "personal", f"line {place}: personal is not the last member"
        start = line.index(b',"personal":{')
        personal = line[start + len(b',"personal":'):-1]
        digest = hashlib.sha256(personal).hexdigest()
        assert record["personal_digest"] == digest, f"line {place}: personal_digest does not fit"
        assert len(record["personal"]["salt"]) >= 16, f"line {place}: salt"
        previous = line[:start] + b"}"
print(f"ok {len(lines)}")
