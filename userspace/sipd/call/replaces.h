/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replaces (RFC 3891): which dialog of ours somebody wants to take the place in. */
#ifndef SIPD_CALL_REPLACES_H
#define SIPD_CALL_REPLACES_H

#include "call/exchange.h"

/* Borrowed from the value that was read. */
struct call_replaces {
	struct view call_id, to_tag, from_tag;
	bool early_only;
};

/* 0 or -EBADMSG. */
int call_replaces_parse(struct call_replaces *replaces, struct view value);

/* Who is to be replaced. */
struct call_replaced {
	struct call *call;
	struct call_pair *pair;
	enum media_side side;
};

/*
 * The dialog may be named as its party knows it who is to be replaced, or as the one does who
 * stays: a REFER that sipd passes on names it so. 0 or -ENOENT.
 */
int call_replaces_find(const struct call_engine *engine, const struct call_replaces *replaces,
		       struct call_replaced *replaced);
/*
 * The same, and may it be replaced now, by who is in @realm? 0 or the status that says why not (RFC
 * 3891 s.3).
 */
int call_replaces_check(const struct call_engine *engine, const struct call_replaces *replaces,
			const struct call_realm *realm, struct call_replaced *replaced);

/* A new INVITE with Replaces, that has been admitted. */
void call_receive_replaces(struct call_engine *engine, struct sip_strans *st,
			   const struct sip_msg *req, const struct tp_flow *from);

#endif
