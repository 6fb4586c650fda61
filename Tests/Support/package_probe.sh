#!/bin/sh
# A Debian package's life on a machine, from inside of the box: a line "name value" for each step. Expects
# /opt/dunningd.deb.
exec 2>&1
say() { echo "$1 $2"; }
export DEBIAN_FRONTEND=noninteractive
dpkg -i /opt/dunningd.deb >/dev/null 2>&1; say install $?
say installed-mode "$(stat -c '%a %U %G' /etc/dunningd/dunningd.toml)"
say not-started "$(systemctl is-active dunningd)"
cat >>/etc/dunningd/dunningd.toml <<X
# mine
X
sed -i 's|^\[contact\]|[mail]\nurl = "smtp://localhost:2525"\nsecurity = "none"\nfrom = "AR <ar@example.com>"\n\n[contact]|' /etc/dunningd/dunningd.toml
mkdir -p /var/lib/dunningd/ledger
echo number,customer,due,amount >/var/lib/dunningd/ledger/invoices.csv
chown -R dunningd:dunningd /var/lib/dunningd
systemctl enable --now dunningd >/dev/null 2>&1; say start $?
before=$(systemctl show dunningd -p MainPID --value)
dpkg -i /opt/dunningd.deb >/dev/null 2>&1; say upgrade $?
say upgraded "$(systemctl is-active dunningd)"
[ "$(systemctl show dunningd -p MainPID --value)" != "$before" ] && say runs-the-new-one yes
say kept "$(tail -n 1 /etc/dunningd/dunningd.toml)"
say journal "$(grep -c '"type":"daemon.st' /var/lib/dunningd/journal/000001.jsonl)"
dpkg -r dunningd >/dev/null 2>&1; say remove $?
say after-remove "$(ls /usr/bin/dunningd /lib/systemd/system/dunningd.service 2>/dev/null | wc -l) $(ls /etc/dunningd/dunningd.toml)"
say still-running "$(pgrep -c -x dunningd)"
dpkg -P dunningd >/dev/null 2>&1; say purge $?
say after-purge "$(ls -d /etc/dunningd /usr/share/doc/dunningd /etc/systemd/system/multi-user.target.wants/dunningd.service 2>/dev/null | wc -l)"
say proof "$(ls /var/lib/dunningd/journal)"
