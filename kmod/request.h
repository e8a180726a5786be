/* SPDX-License-Identifier: GPL-2.0 */
/* Requests to add or to change a session, as they are read from their attributes. */
#ifndef SF_REQUEST_H
#define SF_REQUEST_H

#include "conf.h"

struct nlattr;

/* Pairs of payload types that a forward may map. */
#define SF_MAX_PAIRS	16

/* Which optional fields of a request were given. */
enum sf_endpoint_has {
	SF_HAS_LOCAL = BIT(0),
	SF_HAS_REMOTE = BIT(1),
	SF_HAS_COMPONENT = BIT(2),
	SF_HAS_LEARN = BIT(3),
	SF_HAS_LEARN_FROM = BIT(4),
	SF_HAS_LEARN_MS = BIT(5),
	SF_HAS_SOURCE = BIT(6),
	SF_HAS_DSCP = BIT(7),
	SF_HAS_TTL = BIT(8),
	SF_HAS_CLOCK_RATE = BIT(9),
	SF_HAS_INACTIVE_MS = BIT(10),
	SF_HAS_DTMF_TYPE = BIT(11),
	SF_HAS_FORWARDS = BIT(12),
	SF_DELETE = BIT(13),
};

/**
 * struct sf_forward_request - one FORWARD of a request
 * @to: endpoint ID
 * @has: enum sf_forward_has
 */
struct sf_forward_request {
	u32 to;
	u8 dscp;
	u8 ttl;
	u8 has;
	struct sf_rewrite rewrite;
};

/**
 * struct sf_endpoint_request - one ENDPOINT of a request, read and checked by itself
 * @attr: where it stands in the request, for the extended acknowledgement
 * @has: enum sf_endpoint_has
 * @conf: what was given; @ep, @latch and @forwards are not used
 * @forwards: as many as @conf says, in the same block
 */
struct sf_endpoint_request {
	const struct nlattr *attr;
	u32 id;
	u32 has;
	struct sf_addr local;
	struct sf_endpoint_conf conf;
	struct sf_forward_request *forwards;
};

/**
 * struct sf_session_request - a request to add or to change a session
 * @n: of @ep, behind which are the forwards of all
 */
struct sf_session_request {
	u64 id;
	u32 owner;
	u32 timeout_ms;
	bool has_timeout;
	unsigned int n;
	struct sf_endpoint_request ep[];
};

/*
 * Reads SESSION, which has passed the policy of SESSION_ADD or, when @is_set, SESSION_SET.
 * The result is freed by kvfree(); it borrows attributes of the request. ERR_PTR on failure.
 */
struct sf_session_request *sf_request_read(struct nlattr *nest, bool is_set,
					   struct netlink_ext_ack *extack);

/* What a FORWARD may hold. */
extern const struct nla_policy sf_policy_forward[SIPFAST_A_FORWARD_TTL + 1];

/* Reads FORWARD, which has passed its policy. */
int sf_request_read_forward(struct sf_forward_request *req, struct nlattr *nest,
			    struct netlink_ext_ack *extack);

#endif /* SF_REQUEST_H */
