# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# An operator disables a trunk, and enables it again.
# Shows: 3261/10.2.2b
like trunk-registers
carrier_does=is_disabled
