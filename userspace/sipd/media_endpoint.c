// SPDX-License-Identifier: GPL-2.0-or-later
/* The endpoints that relay a stream: each side has one for RTP, and one for RTCP unless muxed. */
#include <stdio.h>
#include <string.h>

#include "media_private.h"

#define PER_STREAM 4 /* A RTP, A RTCP, B RTP, B RTCP */
#define PER_FORK MEDIA_ENDPOINTS
/* Added where the stream is T.38, so that it never is the endpoint of the same line's RTP. */
#define TRANSPARENT_ID (1u << 30)
#define DEFAULT_CLOCK_RATE 8000
/* What the kernel takes as a clock rate. */
#define CLOCK_RATE_MIN 1000
#define CLOCK_RATE_MAX 192000

_Static_assert(SDP_MAX_MEDIA *PER_STREAM <= MEDIA_ENDPOINTS, "every m= line has endpoints");

/*
 * What faces the callee is another endpoint for each branch of his, and so are RTP and T.38 of one
 * line: the local port is, and that is fixed in the kernel.
 */
static unsigned int endpoint_id(const struct media_plan *plan, unsigned int stream,
				enum media_side side, bool rtcp)
{
	unsigned int id = stream * PER_STREAM + side * 2 + rtcp + 1;

	if (plan->streams[stream].transparent)
		id += TRANSPARENT_ID;
	return side == MEDIA_A ? id : id + plan->fork * PER_FORK;
}

struct sf_address media_address(struct host host, uint16_t port)
{
	return (struct sf_address){ .family = host.family, .v6 = host.v6, .port = htons(port) };
}

static struct host host_of(const struct sf_address *address)
{
	return (struct host){ .family = address->family, .v6 = address->v6 };
}

struct host_port media_socket(const struct sf_address *address)
{
	return (struct host_port){ .host = host_of(address), .port = ntohs(address->port) };
}

/* The kernel takes no endpoint whose addresses are of two families. */
static bool is_of(const struct media_realm *realm, const struct host *host)
{
	return host_is_set(host) && host->family == realm->address.family;
}

static void describe_remote(struct sf_endpoint *ep, const struct media_peer *peer, bool rtcp,
			    const struct media_realm *realm)
{
	struct host address = rtcp ? peer->rtcp_addr : peer->rtp_addr;
	uint16_t port = rtcp ? peer->rtcp_port : peer->rtp_port;

	if (is_of(realm, &address) && port) {
		ep->has |= SF_HAS_REMOTE;
		ep->remote = media_address(address, port);
	}
	if (realm->learn == MEDIA_LEARN_ONCE && is_of(realm, &peer->learn_from)) {
		ep->has |= SF_HAS_LEARN | SF_HAS_LEARN_FROM;
		ep->learn = SIPFAST_LEARN_ONCE;
		ep->learn_addr = media_address(peer->learn_from, 0);
		ep->learn_prefix = realm->address.family == AF_INET6 ? 128 : 32;
	}
}

static enum sipfast_component component_of(const struct media_stream *stream, bool rtcp)
{
	if (stream->transparent)
		return SIPFAST_COMPONENT_TRANSPARENT;
	if (rtcp)
		return SIPFAST_COMPONENT_RTCP;
	return stream->mux ? SIPFAST_COMPONENT_MUX : SIPFAST_COMPONENT_RTP;
}

/* The ID of the endpoint that @plan has there; 0: none. */
static unsigned int id_there(const struct media_plan *plan, unsigned int i, enum media_side side,
			     bool rtcp)
{
	const struct media_stream *stream;

	if (!plan || i >= plan->nstreams)
		return 0;
	stream = &plan->streams[i];
	if (!stream->active || (rtcp && (stream->mux || stream->transparent)))
		return 0;
	return endpoint_id(plan, i, side, rtcp);
}

/* The whole of one endpoint that @plan has, but for the forwards that it has not. */
static void describe(const struct media_plan *plan, unsigned int i, enum media_side side, bool rtcp,
		     struct sf_endpoint *ep)
{
	const struct media_realm *realm = plan->realms[side];
	const struct media_stream *stream = &plan->streams[i];

