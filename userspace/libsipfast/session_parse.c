// SPDX-License-Identifier: GPL-2.0-or-later
/* A session as the kernel sends it. */
#include <errno.h>
#include <string.h>

#include "client.h"

static const struct sf_field session_fields[] = {
	SF_FIELD(SIPFAST_A_SESSION_ID, struct sf_session, id, 0),
	SF_FIELD(SIPFAST_A_SESSION_OWNER, struct sf_session, owner, 0),
	SF_FIELD(SIPFAST_A_SESSION_TIMEOUT_MS, struct sf_session, timeout_ms, 0),
	SF_FIELD(SIPFAST_A_SESSION_AGE_MS, struct sf_session, age_ms, 0),
	SF_FIELD(SIPFAST_A_SESSION_IDLE_MS, struct sf_session, idle_ms, 0),
	{ 0 },
};

#define EP(attr, member, has) SF_FIELD(SIPFAST_A_ENDPOINT_##attr, struct sf_endpoint, member, has)

static const struct sf_field endpoint_fields[] = {
	EP(ID, id, 0),
	EP(LOCAL_PORT, local.port, SF_HAS_LOCAL),
	EP(REMOTE_PORT, remote.port, SF_HAS_REMOTE),
	EP(LEARN_PREFIX, learn_prefix, SF_HAS_LEARN_FROM),
	EP(LEARN_MS, learn_ms, SF_HAS_LEARN_MS),
	EP(DSCP, dscp, SF_HAS_DSCP),
	EP(TTL, ttl, SF_HAS_TTL),
	EP(CLOCK_RATE, clock_rate, SF_HAS_CLOCK_RATE),
	EP(INACTIVE_MS, inactive_ms, SF_HAS_INACTIVE),
	EP(DTMF_TYPE, dtmf_type, SF_HAS_DTMF_TYPE),
	{ 0 },
};

#define RX(attr, member, has) SF_FIELD(SIPFAST_A_RX_##attr, struct sf_endpoint, rx.member, has)

static const struct sf_field rx_fields[] = {
	RX(PACKETS, packets, 0),
	RX(OCTETS, octets, 0),
	RX(LOST, lost, SF_HAS_QUALITY),
	RX(DUPLICATE, duplicate, SF_HAS_QUALITY),
	RX(REORDERED, reordered, SF_HAS_QUALITY),
	RX(JITTER_US, jitter_us, SF_HAS_QUALITY),
	RX(SSRC, ssrc, SF_HAS_SSRC),
	RX(PAYLOAD_TYPE, payload_type, SF_HAS_PAYLOAD_TYPE),
	RX(IDLE_MS, idle_ms, SF_HAS_IDLE),
	RX(BAD_SOURCE, bad_source, 0),
	RX(MALFORMED, malformed, 0),
	RX(PAYLOAD_TYPES, payload_types, SF_HAS_PAYLOAD_TYPES),
	RX(SSRC_CHANGES, ssrc_changes, SF_HAS_QUALITY),
	RX(RTT_US, rtt_us, SF_HAS_RTT),
	RX(REPORT_LOST, report_lost, SF_HAS_REPORT),
	RX(REPORT_FRACTION, report_fraction, SF_HAS_REPORT),
	RX(REPORT_JITTER_US, report_jitter_us, SF_HAS_REPORT),
	{ 0 },
};

#define TX(attr, member) SF_FIELD(SIPFAST_A_TX_##attr, struct sf_endpoint, tx.member, 0)

static const struct sf_field tx_fields[] = {
	TX(PACKETS, packets), TX(OCTETS, octets),   TX(DROPPED, dropped),
	TX(ICMP, icmp),	      TX(BLOCKED, blocked), { 0 },
};

