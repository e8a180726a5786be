/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sipd as a client that registers with a carrier (RFC 3261 s.10.2): one registration, from its
 * first REGISTER to its last one with the same Call-ID and rising CSeq.
 *
 * A try is all that is sent until one final response decides: to one address after the other (RFC
 * 3263 s.4.3), with credentials when asked, with a longer interval when asked. What has failed is
 * tried again, however often, after waits that grow (RFC 5626 s.4.5); wrong credentials only after
 * the long one of the configuration.
 */
#ifndef SIPD_CALL_TRUNK_REGISTER_H
#define SIPD_CALL_TRUNK_REGISTER_H

#include "call/nonces.h"
#include "call/trunk.h"
#include "call/trunk_way.h"

enum trunk_reg_state {
	TRUNK_REG_REGISTERING, /* nothing decided yet */
	TRUNK_REG_REGISTERED,
	TRUNK_REG_FAILED,
	TRUNK_REG_REFUSED, /* the credentials are wrong, by the carrier's word */
	TRUNK_REG_OFF, /* not wanted: ended, or about to be */
};

struct trunk_reg {
	struct trunk_way way;
	void (*idle)(struct trunk_reg *reg);
	char call_id[SIP_TOKEN_STRLEN], tag[SIP_TOKEN_STRLEN];
	uint32_t cseq; /* of the last request */
	uint32_t expires_s; /* that is asked for: as configured, or as a 423 has it */
	struct call_nonces nonces;

	struct timer timer; /* the next try */
	uint64_t next_ms; /* when that is; 0: none is planned */
	enum trunk_reg_state state;
	uint64_t since_ms; /* of the state */
	uint64_t bound_ms; /* the carrier has us registered until then; 0: it has not */
	uint32_t granted_s;
	unsigned int failures; /* one after the other */
	bool wanted;
	bool waiting; /* the next try, for the end of one of the same address-of-record */

	/* The try under way. */
	bool trying;
	bool ending; /* it is to end the registration */
	bool outdated; /* by a change of the times: another one follows */
	bool renewed; /* its credentials were, as their nonce was too old */
	uint32_t first_cseq; /* of its first request to the present address */
	unsigned int requests; /* to that address */

	int status; /* of the last try: 0: none */
	char answer[192];
};

/*
 * @idle is told when the registration has been ended, as far as it can be. NULL without memory.
 * @cfg is of the settings in force.
 */
struct trunk_reg *trunk_reg_alloc(struct call_engine *engine, const struct cfg_trunk *cfg,
				  void (*idle)(struct trunk_reg *reg));
void trunk_reg_free(struct trunk_reg *reg);
void trunk_reg_start(struct trunk_reg *reg, uint32_t delay_ms);
/* If it is wanted: after @delay_ms, or after what is under way, once more by the present times. */
void trunk_reg_renew(struct trunk_reg *reg, uint32_t delay_ms);
/* False: it is ended. True: it is made again; if its credentials were refused, at once. */
void trunk_reg_want(struct trunk_reg *reg, bool wanted);
/* One that it may have waited for has ended. */
void trunk_reg_resume(struct trunk_reg *reg);
/* Is it ended, and nothing under way? */
bool trunk_reg_is_off(const struct trunk_reg *reg);
struct call_engine *trunk_reg_engine(const struct trunk_reg *reg);
/* Fills what is of the registration. */
void trunk_reg_describe(const struct trunk_reg *reg, struct call_trunk_info *info);

/* --- trunk_register.c: what a try has come to; each ends it --- */

/* The carrier has it for @granted_s seconds; 0: no more. */
void trunk_reg_done(struct trunk_reg *reg, uint32_t granted_s);
/* Some time later; not before @retry_after_s. */
void trunk_reg_failed(struct trunk_reg *reg, uint32_t retry_after_s, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* A good deal later: what was shown is wrong. */
void trunk_reg_refused(struct trunk_reg *reg, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* After @left_ms: nothing was shown, as it is wrong by what calls have been told. */
void trunk_reg_held(struct trunk_reg *reg, uint64_t left_ms, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/*
 * The carrier has it, by the credentials that there are, and has not refused them since: what calls
 * are told of them is no reason to let it run out.
 */
bool trunk_reg_stands(const struct trunk_reg *reg);
/* Of the account; it is there. */
uint64_t trunk_reg_account(const struct trunk_reg *reg);

/* --- trunk_register_send.c --- */

/* One more request to the same address. */
void trunk_reg_send(struct trunk_reg *reg);
/* The Contact's URI, by the way to that address. */
void trunk_reg_write_contact(const struct trunk_reg *reg, struct sip_out *out);
/* trunk_way_ops.send: the first one to an address. */
void trunk_reg_send_first(void *user);

/* --- trunk_register_answer.c --- */

/* trunk_way_ops.final */
void trunk_reg_final(void *user, const struct sip_msg *response);

#endif
