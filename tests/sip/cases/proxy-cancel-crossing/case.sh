# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
. "$here/lib_proxy.sh"
scenarios=$here/cases/proxy-cancel-crossing
