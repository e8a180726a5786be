# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# What a trunk has refused, in a call or to register, four shards show it no more: neither calls of any of them nor
# the first one, which registers, and does so at once when they are said to be right by now.
# Shows: 3261/22.2b
like trunk-registers
shards=4
config=${config/refused-retry: 3s/refused-retry: 1h}
config+="
routes: [ { match: '^4711\$', to: [ carrier ] } ]"
expect_calls=49
carrier_does=shares_refusals
