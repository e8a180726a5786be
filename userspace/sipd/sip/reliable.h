/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reliable provisional responses (RFC 3262): those that a server transaction sends, repeated until
 * their PRACK has come, and the headers of both.
 *
 * A struct sip_reliable is the row of those in one early dialog, which has an RSeq space of its
 * own; it is embedded in its user. An INVITE may have several, told apart by their To tags.
 *
 * Lifetime: all zero is one that has sent nothing. It is bound to the server transaction by its
 * first response; from the final one on nothing is repeated, but its PRACK is known all the same.
 * The user calls sip_reliable_clean() before it goes, the transaction may go first.
 */
#ifndef SIPD_SIP_RELIABLE_H
#define SIPD_SIP_RELIABLE_H

#include "sip/transaction.h"

struct sip_reliable_ops {
	/* No PRACK came within 64*T1: the user refuses the INVITE with a 5xx (s.3). */
	void (*no_prack)(void *user);
	/*
	 * Nothing was sent for two and a half minutes: another one is due, so that no proxy gives
	 * up (s.3).
	 */
	void (*refresh)(void *user);
};

struct sip_reliable {
	struct sip_reliable *next, **pprev; /* of the transaction */
	struct sip_strans *st; /* NULL: it has had its final response, or is gone */
	const struct sip_reliable_ops *ops;
	void *user;
	struct timer timer; /* repetition, or refresh */
	char *text; /* that is repeated */
	uint64_t deadline_ms;
	uint32_t interval_ms;
	uint32_t rseq; /* of the last one, 0: none was sent */
	uint32_t cseq; /* of the INVITE */
	uint16_t text_len, template_at, body_len, status; /* of the last one */
	bool unacknowledged;
};

/*
 * Sends a provisional response reliably: Require and RSeq are added. @ops and @user as long as the
 * struct is in use. -EBUSY: the one before is not acknowledged yet (s.3); else as
 * sip_strans_respond().
 */
int sip_reliable_send(struct sip_reliable *rel, struct sip_strans *st,
		      const struct sip_reply *reply, const struct sip_reliable_ops *ops,
		      void *user);
/* Is @prack that of the response that waits for it? One more, in its own transaction, is not. */
bool sip_reliable_matches(const struct sip_reliable *rel, const struct sip_msg *prack);
/* The PRACK has come. */
void sip_reliable_acked(struct sip_reliable *rel);
/* Does a response with a body wait for its PRACK, so that a 2xx must wait too (s.3)? */
bool sip_reliable_holds_2xx(const struct sip_reliable *rel);
void sip_reliable_clean(struct sip_reliable *rel);

/* The RSeq of a response that was sent reliably; 0: it was not, or cannot be read. */
uint32_t sip_rseq(const struct sip_msg *response);

struct sip_rack {
	uint32_t rseq;
	uint32_t cseq;
	struct view method;
};

/* 0 or -EBADMSG. */
int sip_rack_parse(struct sip_rack *rack, struct view value);
/* Does a Require, Supported ... header of @msg name @tag? */
bool sip_names_option(const struct sip_msg *msg, enum sip_hdr_id id, struct view tag);

#endif
