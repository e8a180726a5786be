// SPDX-License-Identifier: GPL-2.0-or-later
/* From offers and answers (RFC 3264) to what a relay does. */
#include "media_plan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static struct media_plan *plan_alloc(unsigned int nlines, unsigned int nstreams)
{
	struct media_plan *plan;

	plan = calloc(1, sizeof(*plan) + nstreams * sizeof(*plan->streams));
	if (plan) {
		plan->nlines = nlines;
		plan->nstreams = nstreams;
	}
	return plan;
}

static void set_branch(struct media_plan *plan, const struct media_plan *from)
{
	memcpy(plan->realms, from->realms, sizeof(plan->realms));
	plan->fork = from->fork;
}

/*
 * The kernel forwards datagrams. So T.38 over TCP and MSRP are rejected, and RTP whose keys must
 * first be agreed on by DTLS on the same port.
 */
static bool relayable(const struct sdp_media *media)
{
	return media->port && ((media->is_rtp && !media->is_dtls) || media->is_udptl);
}

static const char *unsupported(const struct sdp_media *media)
{
	if (!media->has_address)
		return "its c= has no unicast address: only such media is relayed";
	if (media->port_count > 1)
		return "several ports on one m= line are not relayed";
	return NULL;
}

/*
 * The address that media is expected from, for want of the one in @media when that is private. Of
 * the other family it says nothing about media.
 */
static struct host expected_source(const struct sdp_media *media, struct host signalling)
{
	if (!host_is_set(&media->address))
		return signalling;
	if (host_is_private(&media->address) && host_is_set(&signalling) &&
	    signalling.family == media->address.family)
		return signalling;
	return media->address;
}

/*
 * c= 0.0.0.0, hold as RFC 2543 had it, or :: names no address: what @peer has from before stays, so
 * that nothing has to be learned again after it.
 */
static void read_peer(struct media_peer *peer, const struct sdp *sdp, const struct sdp_media *media,
		      struct host signalling)
{
	uint8_t events = sdp_event_type(sdp, media);

	peer->events = events == SDP_NO_EVENTS ? 0 : (uint8_t)(events + 1);
	peer->held = media->held;
	if (!host_is_set(&media->address)) {
		if (!peer->rtp_port)
			peer->learn_from = expected_source(media, signalling);
		return;
	}
	peer->rtp_addr = media->address;
	peer->rtp_port = media->port;
	peer->rtcp_addr = media->rtcp_address;
	peer->rtcp_port = host_is_set(&media->rtcp_address) ? media->rtcp_port : 0;
	peer->learn_from = expected_source(media, signalling);
}

/* As much of @text as fits, NUL-terminated. */
static void cut(char *buf, size_t size, struct view text)
{
	size_t len = text.len < size ? text.len : size - 1;

	if (len)
		memcpy(buf, text.p, len);
	buf[len] = '\0';
}

static void read_codec(struct media_stream *stream, const struct sdp_media *media)
{
	cut(stream->type, sizeof(stream->type), media->type);
	cut(stream->codec, sizeof(stream->codec), media->codec);
	stream->clock_rate = media->clock_rate;
}

static bool is_offered(const struct media_stream *stream)
{
	return stream->active && !stream->withheld;
}

static void offer_stream(struct media_stream *stream, enum media_side from, const struct sdp *offer,
			 const struct sdp_media *media, struct host signalling, struct host to)
{
	bool another = stream->active && relayable(media) && stream->transparent != media->is_udptl;

	if (another)
		memset(stream->ports, 0, sizeof(stream->ports));
	if (!stream->active || another) {
		memset(stream->peers, 0, sizeof(stream->peers));
		stream->peers[!from].learn_from = to;
	}
	read_codec(stream, media);
	stream->active = relayable(media);
	stream->withheld = media->withheld;
	stream->transparent = media->is_udptl;
	stream->mux = media->rtcp_mux;
	if (stream->active)
		read_peer(&stream->peers[from], offer, media, signalling);
}

static bool is_abroad(const struct host *address, const struct host *realm)
{
	return host_is_set(address) && host_is_loopback(address) && !host_is_loopback(realm);
}

int media_plan_reaches(const struct sdp *sdp, const struct host *realm, const char **reason)
{
	for (unsigned int i = 0; i < sdp->nmedia; i++) {
		const struct sdp_media *media = &sdp->media[i];

		if (!relayable(media))
			continue;
		if (host_is_set(&media->address) && media->address.family != realm->family) {
			*reason = realm->family == AF_INET6 ?
					  "its c= has IPv4, media of its realm is IPv6" :
					  "its c= has IPv6, media of its realm is IPv4";
			return -EAFNOSUPPORT;
		}
		/* What sipd's own host has there is not for others. */
		if (is_abroad(&media->address, realm) || is_abroad(&media->rtcp_address, realm)) {
			*reason = "its c= or a=rtcp has a loopback address";
			return -ENOTSUP;
		}
	}
	return 0;
}

