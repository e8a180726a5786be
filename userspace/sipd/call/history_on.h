/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a request tells of those who were called before (RFC 7044 s.9.2, s.9.3). */
#ifndef SIPD_CALL_HISTORY_ON_H
#define SIPD_CALL_HISTORY_ON_H

#include "call/target.h"

/* Of a request. Those that have led to who gets it are told of in any case, others if they fit. */
#define CALL_MAX_HISTORY_ON 2048

/*
 * @target, one of @targets, is called now. True: there is something to tell, that the call was sent
 * on before it came to him or that others have failed.
 */
bool call_history_begin(const struct call_targets *targets, struct call_target *target);
/*
 * The History-Info of a request to @target, if call_history_begin() was true. It goes on behind
 * that of @proxied, the request that it is, or begins with its Request-URI; NULL: it is one of our
 * own. If @reader has a host it stands for all others but @target's and those of his realm who have
 * redirected the call.
 */
void call_history_write_on(struct sip_out *out, const struct call_targets *targets,
			   const struct call_target *target, const struct sip_msg *proxied,
			   const struct call_history_reader *reader);

#endif
