# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
write_config_as_always=$(declare -f write_config)
eval "${write_config_as_always/write_config/write_whole_config}"
write_config()
{
	write_whole_config
	sed -i 's/^  - name: access$/&\n    transfer: refuse/' sipd.yaml
}

check()
{
	note_in_ladder '403 to the REFER of the caller'
}
