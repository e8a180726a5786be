/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A party of one call becomes a party of another one: call transfer (RFC 5589).
 *
 * A transfer makes a new call, and moves into it, dialog and all, who goes on talking: first
 * whoever is taken over from a call of its own, then, once there is somebody to talk to, the one
 * who is left over. The calls that they come from keep the other party, and end with him. So a call
 * has two sides at all times, and one that is moved nowhere is as it was before.
 *
 *	@from	call of the REFER: the transferor and the one who is left over
 *	@other	call whose party at @side of it is replaced, the one who stays is moved
 *	@to	the new call: the one who is left over, or has sent an INVITE with Replaces, is its
 *		caller, whom he talks to now its callee
 *
 * Lifetime: from the REFER, or the INVITE with Replaces, until it has succeeded or failed, which is
 * when one of its calls ends, too. Each of them points to it, so a call has one at a time.
 */
#ifndef SIPD_CALL_TRANSFER_H
#define SIPD_CALL_TRANSFER_H

#include "call/refer.h"

struct call_transfer {
	struct call *from; /* NULL: there was no REFER */
	struct call *other; /* NULL: a new party is called */
	struct call *to; /* NULL: not made yet */
	struct call_relay *relay; /* re-INVITE to who is left over, or REFER that waits; or NULL */
	struct timer timer; /* until it is tried once more */
	char *offer; /* SDP of the 2xx of who is talked to, or a REFER that waits; owned */
	size_t offer_len;
	/* Two shards' halves of one transfer, see transfer_shard.c; @number 0: it is of one. */
	struct call_transfer *next; /* in engine->transfers */
	uint32_t number, their_number;
	unsigned int their_shard;
	unsigned int lines; /* m= lines of the offer, when more were added; 0: none were */
	uint32_t id; /* of the subscription: CSeq of the REFER; 0: its dialog had none before */
	uint8_t from_side; /* of the transferor */
	uint8_t other_side; /* of who is replaced */
	uint8_t tries;
	bool waiting; /* for another shard */
	bool naming; /* nobody moves: a REFER is passed on when the other shard has answered */
	bool ringing; /* until the callee of @other answers, whose caller is replaced */
	bool lent; /* who is moved out of @other is in another shard */
	bool borrowed; /* who is moved out of a call is of another shard's */
	bool subscribed; /* the transferor wants NOTIFYs */
	bool kept; /* who is moved out of @other cannot go back any more */
	bool moved; /* who is left over is in @to */
};

/*
 * A party between two calls: its dialog, whose text it owns, its session's timer, which stands, and
 * what is known of its SDP.
 */
struct call_party {
	struct sip_dialog dialog;
	struct call_session session;
	struct call_realm *realm;
	struct sdp_origin origin;
	uint32_t home;
	unsigned int lines; /* m= lines that it has seen; 0: not known */
};

/* In @from. */
static inline enum media_side call_transfer_left_over(const struct call_transfer *transfer)
{
	return call_other((enum media_side)transfer->from_side);
}

/* --- transfer_begin.c --- */

/* Does what @refer asks for in the call of @req, which has been answered; has @transfer then. */
void call_transfer_begin(struct call_transfer *transfer, const struct call_request *req,
			 const struct call_refer *refer);
/* The callee of its other call has answered: as if he had been in that call all along. */
void call_transfer_resume(struct call_transfer *transfer);
/* @status 0: @party, whom another shard has lent, is its receiver's; else why there is none. */
void call_transfer_lent(struct call_transfer *transfer, int status, const struct call_party *party);

/* --- transfer.c --- */

/* Somebody is called for a transfer: a provisional response. */
void call_transfer_progress(struct call *call, int status, struct view reason);
/*
 * @relay, INVITE of the new call that no caller has sent, has got its 2xx, in @pair's dialog. Who
 * is left over is offered what it offers.
 */
void call_transfer_answered(struct call_relay *relay, struct call_pair *pair,
			    const struct sip_msg *response);
/* @call, which is part of a transfer, is about to end. */
void call_transfer_ending(struct call *call);
/*
 * The party that @relay has gone to has taken media of a transfer that has failed before: its call,
 * if it is back in one, cannot go on.
 */
void call_transfer_too_late(struct call_relay *relay);
/* The sender of a BYE leaves, but his call goes on without him until its transfer is decided. */
bool call_transfer_left(const struct call_request *req);
/* The transfer is over with this @status. Frees it. */
void call_transfer_done(struct call_transfer *transfer, int status);

/* --- transfer_ringing.c: who is talked to is not there yet --- */

