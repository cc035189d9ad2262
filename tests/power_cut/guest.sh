#!/bin/busybox sh
# The first process of the machine whose power goes: see scripts/power-cut, which writes one of these into /task.
#   load SECONDS [--less-durable]   commits for so long, then cuts the power
#   check NUMBER                    the power is back; the commits up to NUMBER were acknowledged
# The root is the host's and read-only, /dev/ubda a disk with an ext4, /run is memory. Tells what it finds on the console.
set -eu
trap 'busybox poweroff -f' EXIT
busybox mount -t tmpfs run /run
busybox mkdir /run/bin /run/disk
/bin/busybox --install -s /run/bin
export PATH=/run/bin:/bin DM_DISABLE_UDEV=1
mount -t proc proc /proc
mount -t sysfs sys /sys

# What dm-flakey does with the disk: 60 seconds of `up`, then 0 of `down`; or never `up`.
sectors=$(cat /sys/block/ubda/size)
sound_disk="0 $sectors flakey /dev/ubda 0 60 0"
dead_disk="0 $sectors flakey /dev/ubda 0 0 60 1 drop_writes" # every write succeeds, and none is done

load() {
  seconds=$1
  shift
  insmod /modules/dm-mod.ko
  insmod /modules/dm-flakey.ko
  dmsetup create disk --table "$sound_disk"
  dmsetup mknodes
  mount /dev/mapper/disk /run/disk
  power-cut-writer --database /run/disk/store.db write "$@" >/run/told &
  writer=$!
  sleep "$seconds"
  kill -0 $writer
  # From `suspend` to `resume` the disk has done what was asked of it before and takes up nothing new. A commit that
  # waits for the disk is not acknowledged in that time, so nothing that is told by the end of it may be lost.
  dmsetup suspend --nolockfs disk
  dmsetup load disk --table "$dead_disk"
  grep ^synchronous= /run/told
  tail -n 1 /run/told
  dmsetup resume disk
  sleep 0.5 # the writer goes on and notices nothing
  kill -9 $writer
}

check() {
  mount /dev/ubda /run/disk
  power-cut-writer --database /run/disk/store.db check --acknowledged "$1"
}

read -r task </task
$task | sed 's/^/power-cut: /'
