# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3261/26.3.1c 3261/8.1.1.8b 3261/12.1.1c
access=tls
core=tls
