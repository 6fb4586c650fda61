"""A small company on loopback for scripts that do it harm: folder, mail server, program; and what its journal says, worked
out without the program. Used by scripts/kill-storm, scripts/disk-faults and scripts/journal-damage.
"""

import collections
import datetime
import json
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
POLICY = """
[company]
name = "Example GmbH"
time_zone = "Europe/Berlin"
country = "DE"
currency = "EUR"
[ledger]
path = "ledger"
[cycle]
every = "{every}"
[mail]
url = "smtp://localhost:{port}"
security = "none"
from = "AR <ar@example.com>"
connections = {connections}
max_per_minute = 60000
[[pay]]
kind = "bank-transfer"
name = "Example GmbH"
iban = "DE89370400440532013000"
[contact]
hours = "00:00-24:00"
days = "mon-sun"
holidays = []
first_cycle = "send"
[[schedule]]
name = "standard"
steps = [{{ name = "first", day = 5, level = 1, template = "first" }}]
[journal]
directory = "state"
"""


class Office:
    """A folder with configuration, ledger and state, and its mail server."""

    def __init__(self, folder, binary, customers, connections=4, mail=(), every="1s"):
        """customers: how many are overdue; mail: rules of smtp_sink.py."""
        self.folder, self.binary, self.environment = folder, binary, {}
        (folder / "ledger").mkdir(parents=True)
        self.sink = subprocess.Popen(
            [sys.executable, str(ROOT / "Tests/Support/smtp_sink.py"), "--dir", str(folder / "mail"), "--until-eof",
             *(word for rule in mail for word in ("--fail", rule))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        port = self.sink.stdout.readline().split()[1]
        (folder / "dunningd.toml").write_text(POLICY.format(port=port, connections=connections, every=every))
        self.overdue(customers)

    def overdue(self, customers, first=0):
        """A ledger in which these are overdue and nobody else is; each fifth has two mailboxes."""
        today = datetime.date.today()
        issued, due = today - datetime.timedelta(days=40), today - datetime.timedelta(days=10)
        numbers = range(first, first + customers)
        self.mailboxes = {f"K-{n}": [f"c{n}@c{n}.test"] + [f"also{n}@c{n}.test"] * (n % 5 == 0) for n in numbers}
        (self.folder / "ledger/invoices.csv").write_text("number,customer,issued,due,amount\n" + "".join(
            f"R-{n},K-{n},{issued},{due},120.00\n" for n in numbers))
        (self.folder / "ledger/customers.csv").write_text("id,name,email\n" + "".join(
            f"{name},Customer {name},{'; '.join(boxes)}\n" for name, boxes in self.mailboxes.items()))

    def close(self):
        self.sink.stdin.close()
        self.sink.wait(30)

    def command(self, *words):
        return [str(self.binary), *words, "--config", str(self.folder / "dunningd.toml")]

    def ask(self, *words):
        return subprocess.run(self.command(*words), capture_output=True, text=True, timeout=120,
                              env=os.environ | self.environment)

    def start(self, *words):
        log = open(self.folder / "log", "a")
        return subprocess.Popen(self.command(*words), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                env=os.environ | self.environment)

    def lines(self, name):
        file = self.folder / "mail" / name
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def rest(self):
        """Waits until every conversation of the mail server is over: it may keep a message of one who was killed."""
        for _ in range(2000):
            kinds = collections.Counter(event["event"] for event in self.lines("events.jsonl"))
            if kinds["connect"] == kinds["close"]:
                return
            time.sleep(0.005)
        raise SystemExit("the mail server does not come to rest")

    def taken(self):
        """Messages that the mail server kept, by recipient."""
        return collections.Counter(to.strip("<>") for line in self.lines("index.jsonl") for to in line["recipients"])

    def size(self):
        """Bytes of the journal."""
        return sum(file.stat().st_size for file in (self.folder / "state/journal").glob("*.jsonl"))

    def records(self):
        """Whole lines of the journal; a torn last one is the program's to deal with."""
        folder = self.folder / "state/journal"
        files = sorted(folder.glob("*.jsonl")) if folder.exists() else []
        return [json.loads(line) for file in files for line in file.read_bytes().split(b"\n")[:-1]]


class Journal:
    """What the records say, worked out without the program."""

    def __init__(self, records):
        self.intended, self.open, self.doubts = {}, set(), set()
        for record in records:
            contact = record.get("contact")
            if record["type"] == "contact.intended":
                self.intended[contact] = record["personal"]["to"]
                self.open |= {(contact, place) for place in range(len(record["personal"]["to"]))}
            elif record["type"] in ("contact.sent", "contact.failed", "contact.deferred", "contact.in_doubt"):
                self.open.discard((contact, record["recipient"]))
                if record["type"] == "contact.in_doubt":
                    self.doubts.add(self.intended[contact][record["recipient"]])
            elif record["type"] == "contact.cancelled":
                self.open = {pair for pair in self.open if pair[0] != contact}

    @property
    def unsettled(self):
        return len({contact for contact, _ in self.open})

    @property
    def announced(self):
        return {to for boxes in self.intended.values() for to in boxes}
