#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# The netlink ABI, asked by clients on libnl that share no code with this project.
. "$(dirname "$0")/lib.sh"

need_module
need nl_abi nl_objects nl_config nl_events

what_is_refused()
{
	nl_abi
}

what_is_carried_out()
{
	nl_objects
}

what_is_set()
{
	nl_config
}

what_packets_cause()
{
	nl_events
}

run what_is_refused what_is_carried_out what_is_set what_packets_cause
