/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the media part share: the objects, and how the kernel is told of them. */
#ifndef SIPD_MEDIA_PRIVATE_H
#define SIPD_MEDIA_PRIVATE_H

#include "base/htab.h"
#include "base/pool.h"
#include "libsipfast/libsipfast.h"
#include "media.h"
#include "media_plan.h"
#include "media_ports.h"
#include "sdp/sdp_origin.h"

/* Of a session, as far as they are of one branch. */
#define MEDIA_ENDPOINTS SIPFAST_MAX_ENDPOINTS

struct media_realm {
	struct media_realm *next;
	struct media *media;
	char *name;
	struct host address, advertise;
	uint8_t dscp;
	enum media_learn learn;
	uint16_t port_min, port_max;
	struct media_ports ports;
	bool exhausted; /* told in the log already */
};

struct media {
	struct loop *loop;
	struct media_config config;
	struct media_handlers handlers;
	void *arg;

	/* NULL with media: none */
	struct sf_client *client;
	struct sf_monitor *monitor;
	struct loop_fd lfd;
	char version[32];

	struct media_realm *realms;
	struct pool calls;
	struct htab sessions; /* of struct media_call, by session ID */
	struct htab orphans; /* of struct orphan, by session ID */
	struct media_share share;
	uint64_t next_id;
	uint32_t generation; /* of the last dump */
	unsigned int in_kernel; /* calls with a session there */
	unsigned int norphans; /* of those to be told of */

	/* Scratch: too big for calls and for the stack. */
	struct sf_session session;
};

struct media_call {
	struct media *media;
	struct media_realm *realms[2]; /* of the first offer; then each plan has its own */
	void *user;
	struct hnode node;
	uint64_t id;
	struct sdp_origin origins[2]; /* of what each side is sent */
	/*
	 * @agreed is in force, @offer pending, @applied what the kernel was told last: @agreed
	 * itself, the first @offer itself, or the answer to @offer. Each may be NULL.
	 */
	struct media_plan *agreed, *offer, *applied;
	struct media_plan *forks; /* @offer for other branches, each with ports of its own */
	struct media_plan *first; /* the first offer, while @open; holds its ports for @forks */
	struct media_stats *final; /* of a session that timed out, else NULL */
	uint32_t generation; /* of the last dump that had it */
	uint32_t timeout_ms; /* what was configured when it began */
	enum media_side offer_from;
	bool pending;
	bool in_kernel;
	bool open; /* one branch has agreed early, others may answer all the same */
	bool early; /* a remote was learned before the first answer */
};

static inline void media_set_in_kernel(struct media_call *mc, bool in_kernel)
{
	mc->media->in_kernel += in_kernel - mc->in_kernel;
	mc->in_kernel = in_kernel;
}

/* A remote that the kernel has learned. */
struct media_learned {
	uint32_t id; /* of the endpoint; 0: none */
	struct sf_address remote;
};

/* media_call.c */

/* Gives back the ports of @plan that neither @keep, mc->first nor mc->agreed has, each or NULL. */
void media_call_put_ports(const struct media_call *mc, const struct media_plan *plan,
			  const struct media_plan *keep);
/* How @sdp, of which @plan was made, is written for @to. */
void media_call_edit(struct media_call *mc, enum media_side to, const struct sdp *sdp,
		     const struct media_plan *plan, struct sdp_edit *edit);
/*
 * No other branch answers any more: once the kernel has none of their ports, and what is applied is
 * none of them.
 */
void media_call_forget_forks(struct media_call *mc);

/* media_endpoint.c */

/* To and from libsipfast's addresses; @port is in host byte order. */
struct sf_address media_address(struct host host, uint16_t port);
struct host_port media_socket(const struct sf_address *address);
/*
 * Fills @session->endpoints with what turns the session of @have into that of @want; both may be
 * NULL, for none. IDs are fixed by m= line, side, component and, for what faces the callee, branch,
 * so the same endpoint is found again. False: that is more than one request may have, as from one
 * branch to another one, or from audio to T.38, in more than five m= lines.
 */
bool media_endpoint_diff(const struct media_plan *have, const struct media_plan *want,
			 struct sf_session *session);
/*
 * @learned: remotes that the kernel has learned, by endpoint ID less one. Where @session, as
 * media_endpoint_diff() made it, gives a remote that cannot be where media is expected from, but
 * that has been learned, media goes on to the latter. It is given to the kernel: another one may be
 * learned after it.
 */
void media_endpoint_keep(struct sf_session *session,
			 const struct media_learned learned[MEDIA_ENDPOINTS]);
/* Whose media it receives. */
enum media_side media_endpoint_side(const struct sf_endpoint *endpoint);
/* "audio A 192.0.2.1:4000"; false for an endpoint that is none of @plan's. */
bool media_endpoint_text(const struct media_plan *plan, const struct sf_endpoint *endpoint,
			 char *buf, size_t cap);
/* @session: what the kernel counted, or NULL. No stream for an offer that no packet came for. */
void media_endpoint_stats(const struct media_plan *plan, const struct sf_session *session,
			  struct media_stats *stats);

/* media_program.c */

/* Gives @mc an ID that no session had before. */
void media_program_id(struct media_call *mc);
/* Makes the kernel do what @want says, in one request. -EIO: it refused; logged. */
int media_program(struct media_call *mc, const struct media_plan *want);
/*
 * Makes it do again what mc->agreed says. A session that it will not part with is an orphan then,
 * which keeps those ports that have been returned before.
 */
void media_program_undo(struct media_call *mc);
/*
 * Deletes the kernel's session, if there is one. @last, unless NULL, receives its final
 * statistics, and is left alone when there is none. -EIO: the kernel refused; logged.
 */
int media_program_delete(struct media_call *mc, struct media_stats *last);

/* media_session.c */

struct media_call *media_session_find(struct media *media, uint64_t id);
/*
 * Compares what the kernel has with what is known: calls and orphans are marked with
 * media->generation, orphans that are gone are forgotten, new ones entered. Returns the number of
 * sessions.
 */
int media_session_dump(struct media *media);
/* The monitor's readable. */
void media_session_event(struct loop_fd *lfd, uint32_t events);

/* media_orphan.c */

/* Enters or refreshes one, unless it is a call of another shard. 0 or -ENOMEM. */
int media_orphan_add(struct media *media, const struct sf_session *session);
/* Forgets one; its ports are free. An unknown ID is ignored. */
void media_orphan_forget(struct media *media, uint64_t id);
void media_orphan_forget_unseen(struct media *media);
void media_orphan_forget_all(struct media *media);
/* A new realm: the orphans' ports in it are not to be given out. */
void media_orphan_withhold(struct media *media, struct media_realm *realm);

#endif
