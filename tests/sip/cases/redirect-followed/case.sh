# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/8.1.3.4a 3261/16.6a
next_hop="redirect: recurse"

check()
{
	note_in_ladder 'next hop: 302 Moved Temporarily from 10.0.2.2:5060, redirected to 1 contact'
	refute_in caller.msg '10\.0\.2\.3|carol'
}
