# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3263/4.3a
route="to: [ one, two, three ]"
expect_calls=0

check()
{
	flows_are '.direction == "in" and
		(.note | test("^route .*503 from 10.0.2.2:5060; then two; 200 from 10.0.2.3"))' 1
}
