# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Refreshing early what is registered writes nothing to the disk.
config=$domain
expect_calls=0
keep_registered=yes

written()
{
	control status | json "d['store']['written']"
}

drive()
{
	local before
	add_users
	before=$(written)
	registrar refresh
	[ "$(written)" = $((before + 1)) ] || fail "written $before, then $(written) times"
	registrar register
	[ "$(written)" = $((before + 3)) ] || fail "written $before, then $(written) times"
}
