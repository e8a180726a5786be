/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The call engine between a caller and a callee that the test plays, over real UDP sockets on the
 * loopback, without media. The clock stands unless the test moves it, so that the journal of a test
 * is exact: one line per message that a peer received, with the milliseconds since the start.
 *
 *	0 A 100			a response reached the caller
 *	0 B INVITE		a request reached the callee
 *
 * After each step the caller's messages stand first.
 */
#ifndef CALL_RIG_H
#define CALL_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "call/state.h"

#define CALL_RIG_SDP                                                                \
	"v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n" \
	"m=audio 4000 RTP/AVP 0\r\n"
/* The type of a body with that boundary in it, unless a test says another one. */
#define CALL_RIG_PARTS "multipart/mixed; boundary=\"rig\";charset=utf-8"

/* A user agent: its socket and its view of the dialog. */
struct call_peer {
	struct call_rig *rig;
	const char *name; /* in the journal */
	int fd;
	struct tp_flow flow; /* the peer as the engine sees it */
	char address[TP_ADDR_STRLEN], sipd[TP_ADDR_STRLEN];
	char call_id[128], local_tag[64], remote_tag[64];
	char target[256]; /* Request-URI of its requests */
	char route[1024]; /* value of their Route, "": none */
	unsigned int cseq, branch;
	unsigned int invite_cseq, invite_branch;
	unsigned int rseq; /* of its last reliable response, for a test that counts them */
	int invite_status; /* the final response to its INVITE, 0: none */
	char sent[66000], last[8192]; /* messages sent and received last */
	char invite[8192], other[8192]; /* last INVITE received, last other request but ACK */
};

#define CALL_RIG_CALLEES 3

struct call_rig {
	struct loop *loop;
	struct call_engine *engine;
	struct cfg cfg;
	struct cfg_realm realms[2];
	struct cfg_listen listens[2];
	struct call_peer a, b;
	struct call_peer more[CALL_RIG_CALLEES - 1]; /* callees C and D, of a route only */
	struct cfg_trunk trunks[CALL_RIG_CALLEES];
	const struct cfg_trunk *to[CALL_RIG_CALLEES];
	struct cfg_route route;
	uint64_t start_ms;
	char journal[65536];
	size_t journal_len;
};

/* cmocka fixtures; *state is the rig. The teardown fails when a call or transaction is left. */
int call_rig_setup(void **state);
int call_rig_teardown(void **state);
/* With media, for a test that plays the module (fake_libsipfast.h). */
#define CALL_RIG_PORT_MIN 40000
#define CALL_RIG_PORT_MAX 40063
int call_rig_setup_media(void **state);

/*
 * Calls go to all callees, trunks "B", "C" and "D", by one route; @failover: codes that let the
 * next one be tried, up to a 0, or NULL for 408 and 500 to 599.
 */
void call_rig_route(struct call_rig *rig, enum cfg_strategy strategy, const int *failover);
/* Puts @cfg in force, to which the caller has a reference. */
void call_rig_enforce(struct call_rig *rig, struct cfg *cfg);
struct call_peer *call_rig_callee(struct call_rig *rig, unsigned int index);
/* The line of the newest call's ladder that begins with @label, or NULL. */
const char *call_rig_ladder(const struct call_rig *rig, const char *label);
/* @more adds to the configuration before the engine is made. */
int call_rig_setup_with(void **state, void (*more)(struct call_rig *rig));
/* What call_rig_setup_media() adds. */
void call_rig_configure_media(struct call_rig *rig);

/* No call, dialog, request, transaction or timer is left. */
void call_rig_assert_empty(struct call_rig *rig);

/* Compares the journal since the last call. */
#define call_rig_expect(rig, text) call_rig_expect_at(rig, text, __FILE__, __LINE__)
void call_rig_expect_at(struct call_rig *rig, const char *text, const char *file, int line);
/* Empties the journal. */
void call_rig_forget(struct call_rig *rig);
/* The end of a loop's turn: what is queued is sent. */
void call_rig_turn(struct call_rig *rig);
/* The same, and it is received. */
void call_rig_settle(struct call_rig *rig);
/* Moves the clock to @ms since the start. */
void call_rig_advance(struct call_rig *rig, uint64_t ms);

/* A new request; extra header lines and SDP (or "") as given. */
void peer_request(struct call_peer *peer, const char *method, const char *extra, const char *body);
/* The ACK of the peer's last INVITE, of a 2xx or of another response as it came. */
void peer_ack(struct call_peer *peer, const char *body);
void peer_cancel(struct call_peer *peer, const char *extra);
/*
 * Answers the last INVITE, or other request, that the peer received. In a 3xx @extra, unless empty,
 * takes the place of Contact.
 */
void peer_reply_invite(struct call_peer *peer, int status, const char *tag, const char *extra,
		       const char *body);
void peer_reply(struct call_peer *peer, int status);
void peer_reply_body(struct call_peer *peer, int status, const char *body);
/* The Record-Routes of the message received last become the peer's route set. */
void peer_learn_route(struct call_peer *peer);
void peer_reply_other(struct call_peer *peer, int status, const char *tag, const char *extra);
/* Sends the last message once more. */
void peer_repeat(struct call_peer *peer);

/* Value of the first header of that name in @message, "" if none; it stands until the next call. */
const char *call_rig_header(const char *message, const char *name);
/* The same of the message received last. */
const char *peer_header(const struct call_peer *peer, const char *name);
/* Has the message received last that header line, without CRLF? */
bool peer_got(const struct call_peer *peer, const char *line);
/* Value of the tag in that header. */
const char *peer_tag(const struct call_peer *peer, const char *name);
const char *peer_body(const struct call_peer *peer);
/* The peer's dialog becomes the one that the message received last belongs to. */
void peer_learn(struct call_peer *peer);

/* Brings a call up from a to b, both with SDP; clears the journal. */
void call_rig_establish(struct call_rig *rig);
/* The callee refuses the caller's INVITE, who acknowledges that; clears the journal. */
void call_rig_refuse(struct call_rig *rig, int status);
/* The caller sends an INVITE that sipd refuses, and acknowledges that; nothing comes of it. */
void call_rig_refused(struct call_rig *rig, const char *extra, const char *body, int status);
/* The caller hangs up, the callee answers; fails unless nothing is left of the call. */
void call_rig_hang_up(struct call_rig *rig);
void assert_counts(struct call_rig *rig, unsigned int active, unsigned int failed);
/* Media ports of the caller's and the callee's realm that are in use. */
void assert_ports(struct call_rig *rig, unsigned int a, unsigned int b);

#endif
