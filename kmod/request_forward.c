// SPDX-License-Identifier: GPL-2.0
/* From the attributes of a FORWARD to struct sf_forward_request. */
#include "netlink.h"

const struct nla_policy sf_policy_forward[SIPFAST_A_FORWARD_TTL + 1] = {
	[SIPFAST_A_FORWARD_TO] = NLA_POLICY_MIN(NLA_U32, 1),
	[SIPFAST_A_FORWARD_MODE] = NLA_POLICY_MAX(NLA_U8, SIPFAST_FORWARD_MAX),
	[SIPFAST_A_FORWARD_PAYLOAD_TYPES] = NLA_POLICY_RANGE(NLA_BINARY, 2, 2 * SF_MAX_PAIRS),
	[SIPFAST_A_FORWARD_SSRC] = { .type = NLA_U32 },
	[SIPFAST_A_FORWARD_SEQ_OFFSET] = { .type = NLA_U16 },
	[SIPFAST_A_FORWARD_TIMESTAMP_OFFSET] = { .type = NLA_U32 },
	[SIPFAST_A_FORWARD_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
	[SIPFAST_A_FORWARD_TTL] = NLA_POLICY_MIN(NLA_U8, 1),
};

static int refuse_pairs(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	NL_SET_ERR_MSG_ATTR(extack, attr,
			    "Payload types are pairs of 0 to 127, each mapped once");
	return -EINVAL;
}

static int read_pairs(struct rtp_rewrite *rtp, const struct nlattr *attr,
		      struct netlink_ext_ack *extack)
{
	DECLARE_BITMAP(mapped, RTP_PAYLOAD_TYPES) = {};
	const u8 *pair;
	unsigned int i;

	if (!attr)
		return 0;
	if (nla_len(attr) % 2)
		return refuse_pairs(attr, extack);
	pair = nla_data(attr);
	for (i = 0; i < RTP_PAYLOAD_TYPES; i++)
		rtp->payload_types[i] = i;
	for (i = 0; i < nla_len(attr); i += 2, pair += 2) {
		if (pair[0] >= RTP_PAYLOAD_TYPES || pair[1] >= RTP_PAYLOAD_TYPES ||
		    __test_and_set_bit(pair[0], mapped))
			return refuse_pairs(attr, extack);
		rtp->payload_types[pair[0]] = pair[1];
	}
	rtp->what |= RTP_REWRITE_PAYLOAD_TYPES;
	return 0;
}

static int read_rewrite(struct sf_rewrite *rewrite, struct nlattr **tb,
			struct netlink_ext_ack *extack)
{
	struct rtp_rewrite *rtp = &rewrite->rtp;

	if (tb[SIPFAST_A_FORWARD_MODE])
		rewrite->mode = nla_get_u8(tb[SIPFAST_A_FORWARD_MODE]);
	if (tb[SIPFAST_A_FORWARD_SSRC]) {
		rtp->ssrc = nla_get_u32(tb[SIPFAST_A_FORWARD_SSRC]);
		rtp->what |= RTP_REWRITE_SSRC;
	}
	if (tb[SIPFAST_A_FORWARD_SEQ_OFFSET]) {
		rtp->seq_offset = nla_get_u16(tb[SIPFAST_A_FORWARD_SEQ_OFFSET]);
		rtp->what |= RTP_REWRITE_SEQ;
	}
	if (tb[SIPFAST_A_FORWARD_TIMESTAMP_OFFSET]) {
		rtp->timestamp_offset = nla_get_u32(tb[SIPFAST_A_FORWARD_TIMESTAMP_OFFSET]);
		rtp->what |= RTP_REWRITE_TIMESTAMP;
	}
	return read_pairs(rtp, tb[SIPFAST_A_FORWARD_PAYLOAD_TYPES], extack);
}

int sf_request_read_forward(struct sf_forward_request *req, struct nlattr *nest,
			    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[ARRAY_SIZE(sf_policy_forward)];
	int err;

	err = nla_parse_nested(tb, ARRAY_SIZE(tb) - 1, nest, NULL, extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_FORWARD_TO)) {
		NL_SET_ERR_MSG(extack, "A forward needs the ID of an endpoint");
		return -EINVAL;
	}
	req->to = nla_get_u32(tb[SIPFAST_A_FORWARD_TO]);
	if (tb[SIPFAST_A_FORWARD_DSCP]) {
		req->dscp = nla_get_u8(tb[SIPFAST_A_FORWARD_DSCP]);
		req->has |= SF_FORWARD_HAS_DSCP;
	}
	if (tb[SIPFAST_A_FORWARD_TTL]) {
		req->ttl = nla_get_u8(tb[SIPFAST_A_FORWARD_TTL]);
		req->has |= SF_FORWARD_HAS_TTL;
	}
	err = read_rewrite(&req->rewrite, tb, extack);
	if (err)
		return err;
	if (req->rewrite.mode != SIPFAST_FORWARD_PASS || req->rewrite.rtp.what)
		req->has |= SF_FORWARD_HAS_REWRITE;
	return 0;
}
