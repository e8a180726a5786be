# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 4321/1.4a
route="to: [ one, two ]"
timers="failover: $((8 * t1))ms"
expect_calls=0

check()
{
	flows_are '.direction == "in" and (.note | test("408 from 10.0.2.2:5060; then two; 200 from"))' 1
}
