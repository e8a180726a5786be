/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Transfers: A, in realm access, has a call with B and may have another one with C, to whom a route
 * leads from there; all else goes to B.
 */
#ifndef TESTS_UNIT_TRANSFER_FIXTURE_H
#define TESTS_UNIT_TRANSFER_FIXTURE_H

#include <stdio.h>

#include "call_rig.h"

static inline void transfer_route_to_c(struct call_rig *rig)
{
	static char name[] = "C", match[] = "^carol$";

	rig->trunks[0] = (struct cfg_trunk){ .name = name, .realm = &rig->realms[1], .weight = 1 };
	rig->trunks[0].address.addr = rig->more[0].flow.remote;
	rig->to[0] = &rig->trunks[0];
	rig->route = (struct cfg_route){ .match = match, .to = rig->to, .nto = 1 };
	rig->cfg.trunks = rig->trunks;
	rig->cfg.ntrunks = 1;
	rig->cfg.routes = &rig->route;
	rig->cfg.nroutes = 1;
	rig->cfg.keep_finished = 8;
}

static inline int transfer_setup(void **state)
{
	return call_rig_setup_with(state, transfer_route_to_c);
}

static inline void transfer_hang_up(struct call_peer *from, struct call_peer *to)
{
	peer_request(from, "BYE", "", "");
	assert_int_equal(strncmp(to->last, "BYE ", 4), 0);
	peer_reply(to, 200);
	call_rig_forget(from->rig);
}

/* What either says goes to the other one, and to nobody else. */
static inline void transfer_assert_talking(struct call_peer *one, struct call_peer *other)
{
	char journal[64];

	call_rig_expect(one->rig, "");
	for (int i = 0; i < 2; i++) {
		struct call_peer *from = i ? other : one, *to = i ? one : other;

		peer_request(from, "INFO", "", "");
		snprintf(journal, sizeof(journal), "0 %s INFO\n", to->name);
		call_rig_expect(one->rig, journal);
		peer_reply(to, 200);
		snprintf(journal, sizeof(journal), "0 %s 200\n", from->name);
		call_rig_expect(one->rig, journal);
	}
}

/* The last request but ACK that @peer got is a NOTIFY of a transfer, with that status line. */
static inline void assert_sipfrag(const struct call_peer *peer, const char *status,
				  const char *state)
{
	const char *text = peer->other;

	assert_true(!strncmp(text, "NOTIFY ", 7));
	assert_non_null(strstr(text, "\r\nEvent: refer\r\n"));
	assert_non_null(strstr(text, "\r\nContent-Type: message/sipfrag;version=2.0\r\n"));
	assert_non_null(strstr(text, "\r\nContact: <sip:"));
	if (!strstr(text, status) || !strstr(text, state))
		print_error("no %s, %s in:\n%s", status, state, text);
	assert_non_null(strstr(text, status));
	assert_non_null(strstr(text, state));
}

/* A's other dialog; what it is sent comes to the same socket. */
static struct call_peer second;

static inline void second_learns(struct call_rig *rig)
{
	memcpy(second.last, rig->a.last, sizeof(second.last));
	memcpy(second.other, rig->a.other, sizeof(second.other));
	second.invite_status = rig->a.invite_status;
}

/* A, who talks to B, calls C as well. */
static inline void second_call(struct call_rig *rig, const char *extra, const char *sdp)
{
	call_rig_establish(rig);
	second = rig->a;
	strcpy(second.call_id, "second-call-of-A");
	strcpy(second.local_tag, "second-tag-of-A");
	second.remote_tag[0] = '\0';
	second.branch = 1000;
	strcpy(second.target, "sip:carol@sipd.example");
	peer_request(&second, "INVITE", extra, sdp);
	peer_learn(&rig->more[0]);
}

/* The ACK of its INVITE, of whatever came last. */
static inline void second_ack(struct call_rig *rig)
{
	second.invite_status = rig->a.invite_status;
	peer_ack(&second, "");
}

/* A brings the two together. */
static inline void refer_to_second(struct call_rig *rig, const char *more)
{
	char line[512];

	snprintf(line, sizeof(line),
		 "Refer-To: <sip:carol@sipd.example"
		 "?Replaces=%s%%3Bto-tag%%3D%s%%3Bfrom-tag%%3D%s%s>\r\n",
		 second.call_id, second.remote_tag, second.local_tag, more);
	peer_request(&rig->a, "REFER", line, "");
}

#endif