	memset(ep, 0, offsetof(struct sf_endpoint, forwards));
	ep->id = endpoint_id(plan, i, side, rtcp);
	ep->has = SF_HAS_LOCAL | SF_HAS_COMPONENT | SF_HAS_DSCP | SF_HAS_FORWARDS;
	ep->local = media_address(realm->address, stream->ports[side] + rtcp);
	ep->component = component_of(stream, rtcp);
	ep->dscp = realm->dscp;
	ep->forwards[0] = (struct sf_forward){ .to = endpoint_id(plan, i, !side, rtcp) };
	ep->nforwards = 1;
	describe_remote(ep, &stream->peers[side], rtcp, realm);
	/* What comes from one side has the payload types that the other side has asked for. */
	if (!rtcp && stream->peers[!side].events) {
		ep->has |= SF_HAS_DTMF_TYPE;
		ep->dtmf_type = (uint8_t)(stream->peers[!side].events - 1);
	}
	if (stream->clock_rate >= CLOCK_RATE_MIN && stream->clock_rate <= CLOCK_RATE_MAX) {
		ep->has |= SF_HAS_CLOCK_RATE;
		ep->clock_rate = stream->clock_rate;
	}
}

/*
 * What of @want differs from @have. The remote is among it only when it changed: giving it makes
 * the kernel learn anew.
 */
static uint32_t changes(const struct sf_endpoint *have, const struct sf_endpoint *want)
{
	uint32_t changed = want->has & ~have->has;

	if (!sf_address_equal(&have->remote, &want->remote))
		changed |= SF_HAS_REMOTE;
	if (have->component != want->component)
		changed |= SF_HAS_COMPONENT;
	if (have->learn != want->learn)
		changed |= SF_HAS_LEARN;
	if (!sf_address_equal(&have->learn_addr, &want->learn_addr))
		changed |= SF_HAS_LEARN_FROM;
	if (have->clock_rate != want->clock_rate)
		changed |= SF_HAS_CLOCK_RATE;
	if (have->dtmf_type != want->dtmf_type)
		changed |= SF_HAS_DTMF_TYPE;
	if (have->forwards[0].to != want->forwards[0].to)
		changed |= SF_HAS_FORWARDS;
	return changed & want->has;
}

/* What @ep has anyway, if nothing is said of it. */
static uint32_t defaults(const struct sf_endpoint *ep)
{
	uint32_t same = 0;

	if (ep->component == SIPFAST_COMPONENT_RTP)
		same |= SF_HAS_COMPONENT;
	if (!ep->dscp)
		same |= SF_HAS_DSCP;
	if (ep->clock_rate == DEFAULT_CLOCK_RATE)
		same |= SF_HAS_CLOCK_RATE;
	return same;
}

/* Adds what becomes of one endpoint; nothing when it stays as it is. False: there is no room. */
static bool diff(const struct media_plan *have, const struct media_plan *want, unsigned int i,
		 enum media_side side, bool rtcp, struct sf_session *session)
{
	bool full = session->nendpoints == SIPFAST_MAX_ENDPOINTS;
	unsigned int id = id_there(want, i, side, rtcp);
	struct sf_endpoint old, spare, *now = &spare;

	if (!id)
		return true;
	if (!full)
		now = &session->endpoints[session->nendpoints];
	describe(want, i, side, rtcp, now);
	if (id_there(have, i, side, rtcp) == id) {
		describe(have, i, side, rtcp, &old);
		now->has = changes(&old, now);
	} else {
		now->has &= ~defaults(now);
	}
	if (now->has && !full)
		session->nendpoints++;
	return !now->has || !full;
}

/* What @have has and @want has not: by another ID, when it is of another branch or kind. */
static bool diff_gone(const struct media_plan *have, const struct media_plan *want, unsigned int i,
		      enum media_side side, bool rtcp, struct sf_session *session)
{
	unsigned int id = id_there(have, i, side, rtcp);

	if (!id || id_there(want, i, side, rtcp) == id)
		return true;
	if (session->nendpoints == SIPFAST_MAX_ENDPOINTS)
		return false;
	session->endpoints[session->nendpoints++] =
		(struct sf_endpoint){ .id = id, .has = SF_DELETE };
	return true;
}

bool media_endpoint_diff(const struct media_plan *have, const struct media_plan *want,
			 struct sf_session *session)
{
	bool fits = true;

	session->nendpoints = 0;
	/* First, as a session has no more endpoints than a request. */
	for (unsigned int i = 0; have && i < have->nstreams; i++)
		for (unsigned int part = 0; part < PER_STREAM; part++)
			fits &= diff_gone(have, want, i, part / 2, part % 2, session);
	for (unsigned int i = 0; want && i < want->nstreams; i++)
		for (unsigned int part = 0; part < PER_STREAM; part++)
			fits &= diff(have, want, i, part / 2, part % 2, session);
	return fits;
}

