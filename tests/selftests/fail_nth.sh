#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Lack of memory, at every single point of every command, on kernels that can inject it.
. "$(dirname "$0")/lib.sh"

[ -e /proc/self/fail-nth ] || skip_all "the kernel has no fault injection"
need_module
need nl_fail

# Also where the kernel would wait for memory; and no trace of each in its log.
inject_everywhere()
{
	local dir=/sys/kernel/debug fault

	mountpoint -q $dir || mount -t debugfs none $dir
	for fault in failslab fail_page_alloc; do
		[ -d $dir/$fault ] || continue
		echo N >$dir/$fault/ignore-gfp-wait
		echo 0 >$dir/$fault/verbose
	done
}

# Proves: with any allocation failing a command is carried out, or refused and nothing has changed.
commands_survive_every_failure()
{
	nl_fail
}

inject_everywhere
run commands_survive_every_failure
