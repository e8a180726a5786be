// SPDX-License-Identifier: GPL-2.0-or-later
/* What callee and caller are told of the way that the call has gone (RFC 7044, RFC 5806). */
#include "call/history_back.h"
#include "call/history_entry.h"
#include "call/history_on.h"
#include "call/hunt.h"

void call_hunt_tell_callee(struct sip_out *out, const struct call_branch *branch,
			   const struct sip_msg *invite)
{
	const struct call_targets *targets = &branch->hunt->targets;
	const struct call *call = branch->hunt->call;
	struct call_target *target = branch->target;
	struct call_history_reader reader;
	struct call_identity identity;

	if (!call_history_begin(targets, target))
		return;
	identity = call_identity_to(call->engine, call->settings, invite, &branch->hunt->from,
				    &call_fork_first(branch->relay)->leg[MEDIA_B], target);
	reader = call_history_reader(&identity);
	reader.host = call_listener(&target->to)->host;
	call_history_write_on(out, targets, target, NULL, &reader);
	if (!reader.private)
		call_history_write_diversions(out, &target->past);
}

void call_hunt_tell_caller(struct sip_out *out, const struct call *call, bool final)
{
	struct call_history_reader reader;

	if (!call->history)
		return;
	if (call->history->kept) {
		sip_out_str(out, call->history->kept);
		return;
	}
	if (!call->hunt) {
		sip_out_str(out, call->history->came);
		return;
	}
	reader = call_history_sender(call->engine, call->settings, &call->pairs->leg[MEDIA_A].flow,
				     true);
	call_history_write_back(out, call->history, &call->hunt->targets, &reader, final);
}

void call_hunt_keep_history(struct call *call)
{
	struct sip_out out;

	if (!call->history)
		return;
	out = call_headers(call->engine);
	call_hunt_tell_caller(&out, call, true);
	if (sip_out_ok(&out))
		call->history->kept = view_dup(sip_out_text(&out));
}

void call_branch_tells(struct call_relay *relay, const struct sip_msg *response)
{
	if (relay->call->history && relay->branch)
		call_history_take(&relay->branch->target->past, response);
}
