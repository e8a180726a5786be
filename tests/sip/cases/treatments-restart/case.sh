# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# What was set, and answered, is set, whatever becomes of sipd.
config=$treated
expect_calls=0

drive()
{
	add_more_users
	treatment keep
	kill -KILL "$sipd_pid"
	wait "$sipd_pid"
	start_sipd
	treatment kept
	# A user who is removed has nothing set when he comes back.
	control user remove bo@example.com >/dev/null || fail "bo is not removed"
	echo secret2 | control user add bo@example.com >/dev/null || fail "bo is not added"
	stop_sipd
	start_sipd
	control user show bo@example.com | json "d['forward'] == {}" | grep -qx True ||
		fail "what bo had set is back"
}