/* Does @call ring for a transfer, so that whoever answers is not its caller's? */
bool call_transfer_rings(const struct call *call);
/* @transfer waits until the callee of that call answers. */
void call_transfer_await(struct call_transfer *transfer, const struct call_replaced *old);
/*
 * The caller of @call gives up. True: his INVITE has got its 487, and the call goes on without him.
 */
bool call_transfer_caller_left(struct call *call);
/*
 * The 2xx to @relay, the INVITE of a call that rings for a transfer: it is acknowledged, and the
 * transfer goes on, or fails with @status if what it says of the session cannot be used.
 */
void call_transfer_picked_up(struct call_relay *relay, int status);

/* --- transfer_call.c: calls and parties --- */

struct call_transfer *call_transfer_alloc(void);
/*
 * The new call, between @realms; its INVITE has @st, which may be NULL. It has a pair, without
 * dialogs. Takes over what call_room_take() has taken. NULL without memory.
 */
struct call *call_transfer_call(struct call_transfer *transfer, struct call_engine *engine,
				struct call_realm *const realms[2], struct sip_strans *st,
				const struct sip_strans_ops *ops);

/* Its call keeps a copy of the dialog, for what still comes in it. 0 or -ENOMEM. */
int call_party_take(struct call_pair *pair, enum media_side side, struct call_party *party);
void call_party_put(struct call_pair *pair, enum media_side side, const struct call_party *party);
/* BYE, in a dialog that no call has any more. */
void call_party_drop(struct call_engine *engine, const struct call_party *party);
/* From one call to another one. 0 or -ENOMEM. */
int call_transfer_move(struct call_pair *to, enum media_side to_side, struct call_pair *from,
		       enum media_side from_side);
/* The dialog's party is in another call. */
bool call_transfer_gone(const struct call_pair *pair, enum media_side side);
/* Re-INVITE to @relay's other side, with @body or without. 0 or -ENOMEM. */
int call_transfer_invite(struct call_relay *relay, struct call_pair *pair,
			 const struct sip_msg *req, const struct call_body *body,
			 const struct sip_ctrans_ops *ops);
/*
 * An offer has as many m= lines as its receiver has seen (RFC 3264 s.8), and an answer as many as
 * its offer: @lines are added to @body, which is in the engine's buffer, and to what its receiver
 * is refreshed with as the offer of @from, or left of @text.
 */
void call_transfer_pad(struct call *call, enum media_side from, struct call_body *body,
		       unsigned int lines);
struct view call_transfer_cut(struct view text, unsigned int lines);
/* @response to the re-INVITE of a transfer, without the m= lines that had been added. */
const struct sip_msg *call_transfer_fitting(const struct call_transfer *transfer,
					    struct call_engine *engine,
					    const struct sip_msg *response);
/* m= lines in SDP. */
unsigned int call_transfer_lines(struct view text);

/* --- transfer_shard.c --- */

/*
 * Asks the shard of that Call-ID for the party. False: it is this shard, or cannot be asked.
 * Later call_transfer_lent() is called.
 */
bool call_transfer_ask(struct call_transfer *transfer, struct call_engine *engine,
		       const struct call_replaces *replaces, const struct call_realm *realm);
/* The shard that has asked gets the callee of the other call, who has answered now. */
void call_transfer_lend(struct call_transfer *transfer);
/* It is told how he is called. */
void call_transfer_tell(struct call_transfer *transfer, int status);
/* A transfer of two shards is over: the other one is told, and has its party back if it can. */
void call_transfer_part(struct call_transfer *transfer, struct call_engine *engine, int status);

/* The same for how the other side knows the dialog: call_refer_named() is called. */
bool call_transfer_ask_name(struct call_transfer *transfer, struct call_engine *engine,
			    const struct call_replaces *replaces, const struct call_realm *realm);
/* refer_pass.c: has @transfer then. */
void call_refer_named(struct call_transfer *transfer, const struct call_replaces_name *name);

/* --- transfer_notify.c --- */

/* Tells the transferor how it goes (RFC 3515 s.2.4.5); a final @status ends the subscription. */
void call_transfer_notify(struct call_transfer *transfer, int status, struct view reason);

/*
 * What its body is: the status line alone, as other headers are those of another side, with @reason
 * unless that names a host.
 */
struct view call_transfer_fragment(struct sip_out *out, int status, struct view reason);

/* What a re-INVITE that a transfer has made comes to. */
struct call_transfer_outcome {
	void (*accepted)(struct call_relay *relay, const struct sip_msg *response);
	/* With 408 and no @response when none has come. */
	void (*refused)(struct call_relay *relay, int status, const struct sip_msg *response);
};

/* For sip_ctrans_ops: @response NULL is the timeout. A repeated 2xx is acknowledged again here. */
void call_transfer_outcome(struct call_relay *relay, const struct sip_msg *response,
			   const struct call_transfer_outcome *outcome);

#endif
