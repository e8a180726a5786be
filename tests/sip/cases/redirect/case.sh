# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
expect_code=502

check()
{
	nothing_shown caller.msg '10\.0\.2\.3|carol'
	why_says "$(call_field id)" 'refused: 30[0-9] .* from 10.0.2.2:5060, told to the caller as 502' \
		'^30[0-9] means: it was told to go elsewhere'
}
