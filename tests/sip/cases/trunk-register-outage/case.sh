# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# A carrier is away for a while; sipd tries for ever, with growing pauses.
# Shows: 3261/10.2.7a 5626/4.5a
like trunk-registers
carrier_does=vanishes
