// SPDX-License-Identifier: GPL-2.0
/* From the attributes of SESSION_ADD and SESSION_SET to struct sf_session_request. */
#include <linux/slab.h>

#include "netlink.h"
#include "rtp_rewrite.h"

/* Shortest inactivity timeout, in ms, but for 0. */
#define TIMEOUT_MIN		100
#define DTMF_NONE		255

/* Not const: older kernels' policies take them as they are. */
static struct netlink_range_validation clock_rates = { .min = 1000, .max = 192000 };
static struct netlink_range_validation timeouts = { .min = 0, .max = 86400000 };
static struct netlink_range_validation windows = { .min = 1, .max = 600000 };

static const struct nla_policy endpoint_policy[] = {
	[SIPFAST_A_ENDPOINT_ID] = NLA_POLICY_MIN(NLA_U32, 1),
	[SIPFAST_A_ENDPOINT_DELETE] = { .type = NLA_FLAG },
	[SIPFAST_A_ENDPOINT_LOCAL_ADDR4] = { .type = NLA_U32 },
	[SIPFAST_A_ENDPOINT_LOCAL_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SIPFAST_A_ENDPOINT_REMOTE_ADDR4] = { .type = NLA_U32 },
	[SIPFAST_A_ENDPOINT_REMOTE_PORT] = NLA_POLICY_MIN(NLA_U16, 1),
	[SIPFAST_A_ENDPOINT_COMPONENT] = NLA_POLICY_MAX(NLA_U8, SIPFAST_COMPONENT_MAX),
	[SIPFAST_A_ENDPOINT_LEARN] = NLA_POLICY_MAX(NLA_U8, SIPFAST_LEARN_MAX),
	[SIPFAST_A_ENDPOINT_LEARN_ADDR4] = { .type = NLA_U32 },
	[SIPFAST_A_ENDPOINT_LEARN_PREFIX] = NLA_POLICY_MAX(NLA_U8, 128),
	[SIPFAST_A_ENDPOINT_SOURCE] = NLA_POLICY_MAX(NLA_U8, SIPFAST_SOURCE_MAX),
	[SIPFAST_A_ENDPOINT_DSCP] = NLA_POLICY_MAX(NLA_U8, 63),
	[SIPFAST_A_ENDPOINT_TTL] = NLA_POLICY_MIN(NLA_U8, 1),
	[SIPFAST_A_ENDPOINT_CLOCK_RATE] = NLA_POLICY_FULL_RANGE(NLA_U32, &clock_rates),
	[SIPFAST_A_ENDPOINT_FORWARD] = NLA_POLICY_NESTED(sf_policy_forward),
	[SIPFAST_A_ENDPOINT_NO_FORWARDS] = { .type = NLA_FLAG },
	[SIPFAST_A_ENDPOINT_LOCAL_ADDR6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[SIPFAST_A_ENDPOINT_REMOTE_ADDR6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[SIPFAST_A_ENDPOINT_LEARN_ADDR6] = NLA_POLICY_EXACT_LEN(sizeof(struct in6_addr)),
	[SIPFAST_A_ENDPOINT_LEARN_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &windows),
	[SIPFAST_A_ENDPOINT_INACTIVE_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &timeouts),
	[SIPFAST_A_ENDPOINT_DTMF_TYPE] = { .type = NLA_U8 },
};

#define ENDPOINT_MAX	(ARRAY_SIZE(endpoint_policy) - 1)

const struct nla_policy sf_policy_session_add[SIPFAST_A_SESSION_ENDPOINT + 1] = {
	[SIPFAST_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[SIPFAST_A_SESSION_OWNER] = { .type = NLA_U32 },
	[SIPFAST_A_SESSION_TIMEOUT_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &timeouts),
	[SIPFAST_A_SESSION_ENDPOINT] = NLA_POLICY_NESTED(endpoint_policy),
};

const struct nla_policy sf_policy_session_set[SIPFAST_A_SESSION_ENDPOINT + 1] = {
	[SIPFAST_A_SESSION_ID] = NLA_POLICY_MIN(NLA_U64, 1),
	[SIPFAST_A_SESSION_TIMEOUT_MS] = NLA_POLICY_FULL_RANGE(NLA_U32, &timeouts),
	[SIPFAST_A_SESSION_ENDPOINT] = NLA_POLICY_NESTED(endpoint_policy),
};

/* Address and port come together or not at all. Returns 1, 0 or -EINVAL. */
static int read_addr(struct sf_addr *addr, const struct nlattr *nest, struct nlattr **tb,
		     int type4, int type6, int port_type, struct netlink_ext_ack *extack)
{
	int given = sf_nl_get_ip(&addr->ip, tb[type4], tb[type6], extack);

	if (given < 0 || (!given && !tb[port_type]))
		return given;
	if ((!given && NL_REQ_ATTR_CHECK(extack, nest, tb, type4)) ||
	    NL_REQ_ATTR_CHECK(extack, nest, tb, port_type)) {
		NL_SET_ERR_MSG(extack, "An address needs a port, and a port an address");
		return -EINVAL;
	}
	addr->port = nla_get_be16(tb[port_type]);
	return 1;
}

static int read_local(struct sf_endpoint_request *req, struct nlattr **tb,
		      struct netlink_ext_ack *extack)
{
	int err;

	err = read_addr(&req->local, req->attr, tb, SIPFAST_A_ENDPOINT_LOCAL_ADDR4,
			SIPFAST_A_ENDPOINT_LOCAL_ADDR6, SIPFAST_A_ENDPOINT_LOCAL_PORT, extack);
	if (err <= 0)
		return err;
	req->has |= SF_HAS_LOCAL;
	return 0;
}

static int read_remote(struct sf_endpoint_request *req, struct nlattr **tb,
		       struct netlink_ext_ack *extack)
{
	int err;

	err = read_addr(&req->conf.remote, req->attr, tb, SIPFAST_A_ENDPOINT_REMOTE_ADDR4,
			SIPFAST_A_ENDPOINT_REMOTE_ADDR6, SIPFAST_A_ENDPOINT_REMOTE_PORT, extack);
	if (err <= 0)
		return err;
	if (!sf_ip_is_host(&req->conf.remote.ip)) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SIPFAST_A_ENDPOINT_REMOTE_ADDR4] ?:
				    tb[SIPFAST_A_ENDPOINT_REMOTE_ADDR6],
				    "The remote address is not that of a host");
		return -EINVAL;
	}
	req->has |= SF_HAS_REMOTE;
	return 0;
}

