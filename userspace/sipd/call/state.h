/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A call from inside: its dialogs, the requests under way in it, its birth and its end.
 *
 * Lifetime: a call that has nothing left to wait for is taken down at the end of the loop's turn
 * (call_settle()), so that it survives every callback that it is used in. What is kept of it then
 * lies in the engine's list of finished calls.
 */
#ifndef SIPD_CALL_STATE_H
#define SIPD_CALL_STATE_H

#include "base/timer.h"
#include "call/engine.h"
#include "call/session_timer.h"
#include "sip/dialog.h"
#include "sip/reliable.h"

/* What went reliably in a dialog before its 2xx (RFC 3262); see prack.h. */
struct call_early {
	struct sip_reliable out; /* to the caller */
	uint32_t rseq; /* the callee's last one that was taken, 0: none */
	uint32_t due; /* the callee's that the caller's next PRACK is for, 0: none */
	char *answer; /* SDP of the callee's; owned */
	char *held; /* a response that waits for the caller's PRACK; owned */
	uint32_t answer_len, held_len;
	bool told[2]; /* by side: has the session description, or gave it */
	bool offered; /* the callee's offer waits for the answer in a PRACK */
	bool committed; /* offer and answer are complete in the media too */
	bool kept_2xx; /* @held is one */
	bool noted; /* the decision log says how the sides differ */
};

/*
 * One dialog with each side. A call has one pair, or while several are called, one for each
 * branch that has answered: then the caller sees a dialog for each too.
 */
struct call_pair {
	struct call_pair *next;
	struct call *call;
	struct call_relay *invite; /* that made it; NULL: it has ended */
	struct sip_dialog leg[2]; /* by enum media_side; user points back here */
	struct call_session session[2]; /* by enum media_side */
	const struct cfg_account *account; /* for the callee's leg, if it is at */
	struct tp_addr account_peer; /* that host; NULL: there is none */
	struct call_early early;
	bool early_answer; /* SDP of this branch has been relayed */
};

enum call_offer_place {
	CALL_OFFER_NONE,
	CALL_OFFER_IN_REQUEST,
	CALL_OFFER_IN_RESPONSE, /* the answer comes in the ACK */
};

enum call_stage {
	CALL_STAGE_PROCEEDING,
	CALL_STAGE_ACCEPTED, /* INVITE: 2xx sent on */
	CALL_STAGE_REFUSED, /* initial INVITE: another final response sent, its ACK is due */
	CALL_STAGE_DONE,
};

/* In one call, lingering ones included; more are refused. INFO for DTMF makes hundreds. */
#define CALL_MAX_REQUESTS 1000

/*
 * A request of a call: the transaction it came in by, the one it went out by, or both. It is the
 * user of both transactions, and goes when both have ended.
 */
struct call_relay {
	uint32_t kind; /* struct call_user: CALL_USER_CALL */
	uint32_t cseq; /* of the request that went out */
	struct call_relay *next, **pprev; /* in call->relays */
	struct call *call;
	struct call_branch *branch; /* of a hunt, of which it is the transaction; else NULL */
	struct call_pair *pair; /* NULL: the initial INVITE before its 2xx, or the branch is gone */
	struct sip_strans *st; /* NULL: made here, or ended */
	struct sip_ctrans *ct; /* NULL: answered here, or ended */
	const struct sip_ctrans_ops *ops; /* who hears of ct; see retry.c */
	char *ack_body; /* of the ACK sent, its type before it, for repetitions; owned */
	uint32_t asked; /* Session-Expires of the request that went out, 0: none */
	struct call_session_ask ask; /* of the request that came in */
	char *target; /* of the peer before st's request moved it; owned, NULL: it has not */
	uint16_t moves; /* of his dialog, with that one */
	uint16_t ack_type_len, ack_body_len;
	uint8_t from; /* enum media_side that st faces; ct faces the other */
	uint8_t method; /* enum sip_method */
	uint8_t stage; /* enum call_stage */
	uint8_t offer; /* enum call_offer_place */
	uint8_t retries; /* times that the request went out once more; see retry.c */
	bool initial : 1; /* ct carries on the INVITE that made the call */
	bool final : 1; /* ct has had its final response, or that is of no use any more */
	bool accepted : 1; /* with a 2xx that is to be acknowledged */
	bool acked_in : 1; /* st's 2xx has been acknowledged */
	bool reliable_only : 1; /* st requires 100rel */
	bool acked_out : 1; /* ct's 2xx has been acknowledged */
	bool stale : 1; /* its credentials were renewed, as their nonce was too old */
	bool refused : 1; /* our credentials were, so the challenge is nobody else's business */
	bool joins : 1; /* made a dialog of a call that others were called for; see pickup.c */
	bool held : 1; /* stays without a transaction: INVITE of a transfer that nobody has sent */
};

