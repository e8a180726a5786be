// SPDX-License-Identifier: GPL-2.0-or-later
/* A session as the kernel sends it. */
#include <errno.h>
#include <string.h>

#include "client.h"

/* Where the payload of an attribute goes, octet by octet. */
struct field {
	unsigned int type;
	size_t size;
	size_t offset;
	uint32_t has; /* to set when it is there, 0: nothing */
};

#define FIELD(attr, type, member, has)                                            \
	{                                                                         \
		attr, sizeof(((type *)NULL)->member), offsetof(type, member), has \
	}

static const struct field session_fields[] = {
	FIELD(SIPFAST_A_SESSION_ID, struct sf_session, id, 0),
	FIELD(SIPFAST_A_SESSION_OWNER, struct sf_session, owner, 0),
	FIELD(SIPFAST_A_SESSION_TIMEOUT_MS, struct sf_session, timeout_ms, 0),
	FIELD(SIPFAST_A_SESSION_AGE_MS, struct sf_session, age_ms, 0),
	FIELD(SIPFAST_A_SESSION_IDLE_MS, struct sf_session, idle_ms, 0),
	{ 0 },
};

#define EP(attr, member, has) FIELD(SIPFAST_A_ENDPOINT_##attr, struct sf_endpoint, member, has)

static const struct field endpoint_fields[] = {
	EP(ID, id, 0),
	EP(LOCAL_ADDR4, local.sin_addr.s_addr, SF_HAS_LOCAL),
	EP(LOCAL_PORT, local.sin_port, SF_HAS_LOCAL),
	EP(REMOTE_ADDR4, remote.sin_addr.s_addr, SF_HAS_REMOTE),
	EP(REMOTE_PORT, remote.sin_port, SF_HAS_REMOTE),
	EP(LEARN_ADDR4, learn_addr.s_addr, SF_HAS_LEARN_FROM),
	EP(LEARN_PREFIX, learn_prefix, SF_HAS_LEARN_FROM),
	EP(DSCP, dscp, SF_HAS_DSCP),
	EP(TTL, ttl, SF_HAS_TTL),
	EP(CLOCK_RATE, clock_rate, SF_HAS_CLOCK_RATE),
	{ 0 },
};

#define RX(attr, member, has) FIELD(SIPFAST_A_RX_##attr, struct sf_endpoint, rx.member, has)

static const struct field rx_fields[] = {
	RX(PACKETS, packets, 0),
	RX(OCTETS, octets, 0),
	RX(LOST, lost, 0),
	RX(DUPLICATE, duplicate, 0),
	RX(REORDERED, reordered, 0),
	RX(JITTER_US, jitter_us, 0),
	RX(SSRC, ssrc, SF_HAS_SSRC),
	RX(PAYLOAD_TYPE, payload_type, SF_HAS_PAYLOAD_TYPE),
	RX(IDLE_MS, idle_ms, SF_HAS_IDLE),
	RX(BAD_SOURCE, bad_source, 0),
	RX(MALFORMED, malformed, 0),
	{ 0 },
};

#define TX(attr, member) FIELD(SIPFAST_A_TX_##attr, struct sf_endpoint, tx.member, 0)

static const struct field tx_fields[] = {
	TX(PACKETS, packets),
	TX(OCTETS, octets),
	TX(DROPPED, dropped),
	{ 0 },
};

static int read_fields(const struct nlattr **tb, const struct field *field, void *object,
		       uint32_t *has)
{
	for (; field->type; field++) {
		const struct nlattr *attr = tb[field->type];

		if (!attr)
			continue;
		if (mnl_attr_get_payload_len(attr) != field->size)
			return -EPROTO;
		memcpy((char *)object + field->offset, mnl_attr_get_payload(attr), field->size);
		*has |= field->has;
	}
	return 0;
}

/* A value beyond what this library knows is passed on as it is: the kernel may be newer. */
static int read_choice(const struct nlattr *attr, unsigned int *value, uint32_t *has, uint32_t flag)
{
	if (!attr)
		return 0;
	if (mnl_attr_get_payload_len(attr) != sizeof(uint8_t))
		return -EPROTO;
	*value = mnl_attr_get_u8(attr);
	*has |= flag;
	return 0;
}

static int read_nest(const struct nlattr *nest, const struct field *fields, unsigned int max,
		     struct sf_endpoint *ep)
{
	const struct nlattr *tb[SIPFAST_A_RX_MAX + 1];

	if (!nest)
		return 0;
	if (sf_attr_table(NULL, nest, tb, max))
		return -EPROTO;
	return read_fields(tb, fields, ep, &ep->has);
}

static int read_forward(const struct nlattr *nest, struct sf_endpoint *ep)
{
	const struct nlattr *tb[SIPFAST_A_FORWARD_MAX + 1];

	if (sf_attr_table(NULL, nest, tb, SIPFAST_A_FORWARD_MAX) || !tb[SIPFAST_A_FORWARD_TO] ||
	    mnl_attr_get_payload_len(tb[SIPFAST_A_FORWARD_TO]) != sizeof(uint32_t))
		return -EPROTO;
	if (ep->nforwards == SIPFAST_MAX_FORWARDS)
		return -EPROTO;
	ep->forwards[ep->nforwards++] = mnl_attr_get_u32(tb[SIPFAST_A_FORWARD_TO]);
	ep->has |= SF_HAS_FORWARDS;
	return 0;
}

static int read_endpoint(const struct nlattr *nest, struct sf_endpoint *ep)
{
	const struct nlattr *tb[SIPFAST_A_ENDPOINT_MAX + 1];
	unsigned int component = 0, learn = 0, source = 0;
	const struct nlattr *attr;

	*ep = (struct sf_endpoint){ 0 };
	if (sf_attr_table(NULL, nest, tb, SIPFAST_A_ENDPOINT_MAX) || !tb[SIPFAST_A_ENDPOINT_ID])
		return -EPROTO;
	if (read_fields(tb, endpoint_fields, ep, &ep->has) ||
	    read_choice(tb[SIPFAST_A_ENDPOINT_COMPONENT], &component, &ep->has, SF_HAS_COMPONENT) ||
	    read_choice(tb[SIPFAST_A_ENDPOINT_LEARN], &learn, &ep->has, SF_HAS_LEARN) ||
	    read_choice(tb[SIPFAST_A_ENDPOINT_SOURCE], &source, &ep->has, SF_HAS_SOURCE) ||
	    read_nest(tb[SIPFAST_A_ENDPOINT_RX], rx_fields, SIPFAST_A_RX_MAX, ep) ||
	    read_nest(tb[SIPFAST_A_ENDPOINT_TX], tx_fields, SIPFAST_A_TX_MAX, ep))
		return -EPROTO;
	ep->component = component;
	ep->learn = learn;
	ep->source = source;
	ep->learned = tb[SIPFAST_A_ENDPOINT_LEARNED];
	if (ep->has & SF_HAS_LOCAL)
		ep->local.sin_family = AF_INET;
	if (ep->has & SF_HAS_REMOTE)
		ep->remote.sin_family = AF_INET;
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
	uint32_t has = 0;

	if (!nest || sf_attr_table(NULL, nest, tb, SIPFAST_A_SESSION_MAX) ||
	    !tb[SIPFAST_A_SESSION_ID])
		return -EPROTO;
	if (!more) {
		/* Not the endpoints, which are set as they come. */
		memset(session, 0, offsetof(struct sf_session, endpoints));
	}
	if (read_fields(tb, session_fields, session, &has))
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
