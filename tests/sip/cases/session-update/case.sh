# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 4028/9a 4028/9b 4028/10b
timers="session-expires: 30s, min-se: 2s"
expect_ended_by=caller
