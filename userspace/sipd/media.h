/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The media of calls: local ports, and the kernel's sessions that relay between them. The only
 * part of sipd that speaks to the module.
 *
 * One struct media_call per call. Offers and answers are handed in as they pass from one side to
 * the other; what comes back is the edit for the copy that goes on. The kernel has a session before
 * the first offer is sent, so that the offerer receives from then on (RFC 3264 s.5.1), what an
 * answer says before that is sent, and is switched in one request on a re-offer.
 */
#ifndef SIPD_MEDIA_H
#define SIPD_MEDIA_H

#include <stdbool.h>
#include <stdint.h>

#include "base/host.h"
#include "base/loop.h"
#include "sdp/sdp.h"
#include "sdp/sdp_origin.h"

struct media;
struct media_call;
struct media_realm;

enum media_side { MEDIA_A, MEDIA_B };
enum media_learn { MEDIA_LEARN_ONCE, MEDIA_LEARN_OFF };

struct media_realm_config {
	const char *name;
	struct host address; /* local; all media of the realm is of its family */
	struct host advertise; /* of that family, written into SDP; none: the same */
	uint16_t port_min, port_max;
	uint8_t dscp;
	enum media_learn learn;
};

/*
 * Of several shards each has a part of every realm's ports, and of the session IDs, so that none
 * asks another one. Shard 0 is opened first and closed last.
 */
struct media_share {
	unsigned int index, count; /* which of how many */
	uint64_t ids; /* of all of them, drawn by media_draw_ids() */
};

struct media_config {
	struct media_share share; /* all zero: there is one */
	bool kernel; /* false: media: none; SDP passes with its addresses, nothing is relayed */
	uint32_t timeout_ms; /* RTP silence that ends a call; 0 = never */
};

struct media_handlers {
	/* The kernel ended the call's session: no media for timeout_ms. */
	void (*timeout)(void *arg, void *call_user);
	/* A remote was learned: for the ladder. @text is such as "audio A 10.0.1.2:4000". */
	void (*learned)(void *arg, void *call_user, const char *text);
	/* A telephone event of @from has ended; which one is told nobody. May be NULL. */
	void (*digit)(void *arg, void *call_user, enum media_side from);
};

/* One m= line as people read it. */
struct media_stream_stats {
	char type[16];
	char codec[32];
	bool held;
	struct host_port local[2], remote[2]; /* by enum media_side */
	uint64_t rx_packets[2], rx_octets[2], tx_packets[2];
	int64_t lost[2];
	uint32_t jitter_us[2];
	bool transparent; /* no RTP, so lost and jitter_us mean nothing */
};

struct media_stats {
	unsigned int nstreams;
	struct media_stream_stats streams[SDP_MAX_MEDIA];
};

/* A kernel session of sipd's that no call of this process owns. */
struct media_orphan {
	uint64_t session_id;
	uint64_t age_ms, idle_ms;
	unsigned int endpoints;
	struct host_port local, remote; /* of the first endpoint */
};

/* New on every start, so that sessions of before and events about them are never mixed up. */
uint64_t media_draw_ids(void);

/*
 * Opens the module unless config->kernel is false, and takes stock of the sessions that an
 * earlier sipd left: they go on, their ports are not given out. -ENOENT: the module is not
 * loaded; the reason is logged.
 */
int media_alloc(struct media **media, struct loop *loop, const struct media_config *config,
		const struct media_handlers *handlers, void *arg);
void media_free(struct media *media);
/* struct media_config; for calls that begin from now on. */
void media_set_timeout(struct media *media, uint32_t timeout_ms);

/*
 * Registers the realm's range with the module (or finds it there), as shard 0, and takes this
 * shard's part of it. The reason of a failure is logged.
 */
int media_realm_add(struct media *media, const struct media_realm_config *config,
		    struct media_realm **realm);
void media_realm_ports(const struct media_realm *realm, unsigned int *used, unsigned int *total);

/* @realms by enum media_side. NULL without memory. */
struct media_call *media_call_alloc(struct media *media, struct media_realm *const realms[2],
				    void *user);
/*
 * Ends the call's session and returns its ports, to be used again as late as possible. @last,
 * unless NULL, receives the final statistics; no stream if nothing was answered and no packet came.
 */
void media_call_free(struct media_call *mc, struct media_stats *last);

