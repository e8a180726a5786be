/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Dialogs (RFC 3261 s.12): what one side of a session remembers to recognise the peer's requests
 * and to make its own. A dialog is embedded in its user, who tells it of messages; it sends nothing
 * itself.
 *
 * Functions that store text return 0, -ENOMEM, or -EBADMSG for a message that lacks what is needed;
 * after a failure the dialog is as it was before.
 */
#ifndef SIPD_SIP_DIALOG_H
#define SIPD_SIP_DIALOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/htab.h"
#include "sip/msg.h"
#include "sip/out.h"
#include "sip/transaction.h"

enum sip_dialog_state {
	SIP_DIALOG_NONE, /* no tag of the peer yet */
	SIP_DIALOG_EARLY,
	SIP_DIALOG_CONFIRMED,
	SIP_DIALOG_TERMINATED,
};

/* The texts of a dialog: all in one allocation of exactly their size, each ending with NUL. */
enum sip_dialog_text {
	SIP_DIALOG_CALL_ID,
	SIP_DIALOG_LOCAL_TAG,
	SIP_DIALOG_REMOTE_TAG, /* empty: none */
	SIP_DIALOG_LOCAL, /* name-addr or addr-spec, without header parameters */
	SIP_DIALOG_REMOTE,
	SIP_DIALOG_TARGET, /* remote target: URI without angle brackets and headers */
	SIP_DIALOG_ROUTES, /* route set, comma-separated, in the order of use */
	SIP_DIALOG_TEXTS
};

struct sip_dialog {
	struct hnode node; /* by local tag */
	void *user;
	struct tp_flow flow; /* listener, and the address that the peer's last message came from */
	uint32_t local_cseq; /* the last one used; 0: none */
	uint32_t remote_cseq; /* the last one seen; 0: none */
	struct sip_claim *claim; /* of its user, sip_shard_claim() */
	uint16_t len[SIP_DIALOG_TEXTS]; /* octets without the NUL */
	uint16_t moves; /* changes of the remote target so far; wraps */
	uint8_t state; /* enum sip_dialog_state */
	bool by_flow; /* without a route set, requests go to @flow, whatever the remote target */
	char *text;
};

const char *sip_dialog_state_name(enum sip_dialog_state state);
/* Borrowed until the dialog next changes; .p ends with NUL. */
struct view sip_dialog_text(const struct sip_dialog *dialog, enum sip_dialog_text which);

/* The UAS side (s.12.1.1), early until sip_dialog_confirm(). @dialog is all zero. */
int sip_dialog_init_uas(struct sip_dialog *dialog, const struct sip_msg *request,
			const struct tp_flow *from, struct view local_tag);

struct sip_dialog_uac {
	struct view call_id;
	struct view local_tag;
	struct view local; /* as in From, without tag */
	struct view remote; /* as in To */
	struct view target; /* Request-URI */
	struct tp_flow to;
};

/* The UAC side before its first request is sent. @dialog is all zero. */
int sip_dialog_init_uac(struct sip_dialog *dialog, const struct sip_dialog_uac *uac);
/* A sibling with another local tag (UAS) or for another branch of the callee's (UAC). */
int sip_dialog_init_copy(struct sip_dialog *dialog, const struct sip_dialog *from,
			 struct view local_tag);
void sip_dialog_clean(struct sip_dialog *dialog);

/*
 * UAC: takes the To tag, route set and remote target of a 1xx or 2xx to the first request
 * (s.12.1.2, s.13.2.2.4).
 */
int sip_dialog_response(struct sip_dialog *dialog, const struct sip_msg *response,
			const struct tp_flow *from);
/*
 * The same by the first NOTIFY of a subscription, which may come before the 2xx, and then makes the
 * dialog (RFC 6665 s.4.4.1).
 */
int sip_dialog_notified(struct sip_dialog *dialog, const struct sip_msg *notify);
/*
 * A request of the peer's has come by @from: ours go back there, unless it came by TCP for its size
 * in a dialog by UDP, and has no Contact by TCP.
 */
void sip_dialog_heard(struct sip_dialog *dialog, const struct sip_msg *msg,
		      const struct tp_flow *from);
/* A request of the dialog's has gone by @flow: the next one takes the same connection. */
void sip_dialog_sent(struct sip_dialog *dialog, const struct tp_flow *flow);
void sip_dialog_confirm(struct sip_dialog *dialog);
void sip_dialog_terminate(struct sip_dialog *dialog);

/* The remote target; 0 or -ENOMEM. */
int sip_dialog_move(struct sip_dialog *dialog, struct view target);
/*
 * Target refresh (s.12.2): the Contact of a request or 2xx that refreshes, if it has one. Where it
 * came from is remembered in any case; @from may be NULL.
 */
int sip_dialog_refresh(struct sip_dialog *dialog, const struct sip_msg *msg,
		       const struct tp_flow *from);

/* Takes the CSeq of a request; -EINVAL: out of order, answer 500 (s.12.2.2). */
int sip_dialog_take_cseq(struct sip_dialog *dialog, uint32_t cseq);

/*
 * The head of a request in the dialog (s.12.2.1.1): fills ruri and to of @request, which borrows
 * from the dialog, and writes Route, From, To, Call-ID and CSeq. The first request of a UAC goes to
 * the dialog's flow, whatever its Request-URI. @cseq: of an ACK that of its
 * INVITE, else ++dialog->local_cseq.
 */
void sip_dialog_request(const struct sip_dialog *dialog, enum sip_method method,
			struct view method_name, uint32_t cseq, struct sip_out *headers,
			struct sip_request *request);

/*
 * Writes @routes, a list as in Route, for a request to @target (s.12.2.1.1, s.16.6 step 6). Returns
 * its Request-URI: @target, or the first of @routes if that is a strict router.
 */
struct view sip_write_routes(struct sip_out *out, struct view routes, struct view target);

/* By local tag; several dialogs may share one (branches of one INVITE). */
void sip_dialog_add(struct htab *tab, struct sip_dialog *dialog);
void sip_dialog_del(struct htab *tab, struct sip_dialog *dialog);
/* The dialog that a message from the peer belongs to (s.12.2.2), or NULL; none in state none. */
struct sip_dialog *sip_dialog_find(const struct htab *tab, const struct sip_msg *msg);
/* The one with exactly this Call-ID and these tags, or NULL. */
struct sip_dialog *sip_dialog_get(const struct htab *tab, struct view call_id, struct view local,
				  struct view remote);

/*
 * May who is at the other end of @flow send us to @addr? A private address in front of a public
 * sender is the inside of a NAT, and our own loopback is not for others.
 */
bool sip_dialog_admits(const struct tp_flow *flow, const struct tp_addr *addr);
/*
 * Where a request goes whose topmost Route, or else Request-URI, is @uri: there, when it is a
 * numeric address that can be reached from @flow's listener and sip_dialog_admits(), else to @flow
 * itself: names are not resolved. From UDP it goes to TCP when @uri says so, and from TCP to UDP
 * when it does not and no connection can be had.
 */
void sip_dialog_next_hop(struct view uri, const struct tp_flow *flow, struct tp_flow *to);

#endif
