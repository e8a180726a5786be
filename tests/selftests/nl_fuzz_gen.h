/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests made up: good ones on a few objects, spoilt ones, and nonsense. */
#ifndef NL_FUZZ_GEN_H
#define NL_FUZZ_GEN_H

#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "nl_spec.h"

#define REQUEST_MAX 32768
#define DEPTH_MAX 12

/* Small, so that requests meet: sessions 1 to 12 of endpoints 1 to 6 on 32 ports. */
#define SESSIONS 12
#define ENDPOINTS 6
#define PORT_MIN 30000
#define PORTS 32

struct request {
	uint64_t random; /* state of the generator, not 0 */
	size_t len;
	unsigned char data[REQUEST_MAX + 256] __attribute__((aligned(8)));
};

/* xorshift64* */
static uint32_t rnd(struct request *r)
{
	r->random ^= r->random >> 12;
	r->random ^= r->random << 25;
	r->random ^= r->random >> 27;
	return r->random * 0x2545f4914f6cdd1d >> 32;
}

static uint32_t below(struct request *r, uint32_t n)
{
	return rnd(r) % n;
}

static bool percent(struct request *r, unsigned int n)
{
	return below(r, 100) < n;
}

static void fill(struct request *r, unsigned char *data, size_t len)
{
	for (size_t i = 0; i < len; i++)
		data[i] = rnd(r);
}

/* --- attributes ---------------------------------------------------------------------------- */

/* What does not fit any more is left out. */
static void put(struct request *r, int type, const void *data, size_t len)
{
	struct nlattr *attr = (void *)(r->data + r->len);

	if (r->len + NLA_HDRLEN + NLA_ALIGN(len) > REQUEST_MAX)
		return;
	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	if (len)
		memcpy(attr + 1, data, len);
	memset((char *)(attr + 1) + len, 0, NLA_ALIGN(len) - len);
	r->len += NLA_HDRLEN + NLA_ALIGN(len);
}

static void put_u8(struct request *r, int type, uint8_t value)
{
	put(r, type, &value, sizeof(value));
}

static void put_u16(struct request *r, int type, uint16_t value)
{
	put(r, type, &value, sizeof(value));
}

static void put_u32(struct request *r, int type, uint32_t value)
{
	put(r, type, &value, sizeof(value));
}

static size_t nest_begin(struct request *r, int type)
{
	size_t at = r->len;

	put(r, type | NLA_F_NESTED, NULL, 0);
	return at;
}

static void nest_end(struct request *r, size_t at)
{
	((struct nlattr *)(r->data + at))->nla_len = r->len - at;
}

static void put_ip(struct request *r, int v4, int v6, bool is6)
{
	static const unsigned char loopback6[16] = { [15] = 1 };

	if (is6)
		put(r, v6, loopback6, sizeof(loopback6));
	else
		put_u32(r, v4, htonl(INADDR_LOOPBACK));
}

/* --- good requests ------------------------------------------------------------------------- */

static void put_forward(struct request *r, uint32_t to)
{
	size_t nest = nest_begin(r, SIPFAST_A_ENDPOINT_FORWARD);
	unsigned char pairs[32];

	put_u32(r, SIPFAST_A_FORWARD_TO, to);
	if (percent(r, 30))
		put_u8(r, SIPFAST_A_FORWARD_MODE, below(r, SIPFAST_FORWARD_MAX + 1));
	if (percent(r, 30)) {
		for (size_t i = 0; i < sizeof(pairs); i++)
			pairs[i] = below(r, 128);
		put(r, SIPFAST_A_FORWARD_PAYLOAD_TYPES, pairs, 2 + 2 * below(r, 16));
	}
	if (percent(r, 30))
		put_u32(r, SIPFAST_A_FORWARD_SSRC, below(r, 5));
	if (percent(r, 30))
		put_u16(r, SIPFAST_A_FORWARD_SEQ_OFFSET, rnd(r));
	if (percent(r, 30))
		put_u32(r, SIPFAST_A_FORWARD_TIMESTAMP_OFFSET, rnd(r));
	if (percent(r, 30))
		put_u8(r, SIPFAST_A_FORWARD_DSCP, below(r, 64));
	if (percent(r, 30))
		put_u8(r, SIPFAST_A_FORWARD_TTL, 1 + below(r, 255));
	nest_end(r, nest);
}

