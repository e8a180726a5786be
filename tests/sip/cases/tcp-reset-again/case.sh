# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# The second connection dies, too: that is as if 503 had come, and no third one is tried.
like tcp-reset
scenarios=$here/cases/tcp-absent
expect_code=500
resets=2

check()
{
	[ "$(grep -c ^INVITE callee.log)" = 2 ] || fail "not two INVITEs: $(<callee.log)"
	kill $callee_pid
	wait $callee_pid
}
