#!/bin/sh
# dunningd under a real systemd, killed at random moments of its sending and started again by it, as often as /opt/kills
# says. A line "name value" for each thing that the tests want to know.
# Expects an installed dunningd, and smtp_sink.py and office.py in /opt.
exec 2>&1
say() { echo "$1 $2"; }

systemd-sysusers
chgrp -R dunningd /etc/dunningd
mkdir -p /var/lib/dunningd/ledger /etc/systemd/system/dunningd.service.d
cat >/etc/systemd/system/dunningd.service.d/kills.conf <<UNIT
[Unit]
StartLimitIntervalSec=0
[Service]
RestartSec=20ms
UNIT
cat >/etc/dunningd/dunningd.toml <<POLICY
[company]
name = "Example GmbH"
time_zone = "Europe/Berlin"
country = "DE"
currency = "EUR"
[cycle]
every = "1s"
[ledger]
path = "/var/lib/dunningd/ledger"
[mail]
url = "smtp://localhost:2525"
security = "none"
from = "AR <ar@example.com>"
connections = 4
max_per_minute = 60000
[contact]
hours = "00:00-24:00"
days = "mon-sun"
holidays = []
first_cycle = "send"
max_per_cycle = 10000
[[schedule]]
name = "standard"
steps = [{ name = "first", day = 5, level = 1, template = "first" }]
POLICY
python3 /opt/smtp_sink.py --dir /out --port 2525 --fail 'dot=delay 0.02' --fail 'rcpt=delay 0.004' >/sink.out & SINK=$!
until grep -qs ready /sink.out; do sleep 0.05; done
chown -R dunningd:dunningd /var/lib/dunningd

cat >/storm.py <<'PYTHON'
import datetime, os, random, subprocess, sys, time
kills, dice = int(sys.argv[1]), random.Random(11)
ledger, today, customers = "/var/lib/dunningd/ledger/", datetime.date.today(), 0


def more():
    """Twelve customers more are overdue."""
    global customers
    customers += 12
    issued, due = today - datetime.timedelta(days=40), today - datetime.timedelta(days=10)
    with open(ledger + ".new", "w") as file:
        file.write("number,customer,name,email,issued,due,amount\n")
        file.writelines(f"R-{n},K-{n},Customer {n},someone@c{n}.test,{issued},{due},50.00\n" for n in range(customers))
    os.chmod(ledger + ".new", 0o644)
    os.rename(ledger + ".new", ledger + "invoices.csv")


def main_pid():
    words = ["systemctl", "show", "dunningd", "-p", "MainPID", "--value"]
    return int(subprocess.run(words, capture_output=True).stdout)


more()
subprocess.run(["systemctl", "start", "dunningd"], check=True)
before, end = 0, time.monotonic() + 200
for kill in range(kills):
    while (pid := main_pid()) in (0, before) and time.monotonic() < end:
        time.sleep(0.005)
    if kill % 2:
        more()
    time.sleep(dice.choice([dice.uniform(0, 0.1), dice.uniform(0, 1.4)]))
    os.kill(pid, 9)
    before = pid
# Until everybody has it or is in doubt.
while time.monotonic() < end + 30:
    text = open("/var/lib/dunningd/journal/000001.jsonl").read()
    if text.count('"type":"contact.sent"') + text.count('"type":"contact.in_doubt"') >= customers:
        break
    time.sleep(0.2)
print("customers", customers)
PYTHON
python3 /storm.py "$(cat /opt/kills)"
say restarts "$(systemctl show dunningd -p NRestarts --value)"
say active "$(systemctl is-active dunningd)"
systemctl stop dunningd; say stop "$(systemctl show dunningd -p Result --value)"
sleep 0.5
python3 - <<'PYTHON'
import collections, json, sys
sys.dont_write_bytecode = True
sys.path.insert(0, "/opt")
from office import Journal
records = [json.loads(line) for line in open("/var/lib/dunningd/journal/000001.jsonl")]
# A new start records all its doubts at one moment.
doubts = collections.Counter(record["time"] for record in records if record["type"] == "contact.in_doubt")
journal = Journal(records)
taken = collections.Counter(to.strip("<>") for line in open("/out/index.jsonl") for to in json.loads(line)["recipients"])
print("twice", sum(count > 1 for count in taken.values()))
print("without-intent", len(set(taken) - journal.announced))
print("taken", len(taken))
print("doubts", len(journal.doubts))
print("arrived", len(journal.doubts & set(taken)))
print("most-at-once", max(doubts.values(), default=0))
print("open", journal.unsettled)
print("lost", len(journal.announced - set(taken) - journal.doubts))
PYTHON
runuser -u dunningd -- dunningd journal verify >/dev/null; say verify $?
kill "$SINK"