/* @endpoints: that there are to forward to. */
static void put_options(struct request *r, bool is6, uint32_t endpoints)
{
	uint32_t forwards = below(r, endpoints + 1), first = rnd(r);

	if (percent(r, 60)) {
		put_ip(r, SIPFAST_A_ENDPOINT_REMOTE_ADDR4, SIPFAST_A_ENDPOINT_REMOTE_ADDR6, is6);
		put_u16(r, SIPFAST_A_ENDPOINT_REMOTE_PORT, htons(4000 + below(r, 4)));
	}
	if (percent(r, 40))
		put_u8(r, SIPFAST_A_ENDPOINT_COMPONENT, below(r, SIPFAST_COMPONENT_MAX + 1));
	if (percent(r, 40)) {
		uint8_t learn = below(r, SIPFAST_LEARN_MAX + 1);

		put_u8(r, SIPFAST_A_ENDPOINT_LEARN, learn);
		if (learn == SIPFAST_LEARN_WINDOW && percent(r, 50))
			put_u32(r, SIPFAST_A_ENDPOINT_LEARN_MS, 1 + below(r, 200));
	}
	if (percent(r, 20)) {
		put_ip(r, SIPFAST_A_ENDPOINT_LEARN_ADDR4, SIPFAST_A_ENDPOINT_LEARN_ADDR6, is6);
		put_u8(r, SIPFAST_A_ENDPOINT_LEARN_PREFIX, below(r, is6 ? 129 : 33));
	}
	if (percent(r, 20))
		put_u8(r, SIPFAST_A_ENDPOINT_SOURCE, below(r, SIPFAST_SOURCE_MAX + 1));
	if (percent(r, 20))
		put_u8(r, SIPFAST_A_ENDPOINT_TTL, 1 + below(r, 255));
	if (percent(r, 20))
		put_u32(r, SIPFAST_A_ENDPOINT_CLOCK_RATE, 1000 + below(r, 191001));
	if (percent(r, 30))
		put_u32(r, SIPFAST_A_ENDPOINT_INACTIVE_MS, 100 + below(r, 300));
	if (percent(r, 30))
		put_u8(r, SIPFAST_A_ENDPOINT_DTMF_TYPE, percent(r, 20) ? 255 : below(r, 128));
	for (uint32_t i = 0; i < forwards; i++)
		put_forward(r, 1 + (first + i) % endpoints);
}

static void put_endpoint(struct request *r, uint32_t id, uint32_t endpoints, int cmd)
{
	size_t nest = nest_begin(r, SIPFAST_A_SESSION_ENDPOINT);
	bool is6 = percent(r, 40);

	put_u32(r, SIPFAST_A_ENDPOINT_ID, id);
	if (cmd == SIPFAST_CMD_SESSION_SET && percent(r, 20)) {
		put(r, SIPFAST_A_ENDPOINT_DELETE, NULL, 0);
	} else {
		if (cmd == SIPFAST_CMD_SESSION_ADD || percent(r, 30)) {
			put_ip(r, SIPFAST_A_ENDPOINT_LOCAL_ADDR4, SIPFAST_A_ENDPOINT_LOCAL_ADDR6,
			       is6);
			put_u16(r, SIPFAST_A_ENDPOINT_LOCAL_PORT,
				htons(PORT_MIN + below(r, PORTS)));
		}
		put_options(r, is6, endpoints);
	}
	nest_end(r, nest);
}

static void put_session(struct request *r, int cmd)
{
	size_t nest = nest_begin(r, SIPFAST_A_SESSION);
	uint64_t id = 1 + below(r, SESSIONS);
	bool change = cmd == SIPFAST_CMD_SESSION_ADD || cmd == SIPFAST_CMD_SESSION_SET;

	if (cmd != SIPFAST_CMD_SESSION_FLUSH)
		put(r, SIPFAST_A_SESSION_ID, &id, sizeof(id));
	if (cmd == SIPFAST_CMD_SESSION_FLUSH || (cmd == SIPFAST_CMD_SESSION_ADD && percent(r, 50)))
		put_u32(r, SIPFAST_A_SESSION_OWNER, below(r, 3));
	if (change && percent(r, 20))
		put_u32(r, SIPFAST_A_SESSION_TIMEOUT_MS, 100 + below(r, 400));
	/* Forwards may name what comes behind them. */
	if (change)
		for (uint32_t ep = 1, n = below(r, ENDPOINTS + 1); ep <= n; ep++)
			put_endpoint(r, ep, n, cmd);
	nest_end(r, nest);
}

