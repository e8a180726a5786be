/* SPDX-License-Identifier: GPL-2.0-or-later */
/* 3xx: the contacts that somebody else names become targets (RFC 3261 s.8.1.3.4, s.16.7 step 4). */
#ifndef SIPD_CALL_REDIRECT_H
#define SIPD_CALL_REDIRECT_H

#include "call/target.h"
#include "sip/msg.h"
#include "sip/out.h"

struct call_redirection {
	struct call_targets *targets; /* where they go, before those that wait */
	struct call_target *target; /* that has answered with the 3xx */
	enum sip_method method; /* of the request */
	/* What is not followed, and why. May be NULL. */
	void (*note)(void *arg, const char *text);
	void *arg;
};

/* How many have become targets. */
unsigned int call_redirect(const struct call_redirection *redirection,
			   const struct sip_msg *response);

#endif
