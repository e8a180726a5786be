// SPDX-License-Identifier: GPL-2.0-or-later
/* A session as the attribute of a request. */
#include <errno.h>

#include "client.h"

int sf_session_check(struct sf_client *client, const struct sf_session *session)
{
	if (session->nendpoints > SIPFAST_MAX_ENDPOINTS)
		return sf_fail(client, -EINVAL, "more than %d endpoints", SIPFAST_MAX_ENDPOINTS);
	for (unsigned int i = 0; i < session->nendpoints; i++)
		if (session->endpoints[i].nforwards > SIPFAST_MAX_FORWARDS)
			return sf_fail(client, -EINVAL, "endpoint %u has more than %d forwards",
				       session->endpoints[i].id, SIPFAST_MAX_FORWARDS);
	return 0;
}

static void put_addresses(struct nlmsghdr *nlh, const struct sf_endpoint *ep)
{
	if (ep->has & SF_HAS_LOCAL) {
		mnl_attr_put_u32(nlh, SIPFAST_A_ENDPOINT_LOCAL_ADDR4, ep->local.sin_addr.s_addr);
		mnl_attr_put_u16(nlh, SIPFAST_A_ENDPOINT_LOCAL_PORT, ep->local.sin_port);
	}
	if (ep->has & SF_HAS_REMOTE) {
		mnl_attr_put_u32(nlh, SIPFAST_A_ENDPOINT_REMOTE_ADDR4, ep->remote.sin_addr.s_addr);
		mnl_attr_put_u16(nlh, SIPFAST_A_ENDPOINT_REMOTE_PORT, ep->remote.sin_port);
	}
	if (ep->has & SF_HAS_LEARN)
		mnl_attr_put_u8(nlh, SIPFAST_A_ENDPOINT_LEARN, ep->learn);
	if (ep->has & SF_HAS_LEARN_FROM) {
		mnl_attr_put_u32(nlh, SIPFAST_A_ENDPOINT_LEARN_ADDR4, ep->learn_addr.s_addr);
		mnl_attr_put_u8(nlh, SIPFAST_A_ENDPOINT_LEARN_PREFIX, ep->learn_prefix);
	}
	if (ep->has & SF_HAS_SOURCE)
		mnl_attr_put_u8(nlh, SIPFAST_A_ENDPOINT_SOURCE, ep->source);
}

static void put_forwards(struct nlmsghdr *nlh, const struct sf_endpoint *ep, bool change)
{
	if (!(ep->has & SF_HAS_FORWARDS))
		return;
	/* A new session has none to remove. */
	if (!ep->nforwards && change)
		mnl_attr_put(nlh, SIPFAST_A_ENDPOINT_NO_FORWARDS, 0, NULL);
	for (unsigned int i = 0; i < ep->nforwards; i++) {
		struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_ENDPOINT_FORWARD);

		mnl_attr_put_u32(nlh, SIPFAST_A_FORWARD_TO, ep->forwards[i]);
		mnl_attr_nest_end(nlh, nest);
	}
}

static void put_endpoint(struct nlmsghdr *nlh, const struct sf_endpoint *ep, bool change)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_SESSION_ENDPOINT);

	mnl_attr_put_u32(nlh, SIPFAST_A_ENDPOINT_ID, ep->id);
	if (ep->has & SF_DELETE)
		mnl_attr_put(nlh, SIPFAST_A_ENDPOINT_DELETE, 0, NULL);
	put_addresses(nlh, ep);
	if (ep->has & SF_HAS_COMPONENT)
		mnl_attr_put_u8(nlh, SIPFAST_A_ENDPOINT_COMPONENT, ep->component);
	if (ep->has & SF_HAS_DSCP)
		mnl_attr_put_u8(nlh, SIPFAST_A_ENDPOINT_DSCP, ep->dscp);
	if (ep->has & SF_HAS_TTL)
		mnl_attr_put_u8(nlh, SIPFAST_A_ENDPOINT_TTL, ep->ttl);
	if (ep->has & SF_HAS_CLOCK_RATE)
		mnl_attr_put_u32(nlh, SIPFAST_A_ENDPOINT_CLOCK_RATE, ep->clock_rate);
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
