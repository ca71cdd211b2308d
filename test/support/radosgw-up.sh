#!/usr/bin/env bash
# A real S3 server for the tests: Ceph's radosgw with one monitor and one OSD, on free ports of the loopback interface.
# Prints its URL when it is ready, after about 15 s. It runs while its standard input is open, then stops all daemons
# and removes their data, so that it never outlives the process that started it. Several can run at the same time.
# Needs (Debian): apt-get install --no-install-recommends radosgw ceph-mon ceph-osd ceph-common
# Users, in region us-east-1: AKIDTEST (secret SECRETTEST), which may set the policies of users; and AKIDLIMITED (secret
# SECRETLIMITED), which owns no buckets and has only the permissions of its policies.
set -euo pipefail
dir=$(mktemp -d "${TMPDIR:-/tmp}/posterframe-radosgw.XXXXXX")
conf=$dir/ceph.conf
daemons=()

ready=no
stop () {
  trap '' INT TERM
  [ $ready = yes ] || tail -20 "$dir/log/up.log" >&2 || true
  # The data is temporary, so the daemons need no time to flush it.
  if [ ${#daemons[@]} -gt 0 ]; then
    kill -KILL "${daemons[@]}" 2>/dev/null || true
    wait "${daemons[@]}" 2>/dev/null || true
  fi
  rm -rf "$dir"
}
trap stop EXIT
trap 'exit 143' TERM INT HUP

# Below the range of ephemeral ports of the system.
free_port () {
  local port
  while port=$((20000 + RANDOM % 12000)); (echo > "/dev/tcp/127.0.0.1/$port") 2>/dev/null; do :; done
  echo "$port"
}

mkdir -p "$dir"/{mon,osd,run,log}
mon_port=$(free_port)
port=$(free_port)
fsid=$(cat /proc/sys/kernel/random/uuid)
cat > "$conf" <<C
[global]
fsid = $fsid
mon host = v2:127.0.0.1:$mon_port
ms bind ipv4 = true
ms bind msgr1 = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
# Without this line, radosgw forces the secure mode and hangs, because auth is none.
ms mon client mode = crc secure
run dir = $dir/run
log file = $dir/log/\$name.log
# The path of a socket is limited to 107 bytes, which a long TMPDIR would exceed.
admin socket =
pid file =
keyring = $dir/keyring
mon data = $dir/mon
osd data = $dir/osd
osd objectstore = bluestore
bluestore block size = 10737418240
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
osd class load list = *
osd class default list = *
osd memory target = 1073741824
rgw frontends = beast endpoint=127.0.0.1:$port
rgw thread pool size = 64
rgw dns name = localhost
rgw enable usage log = false
rgw enable ops log = false
rgw relaxed s3 bucket names = false
[mon]
mon warn on pool no redundancy = false
C
export CEPH_CONF=$conf
touch "$dir/keyring"

start () { "$@" -f -c "$conf" </dev/null >>"$dir/log/up.log" 2>&1 & daemons+=($!); }

up () {
  monmaptool --create --clobber --fsid "$fsid" --addv a "[v2:127.0.0.1:$mon_port]" "$dir/monmap"
  ceph-mon --mkfs -i a --monmap "$dir/monmap" -c "$conf"
  start ceph-mon -i a
  timeout 60 ceph -c "$conf" config set global osd_pool_default_pg_autoscale_mode off
  uuid=$(cat /proc/sys/kernel/random/uuid)
  timeout 60 ceph -c "$conf" osd new "$uuid" 0
  ceph-osd -i 0 --mkfs --osd-uuid "$uuid" -c "$conf"
  start ceph-osd -i 0
  start radosgw -n client.rgw.a
  for _ in $(seq 1 300); do (echo > "/dev/tcp/127.0.0.1/$port") 2>/dev/null && break; sleep 0.2; done
  timeout 60 radosgw-admin -c "$conf" user create --uid=test --display-name=test --access-key=AKIDTEST --secret=SECRETTEST --caps='user-policy=*'
  timeout 60 radosgw-admin -c "$conf" user create --uid=limited --display-name=limited --access-key=AKIDLIMITED --secret=SECRETLIMITED
}
up </dev/null >>"$dir/log/up.log" 2>&1
ready=yes
echo "http://127.0.0.1:$port"
# Runs in the background and is waited for, so that signals are handled at once.
cat >/dev/null <&0 &
daemons+=($!)
wait $!
