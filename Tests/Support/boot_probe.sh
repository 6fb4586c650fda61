#!/bin/sh
# What the tests want to know of a dunningd that is enabled when the machine boots, with a real Postfix and Dovecot that
# come later, and a clock that is set: a line "name value" for each. Called with "prepare" before the boot.
# Expects an installed dunningd, and mail_server, read_mail.py and clock_shift.so in /opt.
exec 2>&1
say() { echo "$1 $2"; }
wait_for() { for _ in $(seq 150); do "$@" && return; sleep 0.1; done; }
records() { cat /var/lib/dunningd/journal/*.jsonl 2>/dev/null | grep -c "\"type\":\"$1\""; }
at_least() { [ "$(records "$1")" -ge "$2" ]; }
logged() { journalctl -u dunningd --no-pager -o cat | grep -c "$1"; }
has_logged() { [ "$(logged "$1")" -ge 1 ]; }
clock() { # MINUTES : before or behind the machine's
   echo "$(($1 * 60000))" >/opt/clock.new && mv /opt/clock.new /opt/clock
}
main_pid() { systemctl show dunningd -p MainPID --value; }
books() { # NAME... : an overdue invoice of each of these mailboxes
  echo number,customer,name,email,issued,due,amount >/tmp/books
  for name in "$@"; do echo "R-$name,K-$name,\"Müller, $name & Söhne\",$name@customer.test,2026-01-01,$(date -d '7 days ago' +%F),50.00"; done >>/tmp/books
  cp /tmp/books /var/lib/dunningd/ledger/.new && mv /var/lib/dunningd/ledger/.new /var/lib/dunningd/ledger/invoices.csv
}

if [ "${1:-}" = prepare ]; then
  set -e
  fact() { python3 -c 'import json, sys; print(json.load(open("/srv/mail/facts.json"))[sys.argv[1]])' "$1"; }
  python3 /opt/mail_server prepare /srv/mail
  systemd-sysusers
  chgrp -R dunningd /etc/dunningd
  mkdir -p /var/lib/dunningd/ledger /etc/dunningd/secrets /etc/systemd/system/dunningd.service.d
  books alpha
  chown -R dunningd:dunningd /var/lib/dunningd
  (umask 077 && fact password >/etc/dunningd/secrets/smtp-password)
  clock 0
  # The clock of this one service, as it stands in /opt/clock.
  cat >/etc/systemd/system/dunningd.service.d/test.conf <<UNIT
[Service]
LoadCredential=smtp-password:/etc/dunningd/secrets/smtp-password
Environment=LD_PRELOAD=/opt/clock_shift.so CLOCK_SHIFT=/opt/clock
WatchdogSec=4
RestartSec=1
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
url = "smtp://localhost:$(fact smtp)"
security = "starttls"
ca_file = "/srv/mail/tls/cert.pem"
username = "relay"
password = { credential = "smtp-password" }
from = "AR <ar@example.com>"
[contact]
hours = "00:00-24:00"
days = "mon-sun"
holidays = []
first_cycle = "send"
[[schedule]]
name = "standard"
steps = [{ name = "first", day = 5, level = 1, template = "first" }]
POLICY
  systemctl enable dunningd
  exit
fi

# Enabled, it came up with the machine, long before there is any mail server.
wait_for at_least contact.deferred 1
say at-boot "$(systemctl is-active dunningd)"
say deferred-at-boot "$(records contact.deferred)"

# The mail server comes; ten minutes later the reminder goes, over TLS, as who it says it is, and a person reads it.
python3 /opt/mail_server serve /srv/mail >/mail.out & mail=$!
wait_for test -s /mail.out
clock 10
wait_for at_least contact.sent 1
say sent "$(records contact.sent)"
say queued "$(grep -c '"type":"contact.sent".*queued as' /var/lib/dunningd/journal/000001.jsonl)"
sleep 1
python3 /opt/mail_server fetch /srv/mail /fetched alpha >/dev/null
say fetched "$(ls /fetched | wc -l)"
python3 /opt/read_mail.py /fetched/000001.eml >/read.json
say name "$(python3 -c 'import json; print(json.load(open("/read.json"))["text"].count("Müller, alpha & Söhne"))')"
say defects "$(python3 -c 'import json; print(len(json.load(open("/read.json"))["defects"]))')"
say tls "$(grep -c 'ESMTPSA' /fetched/000001.eml)"

# Somebody sets the clock back by two hours: nothing goes, and it says why; the clock is set right: it goes.
clock -120
wait_for has_logged 'clock'
before=$(records '[a-z._]*')
books alpha beta
sleep 3
say while-clock-is-wrong "$(records contact.sent)"
say recorded-while-clock-is-wrong "$(($(records '[a-z._]*') - before))"
say says-the-clock "$(systemctl show dunningd -p StatusText --value | grep -c clock)"
say alive-while-clock-is-wrong "$(systemctl is-active dunningd)"
clock 10
wait_for at_least contact.sent 2
say after-clock-is-right "$(records contact.sent)"

# It hangs: systemd hears nothing from it and starts it anew.
hung=$(main_pid)
[ "$hung" = 0 ] || kill -STOP "$hung"
wait_for sh -c "[ \"\$(systemctl show dunningd -p MainPID --value)\" != $hung ] && systemctl is-active -q dunningd"
say watchdog "$(journalctl -u dunningd --no-pager -o cat | grep -c 'Watchdog timeout')"
say after-hang "$(systemctl is-active dunningd)"
books alpha beta gamma
wait_for at_least contact.sent 3
say sent-after-hang "$(records contact.sent)"
say intended "$(records contact.intended)"
runuser -u dunningd -- dunningd journal verify >/dev/null; say verify $?
for user in alpha beta gamma; do
  say "inbox-$user" "$(python3 /opt/mail_server fetch /srv/mail "/again-$user" $user)"
done
kill $mail
wait $mail