/*
 * An offer came from @from, whose signalling comes from @signalling; @edit is for the copy that
 * goes to the other side, whose signalling address is @to. As long as nothing was agreed on, what
 * comes from @to is relayed to the offerer at once, if the other side's realm learns; it does not
 * matter if the module refuses that. Else nothing that is in use changes yet. -ENOSPC: no port is
 * free; -ENOTSUP: not an address or transport that can be relayed; -EAFNOSUPPORT: its address is
 * not of the family of @from's realm; -EPROTONOSUPPORT: no m= line of it is RTP or UDPTL; -EBUSY:
 * an offer is pending.
 */
int media_offer(struct media_call *mc, enum media_side from, const struct sdp *offer,
		struct host signalling, struct host to, struct sdp_edit *edit);
/*
 * The pending first offer of the call for one more branch of the other side (RFC 3261 s.16.6),
 * whose signalling address is @to: as media_offer() made it, but with ports of its own, in @realm.
 * The branch has a @number from now on that no other one has; that of media_offer() is 0. Nothing
 * that is in use changes. -EPROTO: no such offer is pending; else as media_offer().
 */
int media_fork(struct media_call *mc, unsigned int number, struct media_realm *realm,
	       const struct sdp *offer, struct host to, struct sdp_edit *edit);
/*
 * The answer that comes next, or was given before and is final, is that branch's. An unknown one,
 * or one that has been dropped, is ignored.
 */
void media_fork_choose(struct media_call *mc, unsigned int number);
/* That branch is relayed from now on, as if none had answered. */
void media_fork_show(struct media_call *mc, unsigned int number);
/* A branch that is not relayed will not answer: its ports are free. */
void media_fork_drop(struct media_call *mc, unsigned int number);
/* Before the first offer: @side's media is in another realm than media_call_alloc() was told. */
void media_call_move(struct media_call *mc, enum media_side side, struct media_realm *realm);
/*
 * @side's peer has been in another call so far, and its o= line goes on as it was there: @origin is
 * what media_call_origin() said of that.
 */
void media_call_adopt(struct media_call *mc, enum media_side side, const struct sdp_origin *origin);
struct sdp_origin media_call_origin(const struct media_call *mc, enum media_side side);
/* m= lines of the description in force; 0: there is none. */
unsigned int media_call_lines(const struct media_call *mc);
/*
 * The answer to the pending offer came from @from. Programs the kernel; what flows already is not
 * interrupted. The offer stays pending until media_commit() (an early answer of a provisional
 * response may be followed by another one). -EAFNOSUPPORT: as media_offer(); -EIO: the module
 * refused; logged.
 */
int media_answer(struct media_call *mc, enum media_side from, const struct sdp *answer,
		 struct host signalling, struct sdp_edit *edit);
/* The offer/answer exchange is complete. */
void media_commit(struct media_call *mc);
/* The pending offer was refused: all is as it was before it. */
void media_rollback(struct media_call *mc);

/*
 * The answer of one branch is final for it, though another one may answer the call all the same: it
 * may be followed by more offers, which are those of that branch alone. To be ended by one of the
 * two below.
 */
void media_commit_early(struct media_call *mc);
/* That branch lost: the first offer is pending as before its answer, for the others. */
void media_reopen(struct media_call *mc);
/* It has the call. */
void media_fork_end(struct media_call *mc);
/*
 * What an answer of branch @number says to the offerer, while another branch is relayed; nothing
 * changes. As media_answer().
 */
int media_preview(struct media_call *mc, unsigned int number, const struct sdp *answer,
		  struct host signalling, struct sdp_edit *edit);

/* Current statistics; -ENOENT before the first answer, unless packets have come. */
int media_call_stats(struct media_call *mc, struct media_stats *stats);

/*
 * Orphans. Shard 0 tells of those of an earlier sipd, and each shard of its own, which the kernel
 * did not part with. What others have deleted is forgotten when stock is taken again.
 */
unsigned int media_orphan_count(const struct media *media);
/* Fills up to @max and returns how many there are. */
unsigned int media_orphan_list(struct media *media, struct media_orphan *list, unsigned int max);
/* Deletes them all; returns how many. */
unsigned int media_orphan_clear(struct media *media);
void media_orphan_recount(struct media *media);
/* Sessions of this shard's calls in the kernel. */
unsigned int media_session_count(const struct media *media);
/*
 * Sessions in the kernel, whoever made them: a number that it keeps, so that asking costs the same
 * with any. Orphans that it shows to be gone are forgotten; @elsewhere: media_session_count() of
 * all other shards. Negative errno when the module is gone.
 */
int media_kernel_sessions(struct media *media, unsigned int elsewhere);
/* Version of the loaded module, NULL without. */
const char *media_module_version(struct media *media);

#endif
