# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others

# Who is refused shows the credentials rarely, and is registered when they are right.
# Shows: 3261/22.2b 7616/3.3b
like trunk-registers
carrier_does=refuses
