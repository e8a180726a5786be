# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3428/11a

# MESSAGE and OPTIONS to users of a domain.
config=$domain
expect_calls=0

drive()
{
	add_users
	registrar messages
}
