# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Shows: 3261/10.2.1.2a 3261/10.2.2a 3261/10.2.3a 3261/10.3b 3261/10.3c 3261/10.3d 3261/10.3e
# Shows: 3261/10.3f 3261/10.3g 3261/10.3h 3261/10.3i 3261/10.3k 3261/10.3l 3261/10.3m 3261/10.3p 3261/10.3q
# Shows: 3327/5.3a 3327/5.3b 3608/6.3
# RFC 3261 s.10.3, RFC 3327, RFC 5626. Shows: 5626/6d 5626/6e 5626/6f
config=$domain
expect_calls=0

drive()
{
	add_users
	registrar others canonical star expires several phones path outbound
}