static int read_learn_from(struct sf_endpoint_request *req, struct nlattr **tb,
			   struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = tb[SIPFAST_A_ENDPOINT_LEARN_PREFIX];
	int given;
	u8 prefix;

	given = sf_nl_get_ip(&req->conf.learn_ip, tb[SIPFAST_A_ENDPOINT_LEARN_ADDR4],
			     tb[SIPFAST_A_ENDPOINT_LEARN_ADDR6], extack);
	if (given < 0 || (!given && !attr))
		return given;
	if (NL_REQ_ATTR_CHECK(extack, req->attr, tb, SIPFAST_A_ENDPOINT_LEARN_PREFIX)) {
		NL_SET_ERR_MSG(extack, "An address to learn from needs a prefix length");
		return -EINVAL;
	}
	prefix = nla_get_u8(attr);
	if (prefix && !given && NL_REQ_ATTR_CHECK(extack, req->attr, tb,
						  SIPFAST_A_ENDPOINT_LEARN_ADDR4)) {
		NL_SET_ERR_MSG(extack, "A prefix to learn from needs an address");
		return -EINVAL;
	}
	if (prefix && sf_ip_is4(&req->conf.learn_ip)) {
		if (prefix > 32) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "A prefix of IPv4 has 32 bits at most");
			return -ERANGE;
		}
		prefix += 96;
	}
	req->conf.learn_prefix = prefix;
	req->has |= SF_HAS_LEARN_FROM;
	return 0;
}

static void read_scalars(struct sf_endpoint_request *req, struct nlattr **tb)
{
	static const struct {
		u16 type;
		u16 has;
		size_t offset;
	} octets[] = {
#define OCTET(name, field) { SIPFAST_A_ENDPOINT_##name, SF_HAS_##name,			\
			     offsetof(struct sf_endpoint_conf, field) }
		OCTET(COMPONENT, component), OCTET(LEARN, learn), OCTET(SOURCE, source),
		OCTET(DSCP, dscp), OCTET(TTL, ttl), OCTET(DTMF_TYPE, dtmf_type),
#undef OCTET
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(octets); i++) {
		if (!tb[octets[i].type])
			continue;
		*((u8 *)&req->conf + octets[i].offset) = nla_get_u8(tb[octets[i].type]);
		req->has |= octets[i].has;
	}
	if (tb[SIPFAST_A_ENDPOINT_CLOCK_RATE]) {
		req->conf.clock_rate = nla_get_u32(tb[SIPFAST_A_ENDPOINT_CLOCK_RATE]);
		req->has |= SF_HAS_CLOCK_RATE;
	}
}

