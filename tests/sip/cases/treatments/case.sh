# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Each way to treat calls to a user: always, busy, no answer, unreachable, do not disturb.
# Shows: 7044/9.1a 7044/9.2a 7044/10.2a 7044/10.4a 5806/3.1a 5806/3.1b 5806/3.1c 5806/3.1d 5806/4a 4458/2a 4458/2.1a 4458/2.2a
config=$treated
timers="failover: 500ms"
more_ips="10.0.2.8 10.0.2.9"
expect_calls=any

drive()
{
	add_more_users
	treatment always busy busy_beside_ringing no_answer unreachable disturbed off_user
}
