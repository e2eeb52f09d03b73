# What is typed, as root, in the system that was booted. A line `#: heading` stands for the blocks of
# shell under that heading of docs/OPERATIONS.md, each followed by `running`.
set -eux
trap 'journalctl -u setroom --no-pager -n 40 -o cat || true' ERR

# `/usr` is this machine's and is not written to. A disk of its own for the data, so that it can be
# filled.
mount -t tmpfs -o size=400m,mode=755 local /usr/local
mkdir -p /usr/local/bin /backup /var/lib
mount -t tmpfs -o size=160m,mode=755 disk /var/lib

ready() { curl -s http://127.0.0.1:8787/readyz; }
running() { systemctl is-active setroom; curl -sf http://127.0.0.1:8787/readyz; }
pid() { systemctl show -P MainPID setroom; }
fails() { if "$@"; then echo "this should have failed: $*"; false; fi; }
# Waits for something that nobody tells of.
until_it() { until "$@"; do sleep 0.2; done; }

#: systemd
systemd-analyze verify /etc/systemd/system/setroom.service
systemd-analyze security --threshold=13 --no-pager setroom > /dev/null
journalctl -u setroom -o cat --no-pager | grep '"event":"start"' | grep '"data":"/var/lib/setroom"'

# Some sets, as people make them.
target/release/setroom-loadtest run --url http://127.0.0.1:8787 --rooms 2 --members 4 --rate 20 \
    --duration 5s --opaque --fail-p99-ms 60000
running
SET="$(setroom journal export --data /var/lib/setroom | sed -n 's/.*"line":"set","set":"\([^"]*\)".*/\1/p' | tail -n 1)"
test -n "$SET"

# SIGHUP ends nothing, also where the settings are wrong; a reload and a start that fail are seen.
before="$(pid)"
systemctl kill -s HUP setroom
cp /etc/setroom.toml /tmp/good.toml
echo 'listen = 7' > /etc/setroom.toml
systemctl kill -s HUP setroom
fails systemctl reload setroom
running
test "$(pid)" = "$before"
systemctl stop setroom
fails systemctl start setroom
# However often it fails, it is not off for good.
failed_often() { test "$(systemctl show -P NRestarts setroom)" -ge 6; }
until_it failed_often
cp /tmp/good.toml /etc/setroom.toml
until_it systemctl is-active --quiet setroom
running

# A process that dies comes back.
before="$(pid)"
kill -KILL "$before"
another() { test "$(pid)" != "$before" && systemctl is-active --quiet setroom; }
until_it another
running

#: Backup and restore
#: Looking after the journal
test -z "$(find /var/lib/private/setroom -user root)"

# A journal that root has taken: seen, said, and given back by any command of root's.
systemctl stop setroom
chown root:root /var/lib/private/setroom/journal.sqlite3
fails systemctl start setroom
journalctl -u setroom -o cat --no-pager | grep 'chown --no-dereference'
systemctl stop setroom
setroom journal verify --data /var/lib/setroom
systemctl start setroom
running

# A full disk: it starts on it, says so, and is well again by itself.
fill() { dd if=/dev/zero of=/var/lib/ballast bs=64k status=none || true; dd if=/dev/zero of=/var/lib/ballast2 bs=512 status=none || true; }
systemctl stop setroom
fill
full() { ready | grep -q disk_full; }
systemctl start setroom
systemctl is-active setroom
until_it full
rm -f /var/lib/ballast /var/lib/ballast2
well() { running > /dev/null; }
until_it well

# A machine on which there was nothing before.
systemctl stop setroom
rm -rf /var/lib/setroom /var/lib/private/setroom
setroom restore /backup/setroom-2026-11-22 --data /var/lib/setroom
systemctl start setroom
running
test "$(setroom journal export --data /var/lib/setroom | grep -c '"line":"set"')" -ge 2

#: Stop and upgrade
systemctl stop setroom
echo ALL DONE