/* What is more than a policy can say. */
static int read_bounded(struct sf_endpoint_request *req, struct nlattr **tb,
			struct netlink_ext_ack *extack)
{
	const struct nlattr *window = tb[SIPFAST_A_ENDPOINT_LEARN_MS];
	const struct nlattr *inactive = tb[SIPFAST_A_ENDPOINT_INACTIVE_MS];

	if (req->conf.dtmf_type >= RTP_PAYLOAD_TYPES && req->conf.dtmf_type != DTMF_NONE) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SIPFAST_A_ENDPOINT_DTMF_TYPE],
				    "There is no such payload type");
		return -ERANGE;
	}
	if (window) {
		if (!(req->has & SF_HAS_LEARN) || req->conf.learn != SIPFAST_LEARN_WINDOW) {
			NL_SET_ERR_MSG_ATTR(extack, window, "A window needs to be learned in");
			return -EINVAL;
		}
		req->conf.learn_ms = nla_get_u32(window);
		req->has |= SF_HAS_LEARN_MS;
	}
	if (inactive) {
		req->conf.inactive_ms = nla_get_u32(inactive);
		req->has |= SF_HAS_INACTIVE_MS;
		if (req->conf.inactive_ms && req->conf.inactive_ms < TIMEOUT_MIN) {
			NL_SET_ERR_MSG_ATTR(extack, inactive,
					    "The silence to report is shorter than 100 ms");
			return -ERANGE;
		}
	}
	return 0;
}

/* Writes them to @forwards, where as many fit as the request has. */
static int read_forwards(struct sf_endpoint_request *req, struct sf_forward_request *forwards,
			 struct nlattr *nest, struct nlattr **tb, struct netlink_ext_ack *extack)
{
	struct nlattr *attr;
	unsigned int i;
	int rem, err;

	req->forwards = forwards;
	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != SIPFAST_A_ENDPOINT_FORWARD)
			continue;
		if (req->conf.nforwards == SIPFAST_MAX_FORWARDS) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "More forwards than an endpoint may have");
			return -E2BIG;
		}
		err = sf_request_read_forward(&forwards[req->conf.nforwards], attr, extack);
		if (err)
			return err;
		for (i = 0; i < req->conf.nforwards; i++) {
			if (forwards[i].to == forwards[req->conf.nforwards].to) {
				NL_SET_ERR_MSG_ATTR(extack, attr,
						    "The endpoint is forwarded to already");
				return -EEXIST;
			}
		}
		req->conf.nforwards++;
		req->has |= SF_HAS_FORWARDS;
	}
	if (!tb[SIPFAST_A_ENDPOINT_NO_FORWARDS])
		return 0;
	if (req->conf.nforwards) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SIPFAST_A_ENDPOINT_NO_FORWARDS],
				    "Forwards and none at once");
		return -EINVAL;
	}
	req->has |= SF_HAS_FORWARDS;
	return 0;
}

/* What only SESSION_SET knows, and what excludes all else. */
static int read_flags(struct sf_endpoint_request *req, struct nlattr **tb, bool is_set,
		      struct netlink_ext_ack *extack)
{
	unsigned int i;

	if (!is_set && (tb[SIPFAST_A_ENDPOINT_DELETE] || tb[SIPFAST_A_ENDPOINT_NO_FORWARDS])) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SIPFAST_A_ENDPOINT_DELETE] ?:
				    tb[SIPFAST_A_ENDPOINT_NO_FORWARDS],
				    "There is nothing to remove from a new session");
		return -EINVAL;
	}
	if (!tb[SIPFAST_A_ENDPOINT_DELETE])
		return 0;
	req->has |= SF_DELETE;
	for (i = 0; i <= ENDPOINT_MAX; i++) {
		if (tb[i] && i != SIPFAST_A_ENDPOINT_DELETE && i != SIPFAST_A_ENDPOINT_ID) {
			NL_SET_ERR_MSG_ATTR(extack, tb[i], "An endpoint to delete has its ID only");
			return -EINVAL;
		}
	}
	return 0;
}

static int read_endpoint(struct sf_endpoint_request *req, struct sf_forward_request *forwards,
			 struct nlattr *nest, bool is_set, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[ARRAY_SIZE(endpoint_policy)];
	int err;

	/* Values have been validated with the message. */
	err = nla_parse_nested(tb, ENDPOINT_MAX, nest, NULL, extack);
	if (err)
		return err;
	req->attr = nest;
	if (NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_ENDPOINT_ID)) {
		NL_SET_ERR_MSG(extack, "An endpoint needs an ID");
		return -EINVAL;
	}
	req->id = nla_get_u32(tb[SIPFAST_A_ENDPOINT_ID]);
	err = read_flags(req, tb, is_set, extack);
	if (err)
		return err;
	err = read_local(req, tb, extack);
	if (err)
		return err;
	read_scalars(req, tb);
	err = read_bounded(req, tb, extack);
	if (err)
		return err;
	err = read_remote(req, tb, extack);
	if (err)
		return err;
	err = read_learn_from(req, tb, extack);
	if (err)
		return err;
	return read_forwards(req, forwards, nest, tb, extack);
}

