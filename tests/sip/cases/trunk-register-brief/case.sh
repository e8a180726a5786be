# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# A registration of a second is not renewed all the time.
# Shows: 3261/10.2.4a
like trunk-registers
carrier_does=grants_little