static void put_range(struct request *r)
{
	size_t nest = nest_begin(r, SIPFAST_A_RANGE);
	uint16_t min = PORT_MIN + (percent(r, 20) ? 8 * below(r, 8) : 0);

	put_ip(r, SIPFAST_A_RANGE_ADDR4, SIPFAST_A_RANGE_ADDR6, percent(r, 50));
	put_u16(r, SIPFAST_A_RANGE_PORT_MIN, min);
	put_u16(r, SIPFAST_A_RANGE_PORT_MAX, min == PORT_MIN ? PORT_MIN + PORTS - 1 : min + 7);
	nest_end(r, nest);
}

static void put_config(struct request *r)
{
	static const char *const devices[] = { "lo", "fuzz0", "fuzz1", "none", "fifteen-letters" };
	size_t nest = nest_begin(r, SIPFAST_A_CONFIG);
	uint8_t hooks = below(r, SIPFAST_HOOKS_MAX + 1);

	if (percent(r, 30))
		put_u32(r, SIPFAST_A_CONFIG_SESSIONS_MAX, percent(r, 80) ? 1000 : below(r, 10));
	if (percent(r, 30))
		put_u32(r, SIPFAST_A_CONFIG_ENDPOINTS_MAX, percent(r, 80) ? 1000 : below(r, 40));
	if (percent(r, 60)) {
		put_u8(r, SIPFAST_A_CONFIG_HOOKS, hooks);
		for (uint32_t n = hooks == SIPFAST_HOOKS_LISTED ? 1 + below(r, 4) : 0; n; n--) {
			const char *name = devices[below(r, 5)];

			put(r, SIPFAST_A_CONFIG_DEVICE, name, strlen(name) + 1);
		}
	}
	nest_end(r, nest);
}

#include "nl_fuzz_sip.h"

static void put_good(struct request *r, int cmd)
{
	if (put_good_sip(r, cmd))
		return;
	switch (cmd) {
	case SIPFAST_CMD_SESSION_GET:
	case SIPFAST_CMD_SESSION_FLUSH:
		if (percent(r, 50))
			put_session(r, cmd);
		break;
	case SIPFAST_CMD_SESSION_ADD:
	case SIPFAST_CMD_SESSION_SET:
	case SIPFAST_CMD_SESSION_DEL:
		put_session(r, cmd);
		break;
	case SIPFAST_CMD_RANGE_ADD:
	case SIPFAST_CMD_RANGE_DEL:
		put_range(r);
		break;
	case SIPFAST_CMD_CONFIG_SET:
		put_config(r);
		break;
	}
}

/* --- nonsense ------------------------------------------------------------------------------ */

/* Some of @level's attributes, or of no level's, of any length. */
static void put_nonsense(struct request *r, const struct spec *level, int depth)
{
	unsigned char data[64];

	for (uint32_t n = below(r, 7); n; n--) {
		const struct spec *spec = level + below(r, spec_count(level));
		size_t len = percent(r, 60) ? (size_t)kind_size[spec->kind] :
					      below(r, sizeof(data));
		int type = percent(r, 85) ? spec->type : (int)below(r, 0x10000);

		if (spec->kind == NEST && depth < DEPTH_MAX && percent(r, 80)) {
			size_t nest = nest_begin(r, type);

			put_nonsense(r, percent(r, 90) ? spec->nest : level, depth + 1);
			nest_end(r, nest);
			continue;
		}
		fill(r, data, sizeof(data));
		if (percent(r, 30))
			memset(data, percent(r, 50) ? 0 : 0xff, sizeof(data));
		put(r, percent(r, 90) ? type : type | NLA_F_NESTED, data, len);
	}
}

/* Changes what stands behind @from. */
static void spoil(struct request *r, size_t from)
{
	for (uint32_t n = 1 + below(r, 3); n && r->len > from + 8; n--) {
		size_t at = from + below(r, r->len - from);
		size_t attr = from + below(r, r->len - from) / NLA_ALIGNTO * NLA_ALIGNTO;
		size_t len = below(r, r->len - attr);

		switch (below(r, 6)) {
		case 0: /* a bit */
			r->data[at] ^= 1 << below(r, 8);
			break;
		case 1: /* an octet */
			r->data[at] = rnd(r);
			break;
		case 2: /* a length or what stands where one could */
			*(uint16_t *)(r->data + attr) = below(r, 40);
			break;
		case 3: /* a type */
			*(uint16_t *)(r->data + attr + 2) ^= percent(r, 50) ? NLA_F_NESTED :
									      1 << below(r, 6);
			break;
		case 4: /* the end */
			r->len = at;
			break;
		case 5: /* a part of it, twice */
			if (r->len + len > REQUEST_MAX)
				break;
			memmove(r->data + attr + len, r->data + attr, r->len - attr);
			r->len += len;
			break;
		}
	}
}

#endif /* NL_FUZZ_GEN_H */
