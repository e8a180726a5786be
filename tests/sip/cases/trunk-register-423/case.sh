# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# The carrier has a least interval.
# Shows: 3261/10.2.8a
like trunk-registers
carrier_does=wants_longer
