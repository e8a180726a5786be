// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/history_on.h"

#include "call/history_tree.h"

static bool any_has_failed(const struct call_targets *targets)
{
	for (const struct call_target *tried = targets->tried; tried; tried = tried->next)
		if (tried->past.sent && call_history_has_failed(&tried->past))
			return true;
	return false;
}

bool call_history_begin(const struct call_targets *targets, struct call_target *target)
{
	call_targets_count_in(targets, &target->past);
	target->past.told = call_history_sent_on(&target->past) || any_has_failed(targets);
	return target->past.told;
}

void call_history_write_on(struct sip_out *out, const struct call_targets *targets,
			   const struct call_target *target, const struct sip_msg *proxied,
			   const struct call_history_reader *reader)
{
	struct call_history_tree tree = {
		.out = out,
		.reader = reader,
		.to = target,
		.proxied = proxied,
		.end = out->len + CALL_MAX_HISTORY_ON,
		.before = "History-Info: ",
	};

	if (!target->past.told)
		return;
	if (proxied)
		tree.came = tree.base = call_history_last_index(proxied);
	if (proxied && !tree.came.len) {
		tree.base = VIEW_LIT("1");
		sip_out_str(out, "History-Info: <");
		sip_out_view(out, proxied->ruri);
		sip_out_str(out, ">;index=1");
		tree.before = ", ";
	}
	call_history_tell_tried(&tree, targets->tried);
	tree.near = true;
	call_history_tell(&tree, &target->past);
	sip_out_str(out, "\r\n");
}
