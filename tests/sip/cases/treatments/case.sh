# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Each way to treat calls to a user: always, busy, no answer, unreachable, do not disturb.
config=$treated
timers="failover: 500ms"
more_ips="10.0.2.8 10.0.2.9"
expect_calls=any

drive()
{
	add_more_users
	treatment always busy busy_beside_ringing no_answer unreachable disturbed off_user
}
