/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What two sides have agreed on for the media of a call, as far as a relay needs it. Plans are
 * values: an offer makes one out of that in force, its answer completes a copy, and the kernel is
 * told the difference between two of them. Nothing here speaks to anybody.
 */
#ifndef SIPD_MEDIA_PLAN_H
#define SIPD_MEDIA_PLAN_H

#include "media.h"

/* Where one side's description wants a stream to be sent. */
struct media_peer {
	struct host rtp_addr, rtcp_addr; /* none: not known */
	struct host learn_from; /* who may show another address; none: nobody */
	uint16_t rtp_port, rtcp_port; /* host byte order; 0: not known */
	uint8_t events; /* payload type that it wants telephone events under, plus 1; 0: none */
	bool held;
};

/* One m= line. */
struct media_stream {
	char type[16];
	char codec[32];
	uint32_t clock_rate; /* Hz; 0: not known */
	uint16_t ports[2]; /* our RTP ports by side, RTCP is one above; 0: none */
	bool active; /* relayed: neither side rejects it, nor do we */
	bool withheld; /* of an offer: not from who answers, so that he rejects it */
	bool mux; /* RTCP goes with RTP (RFC 5761) */
	bool transparent; /* UDPTL (T.38): no RTP, no RTCP, each datagram leaves as it came */
	struct media_peer peers[2];
};

struct media_plan {
	struct media_plan *next; /* of the branches that are not the current one */
	struct media_realm *realms[2]; /* by side: whose ports the streams have; borrowed */
	unsigned int fork; /* branch of the answering side that it is of; 0: the first */
	unsigned int nlines; /* m= lines of the description it was made of */
	unsigned int nstreams; /* at least nlines: ports of an earlier plan are kept beyond */
	bool answered; /* an answer made it */
	struct media_stream streams[];
};

/*
 * May media of @realm go to where @sdp wants it? Hold by c= 0.0.0.0 or :: is of either family. 0;
 * or with a static @reason -EAFNOSUPPORT, or -ENOTSUP: nobody but our own host is there.
 */
int media_plan_reaches(const struct sdp *sdp, const struct host *realm, const char **reason);

/*
 * The plan that @offer of @from makes of @base, which is that in force or NULL. Lines that cannot
 * be relayed are not active, and a line that @base has keeps its ports; others have none yet, and
 * of the other side it is known only that its media may come from @to. A line that becomes T.38, or
 * RTP again, is such another one: what still comes of the old kind must not be taken for the new.
 * 0, -ENOMEM, or with a static @reason -ENOTSUP, or -EPROTONOSUPPORT: no line is RTP or UDPTL.
 */
int media_plan_offer(const struct media_plan *base, enum media_side from, const struct sdp *offer,
		     struct host signalling, struct host to, struct media_plan **plan,
		     const char **reason);

/*
 * The same offer for branch @fork of the other side, which has none of its ports there yet and is
 * known only by @to. NULL without memory.
 */
struct media_plan *media_plan_fork(const struct media_plan *offer, enum media_side other,
				   unsigned int fork, struct host to);

/*
 * Which lines of @offer, that @plan was made of, the answering side does not get to see. False: so
 * it gets none that could be relayed.
 */
bool media_plan_withhold(struct media_plan *plan, const struct sdp *offer);

/*
 * The plan that @answer of @from makes of the plan @offer. Lines that were rejected have no
 * ports. 0, -ENOMEM, -ENOTSUP or -EPROTO (no answer to that offer), the last two with a static
 * @reason.
 */
int media_plan_answer(const struct media_plan *offer, enum media_side from,
		      const struct sdp *answer, struct host signalling, struct media_plan **plan,
		      const char **reason);

/* Is there a stream to relay? */
bool media_plan_relays(const struct media_plan *plan);

/* Was a stream agreed on that nobody holds, so that silence means that somebody is gone? */
bool media_plan_flows(const struct media_plan *plan);

/* Is T.38 among what is relayed? */
bool media_plan_has_fax(const struct media_plan *plan);

#endif
