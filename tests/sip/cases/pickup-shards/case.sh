# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
#
# The same with four shards. That each of ten INVITEs with Replaces has a Call-ID of the shard that
# the call is of is less likely than a broken machine.
# Shows: 3891/3i
like pickup
shards=4
rounds=10
expect_calls=10
