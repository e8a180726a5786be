# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# A reload leaves a registration alone, or makes it anew with the same Call-ID.
# Shows: 3261/10.2b
like trunk-registers
carrier_does=reloads
