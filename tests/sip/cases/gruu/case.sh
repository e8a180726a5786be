# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# RFC 5627: URIs of one phone, public and temporary, which outlive sipd.
# Shows: 5627/5.1a 5627/5.1b 5627/5.2 5627/5.3a 5627/5.3b 5627/5.4a 5627/5.4b 5627/5.4c 5627/6
config=$domain
expect_calls=any
access_also="tcp:$sipd_ip:5060"

drive()
{
	add_users
	flows tcp gruu
	keep_registered=yes
	flows tcp give_gruu
	kill -KILL "$sipd_pid"
	wait "$sipd_pid"
	start_sipd
	flows tcp take_gruu
}