int media_plan_offer(const struct media_plan *base, enum media_side from, const struct sdp *offer,
		     struct host signalling, struct host to, struct media_plan **plan,
		     const char **reason)
{
	unsigned int had = base ? base->nstreams : 0;
	bool wants_media = false;
	struct media_plan *p;

	for (unsigned int i = 0; i < offer->nmedia; i++) {
		const struct sdp_media *media = &offer->media[i];

		wants_media |= media->port;
		if (relayable(media) && (*reason = unsupported(media)))
			return -ENOTSUP;
	}
	p = plan_alloc(offer->nmedia, had > offer->nmedia ? had : offer->nmedia);
	if (!p)
		return -ENOMEM;
	if (base)
		set_branch(p, base);
	for (unsigned int i = 0; i < p->nstreams; i++) {
		struct media_stream *stream = &p->streams[i];

		if (i < had)
			*stream = base->streams[i];
		if (i < offer->nmedia)
			offer_stream(stream, from, offer, &offer->media[i], signalling, to);
		else
			stream->active = false;
	}
	if (wants_media && !media_plan_relays(p)) {
		*reason = "none of its m= lines is RTP or UDPTL that can be relayed";
		free(p);
		return -EPROTONOSUPPORT;
	}
	*plan = p;
	return 0;
}

struct media_plan *media_plan_fork(const struct media_plan *offer, enum media_side other,
				   unsigned int fork, struct host to)
{
	struct media_plan *p = plan_alloc(offer->nlines, offer->nstreams);

	if (!p)
		return NULL;
	set_branch(p, offer);
	p->fork = fork;
	for (unsigned int i = 0; i < p->nstreams; i++) {
		struct media_stream *stream = &p->streams[i];

		*stream = offer->streams[i];
		stream->ports[other] = 0;
		memset(&stream->peers[other], 0, sizeof(stream->peers[other]));
		stream->peers[other].learn_from = to;
	}
	return p;
}

bool media_plan_withhold(struct media_plan *plan, const struct sdp *offer)
{
	bool had = false;

	for (unsigned int i = 0; i < offer->nmedia && i < plan->nlines; i++) {
		plan->streams[i].withheld = offer->media[i].withheld;
		had |= plan->streams[i].active;
	}
	return !had || media_plan_relays(plan);
}

static bool same_type(const struct media_stream *stream, const struct sdp_media *media)
{
	char type[sizeof(stream->type)];

	cut(type, sizeof(type), media->type);
	return !strcasecmp(type, stream->type);
}

static int check_answer(const struct media_plan *offer, const struct sdp *answer,
			const char **reason)
{
	*reason = "it has not as many m= lines as the offer";
	if (answer->nmedia != offer->nlines)
		return -EPROTO;
	for (unsigned int i = 0; i < answer->nmedia; i++) {
		const struct sdp_media *media = &answer->media[i];
		bool active = is_offered(&offer->streams[i]) && media->port;

		*reason = "its m= lines are not of the types of the offer's";
		if (!same_type(&offer->streams[i], media))
			return -EPROTO;
		*reason = "it accepts a stream with another transport";
		if (active &&
		    (!relayable(media) || media->is_udptl != offer->streams[i].transparent))
			return -EPROTO;
		*reason = active ? unsupported(media) : NULL;
		if (*reason)
			return -ENOTSUP;
	}
	return 0;
}

int media_plan_answer(const struct media_plan *offer, enum media_side from,
		      const struct sdp *answer, struct host signalling, struct media_plan **plan,
		      const char **reason)
{
	struct media_plan *p;
	int err = check_answer(offer, answer, reason);

	if (err)
		return err;
	p = plan_alloc(offer->nlines, offer->nlines);
	if (!p)
		return -ENOMEM;
	set_branch(p, offer);
	p->answered = true;
	for (unsigned int i = 0; i < p->nstreams; i++) {
		struct media_stream *stream = &p->streams[i];
		const struct sdp_media *media = &answer->media[i];

		*stream = offer->streams[i];
		stream->active = is_offered(stream) && media->port;
		stream->withheld = false;
		if (!stream->active) {
			memset(stream->ports, 0, sizeof(stream->ports));
			continue;
		}
		read_codec(stream, media);
		read_peer(&stream->peers[from], answer, media, signalling);
		stream->mux = stream->mux && media->rtcp_mux;
	}
	*plan = p;
	return 0;
}

bool media_plan_relays(const struct media_plan *plan)
{
	for (unsigned int i = 0; i < plan->nstreams; i++)
		if (is_offered(&plan->streams[i]))
			return true;
	return false;
}

bool media_plan_has_fax(const struct media_plan *plan)
{
	for (unsigned int i = 0; i < plan->nstreams; i++)
		if (plan->streams[i].active && plan->streams[i].transparent)
			return true;
	return false;
}

bool media_plan_flows(const struct media_plan *plan)
{
	for (unsigned int i = 0; plan->answered && i < plan->nstreams; i++) {
		const struct media_stream *stream = &plan->streams[i];

		if (stream->active && !stream->peers[MEDIA_A].held && !stream->peers[MEDIA_B].held)
			return true;
	}
	return false;
}
