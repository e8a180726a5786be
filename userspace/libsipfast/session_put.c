// SPDX-License-Identifier: GPL-2.0-or-later
/* A session as the attribute of a request. */
#include <errno.h>

#include "client.h"

static int check_forwards(struct sf_client *client, const struct sf_endpoint *ep)
{
	if (ep->nforwards > SIPFAST_MAX_FORWARDS)
		return sf_fail(client, -EINVAL, "endpoint %u has more than %d forwards", ep->id,
			       SIPFAST_MAX_FORWARDS);
	for (unsigned int i = 0; i < ep->nforwards; i++)
		if (ep->forwards[i].npayload_types > SF_MAX_PAYLOAD_TYPES)
			return sf_fail(client, -EINVAL,
				       "a forward of endpoint %u has more than %d payload types",
				       ep->id, SF_MAX_PAYLOAD_TYPES);
	return 0;
}

int sf_session_check(struct sf_client *client, const struct sf_session *session)
{
	int err = 0;

	if (session->nendpoints > SIPFAST_MAX_ENDPOINTS)
		return sf_fail(client, -EINVAL, "more than %d endpoints", SIPFAST_MAX_ENDPOINTS);
	for (unsigned int i = 0; i < session->nendpoints && !err; i++)
		err = check_forwards(client, &session->endpoints[i]);
	return err;
}

static void put_addresses(struct nlmsghdr *nlh, const struct sf_endpoint *ep)
{
	if (ep->has & SF_HAS_LOCAL) {
		sf_address_put(nlh, SIPFAST_A_ENDPOINT_LOCAL_ADDR4, SIPFAST_A_ENDPOINT_LOCAL_ADDR6,
			       &ep->local);
		mnl_attr_put_u16(nlh, SIPFAST_A_ENDPOINT_LOCAL_PORT, ep->local.port);
	}
	if (ep->has & SF_HAS_REMOTE) {
		sf_address_put(nlh, SIPFAST_A_ENDPOINT_REMOTE_ADDR4,
			       SIPFAST_A_ENDPOINT_REMOTE_ADDR6, &ep->remote);
		mnl_attr_put_u16(nlh, SIPFAST_A_ENDPOINT_REMOTE_PORT, ep->remote.port);
	}
}

static void put_learning(struct nlmsghdr *nlh, const struct sf_endpoint *ep)
{
	if (ep->has & SF_HAS_LEARN)
		mnl_attr_put_u8(nlh, SIPFAST_A_ENDPOINT_LEARN, ep->learn);
	if (ep->has & SF_HAS_LEARN_FROM) {
		sf_address_put(nlh, SIPFAST_A_ENDPOINT_LEARN_ADDR4, SIPFAST_A_ENDPOINT_LEARN_ADDR6,
			       &ep->learn_addr);
		mnl_attr_put_u8(nlh, SIPFAST_A_ENDPOINT_LEARN_PREFIX, ep->learn_prefix);
	}
	if (ep->has & SF_HAS_LEARN_MS)
		mnl_attr_put_u32(nlh, SIPFAST_A_ENDPOINT_LEARN_MS, ep->learn_ms);
	if (ep->has & SF_HAS_SOURCE)
		mnl_attr_put_u8(nlh, SIPFAST_A_ENDPOINT_SOURCE, ep->source);
}

