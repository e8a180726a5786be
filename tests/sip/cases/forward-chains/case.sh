# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Forwarded again and again, in a loop, to nowhere, and given up by the caller.
# Shows: 7044/10.3a 7044/10.4a 5806/4b 5806/6.5a
config=$treated
more_ips="10.0.2.8 10.0.2.9"
expect_calls=any

drive()
{
	add_more_users
	treatment chain loop diverted_before nowhere to_a_trunk cancelled early_media
}
