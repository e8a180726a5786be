# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# The carrier says when it can be asked again.
# Shows: 3261/20.33a
like trunk-registers
carrier_does=is_overloaded
