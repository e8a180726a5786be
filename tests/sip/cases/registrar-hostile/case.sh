# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/22a 3261/10.3o

# Too many contacts, malformed ones, credentials that are none.
config=$domain
expect_calls=0

drive()
{
	add_users
	registrar hostile
	control reg list | json "len(d['registrations'])" | grep -qx 0 || fail "some are left"
}
