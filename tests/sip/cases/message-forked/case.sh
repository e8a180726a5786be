# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3428/6a 3261/16.7l
route="to: [ one, two, three ], strategy: parallel"
expect_calls=0
