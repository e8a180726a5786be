# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Shows: 3327/5.3a 3327/5.3b 3608/6.3
# RFC 3261 s.10.3, RFC 3327, RFC 5626. Shows: 5626/6d 5626/6e 5626/6f
config=$domain
expect_calls=0

drive()
{
	add_users
	registrar others star expires several phones path outbound
}
