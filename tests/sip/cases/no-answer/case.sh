# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
timers="no-answer: $((10 * t1))ms"
expect_code=480

check()
{
	why_says "$(call_field id)" 'It rang after' 'Nobody answered: sipd gave up \(no answer for' \
		'told the caller 480'
}
