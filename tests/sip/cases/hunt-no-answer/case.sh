# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
route="to: [ one, two, three ]"
trunk="no-answer: $((5 * t1))ms"

check()
{
	note_in_ladder 'one: no answer for'
	note_in_ladder 'two: answered'
}
