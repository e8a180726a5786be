/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replaces (RFC 3891): which dialog of ours somebody wants to take the place in. */
#ifndef SIPD_CALL_REPLACES_H
#define SIPD_CALL_REPLACES_H

#include "call/exchange.h"
#include "sip/shard.h"

/* Borrowed from the value that was read. */
struct call_replaces {
	struct view call_id, to_tag, from_tag;
	bool early_only;
};

/* 0 or -EBADMSG. */
int call_replaces_parse(struct call_replaces *replaces, struct view value);

static inline struct sip_shard_dialog call_replaces_dialog(const struct call_replaces *replaces)
{
	return (struct sip_shard_dialog){
		.call_id = replaces->call_id,
		.tags = { replaces->to_tag, replaces->from_tag },
	};
}

/* sip_handlers.names: that of an INVITE with Replaces. */
bool call_replaces_names(const struct sip_msg *msg, struct sip_shard_dialog *dialog);

/* Who is to be replaced. */
struct call_replaced {
	struct call *call;
	struct call_pair *pair;
	enum media_side side;
	bool ringing; /* its caller, before the call is answered */
};

/*
 * The dialog may be named as its party knows it who is to be replaced, or as the one does who
 * stays: a REFER that sipd passes on names it so. 0 or -ENOENT.
 */
int call_replaces_find(const struct call_engine *engine, const struct call_replaces *replaces,
		       struct call_replaced *replaced);
/*
 * The same, and may it be replaced now, by who is in @realm? 0 or the status that says why not (RFC
 * 3891 s.3). An early dialog may be left only by its caller, when he transfers who rings:
 * replaced->ringing.
 */
int call_replaces_check(const struct call_engine *engine, const struct call_replaces *replaces,
			const struct call_realm *realm, struct call_replaced *replaced);

/* How the other side of a call knows the dialog that it has there. */
struct call_replaces_name {
	size_t len; /* of the value of Replaces that @text begins with; 0: there is no such call */
	size_t party_len; /* of what follows: the To of who stays, if he is on that side; or 0 */
	char text[1024];
};

/*
 * Reckons it for who is in @realm, as an INVITE with that Replaces would have to name it. Fails if
 * neither side of the call is there.
 */
void call_replaces_name(const struct call_engine *engine, const struct call_replaces *replaces,
			const struct call_realm *realm, struct call_replaces_name *name);

/* 0, or 400 for Replaces where none may be, or not so (RFC 3891 s.3). */
int call_replaces_screen(const struct sip_msg *req, const struct tp_flow *from,
			 struct sip_out *lines);

/* A new INVITE with Replaces, that has been screened and admitted. */
void call_receive_replaces(struct call_engine *engine, struct sip_strans *st,
			   const struct sip_msg *req, const struct tp_flow *from);

#endif
