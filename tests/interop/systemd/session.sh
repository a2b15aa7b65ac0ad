#!/bin/bash
# A user's instance of systemd, in namespaces and a control group of its own: nothing outside is touched, nothing is left.
# Usage: session.sh CGROUP-NAME COMMAND... ; needs root. The environment names HOME and XDG_RUNTIME_DIR.
set -u
if [ "${1}" = --inside ]; then # the init of the process namespace: its end ends all others
    mount -t tmpfs none /run/systemd && mkdir /run/systemd/system || exit 77 # where systemd looks for itself
    exec 3<&0
    systemd=$(PATH=$PATH:/usr/lib/systemd:/lib/systemd command -v systemd)
    "$systemd" --user --log-level=notice <&- >&2 &
    until systemctl --user is-system-running >/dev/null 2>&1; do
        kill -0 $! 2>/dev/null || exit 77
        sleep 0.05
    done
    echo ready
    cat <&3 >/dev/null # until whoever started this closes our input
    systemctl --user exit
    wait
    exit 0
fi
name=$1
groups=()
for hierarchy in /sys/fs/cgroup /sys/fs/cgroup/*; do
    [ -f "$hierarchy/cgroup.procs" ] && mkdir "$hierarchy/$name" 2>/dev/null || continue
    groups+=("$hierarchy")
    echo $$ >"$hierarchy/$name/cgroup.procs" # cpuset refuses until it is told its processors; systemd does not need it
done 2>/dev/null
[ ${#groups[@]} -gt 0 ] || exit 77
unshare --mount --pid --fork --kill-child --mount-proc "$BASH" "$0" --inside
code=$?
for hierarchy in "${groups[@]}"; do
    echo $$ >"$hierarchy/cgroup.procs"
    find "$hierarchy/$name" -depth -type d -exec rmdir {} \;
done 2>/dev/null
exit $code
