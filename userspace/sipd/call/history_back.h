/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What responses tell of the way that a request has gone (RFC 7044 s.9.4). */
#ifndef SIPD_CALL_HISTORY_BACK_H
#define SIPD_CALL_HISTORY_BACK_H

#include "call/target.h"

/* Who sends more than that is told nothing. */
#define CALL_MAX_HISTORY_CAME 2048
/* What is added to it; entries that do not fit are left out. */
#define CALL_MAX_HISTORY_BACK 4096

/* Of a request whose sender is to be told. */
struct call_history {
	char *kept; /* lines of the 2xx; NULL: none yet; owned */
	struct view index; /* of the last entry that came, empty: none had one */
	bool proxied;
	char came[]; /* its lines; if it had none that can be read, one with its Request-URI */
};

/* The lines of such a one for who has sent @req, who is refused before anybody has been called. */
void call_history_echo(struct sip_out *out, const struct sip_msg *req);
/* NULL: whoever has sent @req does not support it, or has sent too much. */
struct call_history *call_history_of(const struct sip_msg *req, bool proxied);
void call_history_free(struct call_history **history);
/*
 * Writes lines with what came, and where @targets have led to. @final: nothing more is expected of
 * those who have not answered.
 */
void call_history_write_back(struct sip_out *out, const struct call_history *history,
			     const struct call_targets *targets,
			     const struct call_history_reader *reader, bool final);

#endif
