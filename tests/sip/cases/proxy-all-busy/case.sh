# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/16.7l
like fork-all-busy
. "$here/lib_proxy.sh"
route="to: [ one, two, three ], strategy: parallel, mode: proxy"
