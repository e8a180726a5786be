# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Bindings outlive sipd, connections do not: who registered by one is called when he has come again.
# Shows: 5626/5.3a
config=$domain
expect_calls=any
keep_registered=yes
access_also="tcp:$sipd_ip:5060"

drive()
{
	add_users
	flows tcp register
	kill -KILL "$sipd_pid"
	wait "$sipd_pid"
	start_sipd
	flows tcp lost
}
