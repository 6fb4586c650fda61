#!/bin/sh
# What the tests want to know of dunningd under a real systemd: a line "name value" for each, from inside of the box.
# Expects an installed dunningd, and smtp_sink.py in /opt.
exec 2>&1
say() { echo "$1 $2"; }
sink() { # OPTION... : a mail server on port 2525, which keeps what it takes in /out
  [ -z "${SINK:-}" ] || { kill "$SINK"; wait "$SINK" 2>/dev/null; }
  python3 /opt/smtp_sink.py --dir /out --port 2525 "$@" >/sink.out & SINK=$!
  until grep -qs ready /sink.out; do sleep 0.05; done
}
taken() { cat /out/index.jsonl 2>/dev/null | wc -l; }
wait_for() { for _ in $(seq 100); do "$@" && return; sleep 0.1; done; }
took() { [ "$(taken)" -ge "$1" ]; }
records() { grep -c "\"type\":\"$1\"" /var/lib/dunningd/journal/000001.jsonl; }
main_pid() { systemctl show dunningd -p MainPID --value; } # 0 where it does not run, which is no process to kill
books() { # NUMBER... : an overdue invoice of a customer each
  echo number,customer,name,email,issued,due,amount >/tmp/books
  for n in "$@"; do echo "R-$n,K-$n,Customer $n,someone@c$n.test,2026-01-01,$due,50.00"; done >>/tmp/books
  cp /tmp/books /var/lib/dunningd/ledger/.new && mv /var/lib/dunningd/ledger/.new /var/lib/dunningd/ledger/invoices.csv
}

systemd-sysusers
chgrp -R dunningd /etc/dunningd
mkdir -p /var/lib/dunningd/ledger && chown -R dunningd:dunningd /var/lib/dunningd
due=$(date -d '7 days ago' +%F)
mkdir -p /etc/systemd/system/dunningd.service.d /etc/dunningd/secrets
printf 'a secret of the test' >/etc/dunningd/secrets/smtp-password && chmod 600 /etc/dunningd/secrets/smtp-password
cat >/etc/systemd/system/dunningd.service.d/credentials.conf <<X
[Service]
LoadCredential=smtp-password:/etc/dunningd/secrets/smtp-password
RestartSec=1
X
cat >/etc/dunningd/dunningd.toml <<X
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
username = "ar"
password = { credential = "smtp-password" }
from = "AR <ar@example.com>"
connections = 1
[contact]
hours = "00:00-24:00"
days = "mon-sun"
holidays = []
first_cycle = "send"
[[schedule]]
name = "standard"
steps = [{ name = "first", day = 5, level = 1, template = "first" }]
X
cp /etc/dunningd/dunningd.toml /good.toml
systemctl daemon-reload

# It starts before there is any mail server, as at boot before the network, and sends once there is one.
books 1
systemctl start dunningd; say start $?
sleep 1.5
say deferred "$(records contact.deferred)"
say status "$(systemctl show dunningd -p StatusText --value)"
sink --mechanisms PLAIN --require-auth 'ar:a secret of the test'
systemctl stop dunningd; say idle-stop "$(systemctl show dunningd -p Result --value)"
# A journal that is gone is not begun anew; that somebody means it is said by removing the count of its records, too.
rm -rf /var/lib/dunningd/journal
systemctl start dunningd >/dev/null 2>&1; say journal-gone "$(systemctl show dunningd -p ExecMainStatus --value)"
say journal-gone-said "$(journalctl -u dunningd --no-pager -o cat | grep -c 'the journal ends with record 0')"
systemctl stop dunningd; rm /var/lib/dunningd/reached.json; systemctl start dunningd
wait_for took 1; say sent "$(taken)"

