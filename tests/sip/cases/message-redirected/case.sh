# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/8.1.3.4a
next_hop="redirect: recurse"
expect_calls=0

check()
{
	flows_are '.direction == "in" and
		(.note | test("302 from 10.0.2.2:5060, redirected; 202 from 10.0.2.3:5060"))' 1
	refute_in caller.msg '10\.0\.2\.3|carol'
}
