#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# Every way that a basic call can take while its users do something, and messages are late, lost or
# there twice: one such thing in a run; tests/sip/every_way tries two, without the module.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/lib_media.sh"
. "$(dirname "$0")/lib_sipd.sh"

T1=250 # milliseconds
# See call_model/main.c.
MODEL_DEPTH=${MODEL_DEPTH:-1}
MODEL_RUNS=${MODEL_RUNS:-100}
MODEL_SCENARIO=${MODEL_SCENARIO:-}

# Proves: in every run both ends agree whether there is a call, each hears the other one and nobody
# else while there is, and in the end sipd and the module have none.
no_call_is_dead_and_nothing_is_left()
{
	local fds

	sipd_start
	fds=$(count_fds)
	call_model -d "$MODEL_DEPTH" -n "$MODEL_RUNS" -t $T1 -s "$MODEL_SCENARIO" \
		"$A" 10.0.1.2:5060 10.0.1.1:5060 "$B" 10.0.2.2:5060 10.0.2.1:5060
	assert_in_hand "0 0 0 0"
	assert_eq "0 0" "$(in_r sipctl -j kernel status | json sessions endpoints)" \
		"sessions and endpoints in the kernel"
	assert_eq "0 0" "$(ctl_json status 'realms.*.ports_used')" "media ports in use"
	assert_eq "$fds" "$(count_fds)" "file descriptors of sipd"
}

system_up 30000-30999 "t1: ${T1}ms, t2: $((8 * T1))ms"
run no_call_is_dead_and_nothing_is_left
