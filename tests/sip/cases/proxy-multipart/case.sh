# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/16.6b
like multipart
. "$here/lib_proxy.sh"

check()
{
	take_bodies
	cmp offered arrived || fail "the parts have changed: $(<arrived)"
	cmp answered returned || fail "the parts have changed: $(<returned)"
	assert_in callee.msg '^Content-Type: multipart/mixed; boundary="=_part 1"'
}