#define FORWARD(attr, member, has) \
	SF_FIELD(SIPFAST_A_FORWARD_##attr, struct sf_forward, member, has)

static const struct sf_field forward_fields[] = {
	FORWARD(TO, to, 0),
	FORWARD(SSRC, ssrc, SF_FORWARD_SSRC),
	FORWARD(SEQ_OFFSET, seq_offset, 0),
	FORWARD(TIMESTAMP_OFFSET, timestamp_offset, 0),
	FORWARD(DSCP, dscp, SF_FORWARD_DSCP),
	FORWARD(TTL, ttl, SF_FORWARD_TTL),
	{ 0 },
};

static int read_nest(const struct nlattr *nest, const struct sf_field *fields, unsigned int max,
		     struct sf_endpoint *ep)
{
	const struct nlattr *tb[SIPFAST_A_RX_MAX + 1];

	if (!nest)
		return 0;
	if (sf_attr_table(NULL, nest, tb, max))
		return -EPROTO;
	return sf_fields_read(tb, fields, ep, &ep->has);
}

static int read_payload_types(const struct nlattr *attr, struct sf_forward *forward)
{
	unsigned int n;

	if (!attr)
		return 0;
	n = mnl_attr_get_payload_len(attr) / sizeof(*forward->payload_types);
	if (n > SF_MAX_PAYLOAD_TYPES)
		return -EPROTO;
	forward->npayload_types = n;
	memcpy(forward->payload_types, mnl_attr_get_payload(attr),
	       n * sizeof(*forward->payload_types));
	return 0;
}

static int read_forward(const struct nlattr *nest, struct sf_endpoint *ep)
{
	const struct nlattr *tb[SIPFAST_A_FORWARD_MAX + 1];
	struct sf_forward *forward = &ep->forwards[ep->nforwards];
	unsigned int mode = SIPFAST_FORWARD_PASS;

	if (ep->nforwards == SIPFAST_MAX_FORWARDS)
		return -EPROTO;
	*forward = (struct sf_forward){ 0 };
	if (sf_attr_table(NULL, nest, tb, SIPFAST_A_FORWARD_MAX) || !tb[SIPFAST_A_FORWARD_TO] ||
	    sf_fields_read(tb, forward_fields, forward, &forward->has) ||
	    sf_choice_read(tb[SIPFAST_A_FORWARD_MODE], &mode, &ep->has, SF_HAS_FORWARDS) ||
	    read_payload_types(tb[SIPFAST_A_FORWARD_PAYLOAD_TYPES], forward))
		return -EPROTO;
	forward->mode = mode;
	ep->has |= SF_HAS_FORWARDS;
	ep->nforwards++;
	return 0;
}

static int read_addresses(const struct nlattr **tb, struct sf_endpoint *ep)
{
	if (sf_address_read(tb[SIPFAST_A_ENDPOINT_LOCAL_ADDR4], tb[SIPFAST_A_ENDPOINT_LOCAL_ADDR6],
			    &ep->local) ||
	    sf_address_read(tb[SIPFAST_A_ENDPOINT_REMOTE_ADDR4],
			    tb[SIPFAST_A_ENDPOINT_REMOTE_ADDR6], &ep->remote))
		return -EPROTO;
	return sf_address_read(tb[SIPFAST_A_ENDPOINT_LEARN_ADDR4],
			       tb[SIPFAST_A_ENDPOINT_LEARN_ADDR6], &ep->learn_addr);
}

static int read_choices(const struct nlattr **tb, struct sf_endpoint *ep)
{
	unsigned int component = 0, learn = 0, source = 0;

	if (sf_choice_read(tb[SIPFAST_A_ENDPOINT_COMPONENT], &component, &ep->has,
			   SF_HAS_COMPONENT) ||
	    sf_choice_read(tb[SIPFAST_A_ENDPOINT_LEARN], &learn, &ep->has, SF_HAS_LEARN) ||
	    sf_choice_read(tb[SIPFAST_A_ENDPOINT_SOURCE], &source, &ep->has, SF_HAS_SOURCE))
		return -EPROTO;
	ep->component = component;
	ep->learn = learn;
	ep->source = source;
	return 0;
}

static int read_endpoint(const struct nlattr *nest, struct sf_endpoint *ep)
{
	const struct nlattr *tb[SIPFAST_A_ENDPOINT_MAX + 1];
	const struct nlattr *attr;

	memset(ep, 0, offsetof(struct sf_endpoint, forwards));
	if (sf_attr_table(NULL, nest, tb, SIPFAST_A_ENDPOINT_MAX) || !tb[SIPFAST_A_ENDPOINT_ID])
		return -EPROTO;
	if (sf_fields_read(tb, endpoint_fields, ep, &ep->has) || read_addresses(tb, ep) ||
	    read_choices(tb, ep) ||
	    read_nest(tb[SIPFAST_A_ENDPOINT_RX], rx_fields, SIPFAST_A_RX_MAX, ep) ||
	    read_nest(tb[SIPFAST_A_ENDPOINT_TX], tx_fields, SIPFAST_A_TX_MAX, ep))
		return -EPROTO;
	ep->learned = tb[SIPFAST_A_ENDPOINT_LEARNED];
	mnl_attr_for_each_nested(attr, nest)
		if (mnl_attr_get_type(attr) == SIPFAST_A_ENDPOINT_FORWARD && read_forward(attr, ep))
			return -EPROTO;
	return 0;
}

static const struct nlattr *session_nest(const struct nlmsghdr *nlh)
{
	const struct nlattr *top[SIPFAST_A_MAX + 1];

	if (sf_attr_table(nlh, NULL, top, SIPFAST_A_MAX))
		return NULL;
	return top[SIPFAST_A_SESSION];
}

int sf_session_parse(const struct nlmsghdr *nlh, struct sf_session *session, bool more)
{
	const struct nlattr *tb[SIPFAST_A_SESSION_MAX + 1];
	const struct nlattr *nest = session_nest(nlh);
	const struct nlattr *attr;

	if (!nest || sf_attr_table(NULL, nest, tb, SIPFAST_A_SESSION_MAX) ||
	    !tb[SIPFAST_A_SESSION_ID])
		return -EPROTO;
	if (!more) {
		/* Not the endpoints, which are set as they come. */
		memset(session, 0, offsetof(struct sf_session, endpoints));
	}
	if (sf_fields_read(tb, session_fields, session, NULL))
		return -EPROTO;
	session->has_timeout = tb[SIPFAST_A_SESSION_TIMEOUT_MS];
	mnl_attr_for_each_nested(attr, nest) {
		if (mnl_attr_get_type(attr) != SIPFAST_A_SESSION_ENDPOINT)
			continue;
		if (session->nendpoints == SIPFAST_MAX_ENDPOINTS ||
		    read_endpoint(attr, &session->endpoints[session->nendpoints]))
			return -EPROTO;
		session->nendpoints++;
	}
	return 0;
}

uint64_t sf_session_peek(const struct nlmsghdr *nlh)
{
	const struct nlattr *tb[SIPFAST_A_SESSION_MAX + 1];
	const struct nlattr *nest = session_nest(nlh);

	if (!nest || sf_attr_table(NULL, nest, tb, SIPFAST_A_SESSION_MAX) ||
	    !tb[SIPFAST_A_SESSION_ID] ||
	    mnl_attr_get_payload_len(tb[SIPFAST_A_SESSION_ID]) != sizeof(uint64_t))
		return 0;
	return mnl_attr_get_u64(tb[SIPFAST_A_SESSION_ID]);
}