useradd -G dunningd erika; useradd stranger
runuser -u erika -- dunningd note K-1 --text called >/dev/null; say member $?
say author "$(grep -o '"type":"note.added".*"by":"[a-z]*"' /var/lib/dunningd/journal/000001.jsonl | grep -o '"by":"[a-z]*"')"
runuser -u stranger -- dunningd note K-1 --text x >/dev/null 2>&1; say stranger $?
systemd-run --quiet --wait -p User=dunningd -p LoadCredential=smtp-password:/etc/dunningd/secrets/smtp-password \
  /usr/bin/dunningd run >/dev/null 2>&1; say second $?

systemctl reload dunningd; say good-reload $?
echo 'huors = 1' >>/etc/dunningd/dunningd.toml
systemctl reload dunningd >/dev/null 2>&1; say bad-reload $?
say after-bad-reload "$(systemctl is-active dunningd)"
cp /good.toml /etc/dunningd/dunningd.toml

# Killed in the midst of a send, and started again by systemd.
sink --mechanisms PLAIN --require-auth 'ar:a secret of the test' --fail 'dot=accept-then-hang:only 1'
books 1 2 3
wait_for took 2
before=$(main_pid); [ "$before" = 0 ] || kill -9 "$before"
wait_for sh -c "[ \"\$(systemctl show dunningd -p MainPID --value)\" != $before ] && systemctl is-active -q dunningd"
wait_for took 3; sleep 1.5
say taken-after-kill "$(taken)"
say mailboxes "$(grep -h -o 'someone@c[0-9]*' /out/index.jsonl | sort | uniq | wc -l)"
say doubts "$(records contact.in_doubt)"
runuser -u dunningd -- dunningd journal verify >/dev/null; say verify $?

# Stopped while the server thinks about a message: it is waited for and recorded.
sink --mechanisms PLAIN --require-auth 'ar:a secret of the test' --fail 'dot=delay 3:only 1'
sent=$(records contact.sent)
books 1 2 3 4
wait_for grep -q '"DATA"' /out/events.jsonl
sleep 1
systemctl stop dunningd
say stop "$(systemctl show dunningd -p Result --value)"
say recorded-while-stopping "$(($(records contact.sent) - sent))"
say stopped "$(tail -n 1 /var/lib/dunningd/journal/000001.jsonl | grep -o '"type":"[a-z.]*"')"

# An upgrade puts another file in its place while it runs.
systemctl start dunningd; cp /usr/bin/dunningd /usr/bin/.new && mv /usr/bin/.new /usr/bin/dunningd
dunningd status >/dev/null; say status-after-upgrade $?
runuser -u erika -- dunningd note K-1 --text upgraded >/dev/null 2>&1; say member-after-upgrade $?
systemctl restart dunningd; say restart $?

# A full disk: nothing goes, and it says why.
systemctl stop dunningd
mount -t tmpfs -o size=64k,mode=710,uid=dunningd,gid=dunningd full /var/lib/dunningd
mkdir /var/lib/dunningd/ledger; cp /tmp/books /var/lib/dunningd/ledger/invoices.csv
dd if=/dev/zero of=/var/lib/dunningd/filler bs=1k count=60 2>/dev/null
before=$(taken)
systemctl start dunningd >/dev/null 2>&1
say full-disk "$(journalctl -u dunningd --no-pager -o cat | grep -c 'status=74')"
say full-disk-taken "$(($(taken) - before))"
systemctl stop dunningd; umount /var/lib/dunningd

# A wrong configuration is said once, and not tried again and again.
echo 'huors = 1' >>/etc/dunningd/dunningd.toml
systemctl start dunningd >/dev/null 2>&1; sleep 2.5
say wrong-configuration "$(systemctl show dunningd -p ExecMainStatus --value)"
say restarts "$(systemctl show dunningd -p NRestarts --value)"
say exposure "$(systemd-analyze security dunningd 2>/dev/null | grep -o 'level for.*: [0-9.]*' | grep -o '[0-9.]*$')"
say secret "$(journalctl -u dunningd --no-pager | grep -c 'a secret of the test')"
say priorities "$(journalctl -u dunningd -p err --no-pager -o cat | grep -c 'not reloaded')"
kill "$SINK"
