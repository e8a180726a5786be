/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A transaction layer between a peer that the test plays, over real UDP sockets on the loopback,
 * and a user that writes down what it is told. The clock stands unless the test moves it, so that
 * the journal of a test is exact: one line per message that the peer received and per call of the
 * user, each with the milliseconds since the start.
 *
 *	0 INVITE		a request reached the peer
 *	0 180			a response reached the peer
 *	0 user response 180	ops->response and so on
 */
#ifndef SIP_RIG_H
#define SIP_RIG_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sip/transaction.h"

struct rig {
	struct loop *loop;
	struct transport *tp;
	struct tp_listener *listener;
	struct sip_stack *stack;
	int peer; /* its socket */
	struct tp_flow from; /* the peer as the stack sees it */
	char local[TP_ADDR_STRLEN], remote[TP_ADDR_STRLEN]; /* the stack's address, the peer's */
	uint64_t start_ms;

	char journal[65536];
	size_t journal_len;
	char last[65536]; /* the message that the peer received last */
	unsigned int received; /* by the peer */
	struct sip_trace trace; /* the last one; what it points to is gone */
	void *trace_user;
	unsigned int traced;
	unsigned int ignored; /* traced with the reason why it is not used */

	struct sip_strans *st; /* of the last request */
	struct sip_ctrans *ct; /* of the last rig_send() */
	int answer; /* the user answers requests at once with it, 0: not */
	bool hold; /* a request is not attached to the user */
	bool silent; /* nothing goes into the journal */
};

/* cmocka fixtures; *state is the rig. */
int rig_setup(void **state);
int rig_setup_timer_c(void **state);
int rig_teardown(void **state);

/* Compares the journal since the last call. */
#define rig_expect(rig, text) rig_expect_at(rig, text, __FILE__, __LINE__)
void rig_expect_at(struct rig *rig, const char *text, const char *file, int line);
void rig_note(struct rig *rig, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Moves the clock to @ms since the start, stopping wherever a timer may be due. */
void rig_advance(struct rig *rig, uint64_t ms);
/* Flushes the stack and takes what the peer got into the journal. */
void rig_collect(struct rig *rig);

/* The peer sends @text; @P stands for its address, @L for the stack's, @B for rig_branch(). */
void rig_receive(struct rig *rig, const char *text);
/* The peer sends a request with this method and branch (NULL: none at all), and extra lines. */
void rig_request(struct rig *rig, const char *method, const char *branch, const char *extra);
/* The peer answers the last request that it received with @method in CSeq. */
void rig_respond(struct rig *rig, int status, const char *method, const char *to_tag);

/* The user responds to rig->st; fails the test unless the return value is 0. */
void rig_answer(struct rig *rig, int status);
/* The user sends a request; its client transaction becomes rig->ct. */
void rig_send(struct rig *rig, enum sip_method method);

/* Value of the first header of that name in the message that the peer received last, "" if none. */
const char *rig_header(struct rig *rig, const char *name);
/* The branch of that message's topmost Via. */
const char *rig_branch(struct rig *rig);
/* The To tag of that message, "" if none. */
const char *rig_to_tag(struct rig *rig);

extern const struct sip_strans_ops rig_strans_ops;
extern const struct sip_ctrans_ops rig_ctrans_ops;

#endif