static void put_forward(struct nlmsghdr *nlh, const struct sf_forward *forward)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_ENDPOINT_FORWARD);

	mnl_attr_put_u32(nlh, SIPFAST_A_FORWARD_TO, forward->to);
	if (forward->mode != SIPFAST_FORWARD_PASS)
		mnl_attr_put_u8(nlh, SIPFAST_A_FORWARD_MODE, forward->mode);
	if (forward->npayload_types)
		mnl_attr_put(nlh, SIPFAST_A_FORWARD_PAYLOAD_TYPES,
			     forward->npayload_types * sizeof(*forward->payload_types),
			     forward->payload_types);
	if (forward->has & SF_FORWARD_SSRC)
		mnl_attr_put_u32(nlh, SIPFAST_A_FORWARD_SSRC, forward->ssrc);
	if (forward->seq_offset)
		mnl_attr_put_u16(nlh, SIPFAST_A_FORWARD_SEQ_OFFSET, forward->seq_offset);
	if (forward->timestamp_offset)
		mnl_attr_put_u32(nlh, SIPFAST_A_FORWARD_TIMESTAMP_OFFSET,
				 forward->timestamp_offset);
	if (forward->has & SF_FORWARD_DSCP)
		mnl_attr_put_u8(nlh, SIPFAST_A_FORWARD_DSCP, forward->dscp);
	if (forward->has & SF_FORWARD_TTL)
		mnl_attr_put_u8(nlh, SIPFAST_A_FORWARD_TTL, forward->ttl);
	mnl_attr_nest_end(nlh, nest);
}

static void put_forwards(struct nlmsghdr *nlh, const struct sf_endpoint *ep, bool change)
{
	if (!(ep->has & SF_HAS_FORWARDS))
		return;
	/* A new session has none to remove. */
	if (!ep->nforwards && change)
		mnl_attr_put(nlh, SIPFAST_A_ENDPOINT_NO_FORWARDS, 0, NULL);
	for (unsigned int i = 0; i < ep->nforwards; i++)
		put_forward(nlh, &ep->forwards[i]);
}

static void put_endpoint(struct nlmsghdr *nlh, const struct sf_endpoint *ep, bool change)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_SESSION_ENDPOINT);

	mnl_attr_put_u32(nlh, SIPFAST_A_ENDPOINT_ID, ep->id);
	if (ep->has & SF_DELETE)
		mnl_attr_put(nlh, SIPFAST_A_ENDPOINT_DELETE, 0, NULL);
	put_addresses(nlh, ep);
	put_learning(nlh, ep);
	if (ep->has & SF_HAS_COMPONENT)
		mnl_attr_put_u8(nlh, SIPFAST_A_ENDPOINT_COMPONENT, ep->component);
	if (ep->has & SF_HAS_DSCP)
		mnl_attr_put_u8(nlh, SIPFAST_A_ENDPOINT_DSCP, ep->dscp);
	if (ep->has & SF_HAS_TTL)
		mnl_attr_put_u8(nlh, SIPFAST_A_ENDPOINT_TTL, ep->ttl);
	if (ep->has & SF_HAS_CLOCK_RATE)
		mnl_attr_put_u32(nlh, SIPFAST_A_ENDPOINT_CLOCK_RATE, ep->clock_rate);
	if (ep->has & SF_HAS_INACTIVE)
		mnl_attr_put_u32(nlh, SIPFAST_A_ENDPOINT_INACTIVE_MS, ep->inactive_ms);
	if (ep->has & SF_HAS_DTMF_TYPE)
		mnl_attr_put_u8(nlh, SIPFAST_A_ENDPOINT_DTMF_TYPE, ep->dtmf_type);
	put_forwards(nlh, ep, change);
	mnl_attr_nest_end(nlh, nest);
}

void sf_session_put(struct nlmsghdr *nlh, const struct sf_session *session, enum sipfast_cmd cmd)
{
	bool change = cmd == SIPFAST_CMD_SESSION_SET;
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_SESSION);

	mnl_attr_put_u64(nlh, SIPFAST_A_SESSION_ID, session->id);
	if (!change && session->owner)
		mnl_attr_put_u32(nlh, SIPFAST_A_SESSION_OWNER, session->owner);
	if (session->has_timeout || (!change && session->timeout_ms))
		mnl_attr_put_u32(nlh, SIPFAST_A_SESSION_TIMEOUT_MS, session->timeout_ms);
	for (unsigned int i = 0; i < session->nendpoints; i++)
		put_endpoint(nlh, &session->endpoints[i], change);
	mnl_attr_nest_end(nlh, nest);
}
