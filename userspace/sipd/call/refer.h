/* SPDX-License-Identifier: GPL-2.0-or-later */
/* REFER (RFC 3515) in the dialogs of calls. */
#ifndef SIPD_CALL_REFER_H
#define SIPD_CALL_REFER_H

#include "call/replaces.h"

#define CALL_REFER_TEXT 512

/* What a REFER asks for; borrowed from the message, but for what was escaped in its URI. */
struct call_refer {
	struct view uri; /* of Refer-To, without headers */
	struct view referred_by; /* .p NULL: none */
	bool has_replaces;
	bool silent; /* Refer-Sub: false (RFC 4488) */
	struct call_replaces replaces;
	char text[CALL_REFER_TEXT];
};

/* 0, or the status that refuses it, with a Warning for who sent it at @flow in @lines. */
int call_refer_read(struct call_refer *refer, const struct sip_msg *msg, const struct tp_flow *flow,
		    struct sip_out *lines);
void call_receive_refer(const struct call_request *req);

/* --- refer_pass.c: the other party carries it out (transfer: pass) --- */

void call_refer_pass(const struct call_request *req, const struct call_refer *refer);
/* A NOTIFY in the dialog of a call: that of such a REFER, or 481. */
void call_refer_notified(const struct call_request *req);
/* Forgets the subscriptions of a call that has ended. */
void call_passed_clean(struct call *call);

#endif
