# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 7044/9.3b 7044/9.4a
next_hop="redirect: recurse"

check()
{
	refute_in caller.msg '10\.0\.2\.'
}