void media_endpoint_keep(struct sf_session *session,
			 const struct media_learned learned[MEDIA_ENDPOINTS])
{
	for (unsigned int i = 0; i < session->nendpoints; i++) {
		struct sf_endpoint *ep = &session->endpoints[i];
		const struct media_learned *source = &learned[(ep->id - 1) % PER_FORK];
		struct host expected = host_of(&ep->learn_addr);
		struct host learned_from = host_of(&source->remote), told = host_of(&ep->remote);

		if (ep->has & SF_HAS_REMOTE && source->id == ep->id &&
		    host_equal(&learned_from, &expected) && !host_equal(&told, &expected))
			ep->remote = source->remote;
	}
}

enum media_side media_endpoint_side(const struct sf_endpoint *endpoint)
{
	return (endpoint->id - 1) % PER_FORK % PER_STREAM / 2 ? MEDIA_B : MEDIA_A;
}

bool media_endpoint_text(const struct media_plan *plan, const struct sf_endpoint *endpoint,
			 char *buf, size_t cap)
{
	unsigned int id = (endpoint->id - 1) % PER_FORK;
	unsigned int i = id / PER_STREAM, part = id % PER_STREAM;
	struct host_port actual = media_socket(&endpoint->remote), told;
	char text[HOST_PORT_STRLEN];
	const struct media_peer *peer;
	int len;

	if (!plan || !endpoint->id || i >= plan->nstreams)
		return false;
	peer = &plan->streams[i].peers[part / 2];
	told = (struct host_port){
		.host = part % 2 ? peer->rtcp_addr : peer->rtp_addr,
		.port = part % 2 ? peer->rtcp_port : peer->rtp_port,
	};
	len = snprintf(buf, cap, "%s %c%s %s", plan->streams[i].type,
		       part / 2 == MEDIA_A ? 'A' : 'B', part % 2 ? " RTCP" : "",
		       host_port_format(&actual, text));
	if (told.port && (!host_equal(&told.host, &actual.host) || told.port != actual.port))
		snprintf(buf + len, cap - (size_t)len, ", SDP says %s",
			 host_port_format(&told, text));
	return true;
}

static const struct sf_endpoint *find_endpoint(const struct sf_session *session, unsigned int id)
{
	for (unsigned int i = 0; session && i < session->nendpoints; i++)
		if (session->endpoints[i].id == id)
			return &session->endpoints[i];
	return NULL;
}

static void side_stats(const struct media_stream *stream, enum media_side side,
		       const struct media_realm *realm, const struct sf_endpoint *ep,
		       struct media_stream_stats *stats)
{
	const struct media_peer *peer = &stream->peers[side];

	stats->local[side] = (struct host_port){ realm->address, stream->ports[side] };
	stats->remote[side] = (struct host_port){ peer->rtp_addr, peer->rtp_port };
	if (!ep)
		return;
	if (ep->has & SF_HAS_REMOTE)
		stats->remote[side] = media_socket(&ep->remote);
	stats->rx_packets[side] = ep->rx.packets;
	stats->rx_octets[side] = ep->rx.octets;
	stats->tx_packets[side] = ep->tx.packets;
	stats->lost[side] = ep->rx.lost;
	stats->jitter_us[side] = ep->rx.jitter_us;
}

static bool has_flowed(const struct media_stats *stats)
{
	for (unsigned int i = 0; i < stats->nstreams; i++)
		if (stats->streams[i].rx_packets[MEDIA_A] || stats->streams[i].rx_packets[MEDIA_B])
			return true;
	return false;
}

void media_endpoint_stats(const struct media_plan *plan, const struct sf_session *session,
			  struct media_stats *stats)
{
	memset(stats, 0, sizeof(*stats));
	stats->nstreams = plan->nstreams;
	for (unsigned int i = 0; i < plan->nstreams; i++) {
		const struct media_stream *stream = &plan->streams[i];
		struct media_stream_stats *st = &stats->streams[i];

		memcpy(st->type, stream->type, sizeof(st->type));
		memcpy(st->codec, stream->codec, sizeof(st->codec));
		if (!stream->active)
			continue;
		st->held = stream->peers[MEDIA_A].held || stream->peers[MEDIA_B].held;
		st->transparent = stream->transparent;
		for (unsigned int side = MEDIA_A; side <= MEDIA_B; side++)
			side_stats(stream, side, plan->realms[side],
				   find_endpoint(session, endpoint_id(plan, i, side, false)), st);
	}
	if (!plan->answered && !has_flowed(stats))
		stats->nstreams = 0;
}
