/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a call to a user or group of ours goes, by what is set for them. */
#ifndef SIPD_CALL_TREAT_ROUTE_H
#define SIPD_CALL_TREAT_ROUTE_H

#include "call/callee.h"
#include "call/route.h"

/*
 * The call comes to @aor. 0: @choice has targets; -ESRCH: there is no such user; -EAGAIN: he, or
 * whom his calls are sent on to, cannot be reached; -EBUSY: he refuses with @choice->refused;
 * -ELOOP: it has been to him, or was sent on too often; -ENETUNREACH: nothing leads to where it is
 * sent on to; or as of call_route(). @choice->why says more.
 */
int call_treat_enter(struct call_engine *engine, const struct aor *aor, struct call_choice *choice);
/*
 * The call is sent on from @callee, the last one of @choice, as he has set for @key. @status: for
 * which; 0: he is not registered. As call_treat_enter().
 */
int call_treat_forward(struct call_engine *engine, struct call_callee *callee, enum treat_key key,
		       int status, struct call_choice *choice);
/* The user of a destination. False: it is none that can be called. */
bool call_treat_aor(const struct call_choice *choice, const struct cfg_destination *destination,
		    char uri[], size_t size, struct sip_uri *parsed, struct aor *aor);

/* --- group.c --- */

/* The same for @group, whose address is @aor. */
int call_group_enter(struct call_engine *engine, const struct cfg_group *group,
		     const struct aor *aor, struct call_choice *choice);

#endif
