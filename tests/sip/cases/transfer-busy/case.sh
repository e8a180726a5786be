# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=bash disable=SC2034,SC2154 # variables are shared with the others
# Shows: 3515/2.4.5b 3515/2.4.6a
config="trunks: [ { name: bob, realm: core, address: \"$callee_ip:5060\" },
  { name: carol, realm: core, address: \"$callee2_ip:5060\" } ]
routes: [ { match: \"^carol\$\", to: [ carol ] }, { match: \"^bob\$\", to: [ bob ] } ]"
expect_calls=2

# There is no next hop for anybody else.
write_config_as_always=$(declare -f write_config)
eval "${write_config_as_always/write_config/write_whole_config}"
write_config()
{
	write_whole_config
	sed -i '/next-hop:/d' sipd.yaml
}

check()
{
	why_says "$(call_to bob)" 'transfer failed: 486 Busy Here' 'transfer failed: 404 Not Found'
}
