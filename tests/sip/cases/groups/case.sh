# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Hunt groups of each strategy, with members who are busy, away, or do not answer.
config=$treated
more_ips="10.0.2.8 10.0.2.9"
expect_calls=any

drive()
{
	add_more_users
	treatment ring_all linear nobody round_robin group_of_numbers
}