static int read_endpoints(struct sf_session_request *req, struct sf_forward_request *forwards,
			  struct nlattr *nest, bool is_set, struct netlink_ext_ack *extack)
{
	struct sf_endpoint_request *r = req->ep;
	struct nlattr *attr;
	unsigned int i;
	int rem, err;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != SIPFAST_A_SESSION_ENDPOINT)
			continue;
		if (req->n == SIPFAST_MAX_ENDPOINTS) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "More endpoints than a request may have");
			return -E2BIG;
		}
		err = read_endpoint(r, forwards, attr, is_set, extack);
		if (err)
			return err;
		for (i = 0; i < req->n; i++) {
			if (req->ep[i].id == r->id) {
				NL_SET_ERR_MSG_ATTR(extack, attr, "The endpoint is given twice");
				return -EINVAL;
			}
		}
		forwards += r->conf.nforwards;
		r++;
		req->n++;
	}
	return 0;
}

static int read_session(struct sf_session_request *req, struct nlattr *nest, struct nlattr **tb,
			bool is_set, struct netlink_ext_ack *extack)
{
	if (NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_SESSION_ID)) {
		NL_SET_ERR_MSG(extack, "A session needs an ID");
		return -EINVAL;
	}
	req->id = nla_get_u64(tb[SIPFAST_A_SESSION_ID]);
	if (tb[SIPFAST_A_SESSION_OWNER])
		req->owner = nla_get_u32(tb[SIPFAST_A_SESSION_OWNER]);
	if (tb[SIPFAST_A_SESSION_TIMEOUT_MS]) {
		req->timeout_ms = nla_get_u32(tb[SIPFAST_A_SESSION_TIMEOUT_MS]);
		req->has_timeout = true;
		if (req->timeout_ms && req->timeout_ms < TIMEOUT_MIN) {
			NL_SET_ERR_MSG_ATTR(extack, tb[SIPFAST_A_SESSION_TIMEOUT_MS],
					    "The timeout is shorter than 100 ms");
			return -ERANGE;
		}
	}
	if (!is_set && NL_REQ_ATTR_CHECK(extack, nest, tb, SIPFAST_A_SESSION_ENDPOINT)) {
		NL_SET_ERR_MSG(extack, "A new session needs an endpoint");
		return -EINVAL;
	}
	return 0;
}

static unsigned int count_nested(const struct nlattr *nest, int type)
{
	const struct nlattr *attr;
	unsigned int n = 0;
	int rem;

	nla_for_each_nested(attr, nest, rem)
		n += nla_type(attr) == type;
	return n;
}

/* With room for the endpoints of the request, and for their forwards behind them. */
static struct sf_session_request *request_alloc(const struct nlattr *nest,
						struct sf_forward_request **forwards)
{
	unsigned int n = 0, nforwards = 0;
	struct sf_session_request *req;
	const struct nlattr *attr;
	size_t size;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != SIPFAST_A_SESSION_ENDPOINT || n == SIPFAST_MAX_ENDPOINTS)
			continue;
		n++;
		nforwards += min_t(unsigned int, SIPFAST_MAX_FORWARDS,
				   count_nested(attr, SIPFAST_A_ENDPOINT_FORWARD));
	}
	size = struct_size(req, ep, n);
	req = kvzalloc(size + nforwards * sizeof(**forwards), GFP_KERNEL_ACCOUNT);
	*forwards = (void *)req + size;
	return req;
}

struct sf_session_request *sf_request_read(struct nlattr *nest, bool is_set,
					   struct netlink_ext_ack *extack)
{
	struct nlattr *tb[SIPFAST_A_SESSION_ENDPOINT + 1];
	struct sf_forward_request *forwards;
	struct sf_session_request *req;
	int err;

	err = nla_parse_nested(tb, ARRAY_SIZE(tb) - 1, nest, NULL, extack);
	if (err)
		return ERR_PTR(err);
	req = request_alloc(nest, &forwards);
	if (!req)
		return ERR_PTR(-ENOMEM);
	err = read_session(req, nest, tb, is_set, extack);
	if (!err)
		err = read_endpoints(req, forwards, nest, is_set, extack);
	if (err) {
		kvfree(req);
		return ERR_PTR(err);
	}
	return req;
}