struct call {
	TAILQ_ENTRY(call) link; /* active or finished */
	TAILQ_ENTRY(call) reap_link;
	struct call_engine *engine;
	struct hnode merge_node; /* in engine->invites */
	struct call_settings *settings; /* a reference: what it began with; NULL after the end */
	struct call_realm *realm[2];
	struct call_pair *pairs; /* the first one is the chosen one after a 2xx */
	struct call_relay *invite; /* with the caller's transaction, until that ends */
	struct call_hunt *hunt; /* while nobody has answered, else NULL */
	struct call_transfer *transfer; /* that this call is part of, else NULL */
	struct call_relay *relays; /* all, @invite included */
	unsigned int nrelays;
	struct media_call *media; /* NULL after the end */
	struct call_session_sdp sdp[2], sdp_offered[2]; /* by the side that it came from */
	struct call_digest *digests; /* owned */
	struct call_passed *passed; /* REFERs that the other side carries out; owned */
	struct media_stats *media_stats; /* after the end; exactly its streams */
	struct timer timer; /* no answer, then maximum duration, then the end */
	struct ladder ladder;
	uint64_t start_ms, ring_ms, answer_ms, end_ms; /* monotonic, 0: not yet */
	double start; /* Unix time */
	struct call_history *history; /* owned; NULL: the caller is told nothing of it */
	char *reason; /* owned */
	const char *ended_by;
	int code;
	struct call_digits digits;
	uint32_t home[2]; /* by side: call_home() of where it has called from, or was called at */
	uint8_t state; /* enum call_state */
	bool reap_due : 1; /* either: it is in engine->reap */
	bool media_due : 1;
	bool fault : 1; /* ended by one */
	bool reliable : 1; /* the caller takes reliable provisional responses */
	bool reliable_only : 1; /* and no others but 100 */
	bool offer_held : 1; /* the last offer put every stream on hold */
	bool of_transfer : 1; /* nobody has called: sipd has, for one */
	bool referred[2]; /* by side: it has sent a REFER */
	bool bye_due[2]; /* by side: as soon as its ACK is here (RFC 3261 s.15) */
	char id[CALL_ID_STRLEN];
};

/* What the realm of @side is to it. */
static inline const struct cfg_realm *call_cfg_realm(const struct call *call, unsigned int side)
{
	return call_settings_realm(call->settings, call->realm[side]);
}

static inline struct call_pair *call_pair_of(const struct sip_dialog *dialog)
{
	return dialog->user;
}

static inline enum media_side call_side_of(const struct sip_dialog *dialog)
{
	return dialog == &call_pair_of(dialog)->leg[MEDIA_B] ? MEDIA_B : MEDIA_A;
}

static inline enum media_side call_other(enum media_side side)
{
	return side == MEDIA_A ? MEDIA_B : MEDIA_A;
}

static inline const char *call_side_name(enum media_side side)
{
	return side == MEDIA_A ? "caller" : "callee";
}

static inline uint64_t call_now(const struct call *call)
{
	return loop_now_ms(call->engine->loop);
}

/*
 * Of an address that whoever is there has proven to be his, by a password, a registration or being
 * in the configuration. A keyed hash: nobody can find another address that has the same.
 */
static inline uint32_t call_home(const struct tp_addr *addr)
{
	return htab_hash(addr, tp_addr_len(addr));
}

/* By enum media_side. Takes over what call_room_take() has taken. NULL without memory. */
struct call *call_alloc(struct call_engine *engine, struct call_realm *const realms[2]);
struct call_pair *call_pair_alloc(struct call *call);
void call_pair_free(struct call_pair *pair);
/* Forgets all pairs but @keep. */
void call_pairs_keep(struct call *call, const struct call_pair *keep);

/* Linked into @call; @st may be NULL. NULL without memory. */
struct call_relay *call_relay_alloc(struct call *call, enum sip_method method, enum media_side from,
				    struct sip_strans *st, const struct sip_strans_ops *ops);
/* Frees one that has no transaction. */
void call_relay_drop(struct call_relay *relay);
/* sip_strans_ops.ended and sip_ctrans_ops.ended of every relay. */
void call_relay_st_ended(void *user, struct sip_strans *st);
void call_relay_ct_ended(void *user, struct sip_ctrans *ct);
/* The INVITE that came from @from and still holds up another one, or NULL. */
struct call_relay *call_invite_pending(const struct call *call, enum media_side from);

/* Marks the end: times, who and why; the call then waits for what is under way. */
void call_mark_ending(struct call *call, const char *by, struct view why);
/*
 * All BYEs have been sent: with them its session has ended, whatever is answered (RFC 3261
 * s.15.1.1). Its media end with this turn.
 */
void call_session_over(struct call *call);
/* Takes the call down at the end of the turn, if nothing is under way any more. */
void call_settle(struct call *call);
/* Takes down every call that is due, or its media: the engine's deferred work. */
void call_reap(struct loop_deferred *deferred);
void call_free(struct call *call);

/* record.c: moves a call that has ended to the finished ones. */
void call_record(struct call *call);
void call_records_free(struct call_engine *engine);

#endif
