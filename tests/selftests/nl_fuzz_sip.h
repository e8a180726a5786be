/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Good requests about SIP, made up as in nl_fuzz_gen.h, which includes this. */
#ifndef NL_FUZZ_SIP_H
#define NL_FUZZ_SIP_H

/* Listeners on so many ports from here on, outside of the media range. */
#define SIP_PORT 5060
#define SIP_PORTS 4

static void put_string(struct request *r, int type, const char *text)
{
	put(r, type, text, strlen(text) + 1);
}

static void put_u64(struct request *r, int type, uint64_t value)
{
	put(r, type, &value, sizeof(value));
}

static void put_listener(struct request *r, int cmd)
{
	size_t nest = nest_begin(r, SIPFAST_A_LISTENER);
	uint8_t transport = percent(r, 70) ? 0 : below(r, SIPFAST_TRANSPORT_MAX + 1);
	unsigned char key[16];

	put_ip(r, SIPFAST_A_LISTENER_ADDR4, SIPFAST_A_LISTENER_ADDR6, percent(r, 40));
	put_u16(r, SIPFAST_A_LISTENER_PORT, htons(SIP_PORT + below(r, SIP_PORTS)));
	if (transport || percent(r, 50))
		put_u8(r, SIPFAST_A_LISTENER_TRANSPORT, transport);
	if (cmd != SIPFAST_CMD_LISTENER_DEL && percent(r, 70))
		put_u8(r, SIPFAST_A_LISTENER_MODE, below(r, SIPFAST_MODE_MAX + 1));
	if (cmd != SIPFAST_CMD_LISTENER_DEL && percent(r, 30)) {
		fill(r, key, sizeof(key));
		put_u8(r, SIPFAST_A_LISTENER_WORKERS, below(r, SIPFAST_MAX_WORKERS + 1));
		put(r, SIPFAST_A_LISTENER_HASH_KEY, key, sizeof(key));
	}
	if (cmd == SIPFAST_CMD_LISTENER_SET && percent(r, 50))
		put_u8(r, SIPFAST_A_LISTENER_LOAD, below(r, 101));
	nest_end(r, nest);
}

/* Hosts, all of a family, or a loopback that is a port. */
static void put_source_key(struct request *r, bool with_prefix)
{
	bool is6 = percent(r, 40);
	uint8_t prefix = percent(r, 20) ? 0 : is6 ? 128 : 32;
	static const unsigned char any6[16];

	if (!prefix && with_prefix) {
		put(r, is6 ? SIPFAST_A_SOURCE_ADDR6 : SIPFAST_A_SOURCE_ADDR4, any6, is6 ? 16 : 4);
		put_u8(r, SIPFAST_A_SOURCE_PREFIX, 0);
		return;
	}
	if (percent(r, 50)) {
		put_ip(r, SIPFAST_A_SOURCE_ADDR4, SIPFAST_A_SOURCE_ADDR6, is6);
	} else {
		/* 10.0.0.0/26, host by host. */
		put_u32(r, SIPFAST_A_SOURCE_ADDR4, htonl(0x0a000000 + below(r, 64)));
		prefix = 32;
	}
	if (percent(r, 30))
		put_u16(r, SIPFAST_A_SOURCE_PORT, htons(4000 + below(r, 4)));
	else if (with_prefix && percent(r, 30))
		put_u8(r, SIPFAST_A_SOURCE_PREFIX, prefix);
}

static void put_source(struct request *r, int cmd)
{
	size_t nest = nest_begin(r, SIPFAST_A_SOURCE);
	uint8_t class = 1 + below(r, SIPFAST_CLASS_MAX);

	if (cmd != SIPFAST_CMD_SOURCE_FLUSH)
		put_source_key(r, cmd != SIPFAST_CMD_SOURCE_GET);
	if (cmd == SIPFAST_CMD_SOURCE_ADD || cmd == SIPFAST_CMD_SOURCE_FLUSH)
		put_u8(r, SIPFAST_A_SOURCE_CLASS, class);
	if (cmd == SIPFAST_CMD_SOURCE_ADD && percent(r, 50))
		put_u64(r, SIPFAST_A_SOURCE_EXPIRES_MS, 1 + below(r, 500));
	if (cmd == SIPFAST_CMD_SOURCE_ADD && percent(r, 50))
		put_string(r, SIPFAST_A_SOURCE_REASON,
			   "a-reason-of-31-octets-is-the-mo" + below(r, 31));
	nest_end(r, nest);
}

static void put_limit(struct request *r)
{
	size_t nest = nest_begin(r, SIPFAST_A_POLICY_LIMIT);
	uint32_t rate = percent(r, 50) ? 0 : 1 + below(r, 1000);

	put_u8(r, SIPFAST_A_LIMIT_SCOPE, below(r, SIPFAST_SCOPE_MAX + 1));
	put_u8(r, SIPFAST_A_LIMIT_CLASS, below(r, SIPFAST_CLASS_BANNED));
	put_u8(r, SIPFAST_A_LIMIT_GROUP, below(r, SIPFAST_GROUP_MAX + 1));
	put_u32(r, SIPFAST_A_LIMIT_RATE, rate);
	if (rate)
		put_u32(r, SIPFAST_A_LIMIT_BURST, 1 + below(r, 1000));
	nest_end(r, nest);
}

static void put_policy(struct request *r)
{
	size_t nest = nest_begin(r, SIPFAST_A_POLICY);

	for (uint32_t n = below(r, 4); n; n--)
		put_limit(r);
	if (percent(r, 30))
		put_u8(r, SIPFAST_A_POLICY_PREFIX4, 8 + below(r, 25));
	if (percent(r, 30))
		put_u32(r, SIPFAST_A_POLICY_SOURCES_MAX, percent(r, 80) ? 1000 : 1 + below(r, 20));
	if (percent(r, 30))
		put_u8(r, SIPFAST_A_POLICY_MALFORMED_DROP, below(r, 2));
	if (percent(r, 30))
		put_u32(r, SIPFAST_A_POLICY_MALFORMED_MAX, below(r, 20));
	if (percent(r, 30))
		put_u32(r, SIPFAST_A_POLICY_WINDOW_MS, 1000 + below(r, 1000));
	if (percent(r, 30))
		put_u64(r, SIPFAST_A_POLICY_BAN_MS, 1000 + below(r, 1000));
	if (percent(r, 30))
		put_u8(r, SIPFAST_A_POLICY_SHED_DIALOGS, 1 + below(r, 100));
	if (percent(r, 30))
		put_u32(r, SIPFAST_A_POLICY_REJECT_RATE, below(r, 100));
	if (percent(r, 30))
		put_u32(r, SIPFAST_A_POLICY_ABSORB_MS, below(r, 1000));
	nest_end(r, nest);
}

static void put_rule(struct request *r, int cmd)
{
	static const char *const patterns[] = { "*", "fuzz*", "*er", "*a*", "fuzzer", "**" };
	size_t nest = nest_begin(r, SIPFAST_A_RULE);

	put_u32(r, SIPFAST_A_RULE_ID, 1 + below(r, 70));
	if (cmd == SIPFAST_CMD_RULE_ADD) {
		put_u8(r, SIPFAST_A_RULE_ACTION, below(r, SIPFAST_ACTION_MAX + 1));
		if (percent(r, 30))
			put_u32(r, SIPFAST_A_RULE_METHODS, rnd(r) & 0xfffe);
		if (percent(r, 30))
			put_u8(r, SIPFAST_A_RULE_CLASSES, below(r, 8));
		if (percent(r, 30))
			put_string(r, SIPFAST_A_RULE_USER_AGENT, patterns[below(r, 6)]);
		if (percent(r, 30))
			put_string(r, SIPFAST_A_RULE_URI_USER, patterns[below(r, 6)]);
		if (percent(r, 30))
			put_u32(r, SIPFAST_A_RULE_SIZE_MIN, below(r, 600));
	}
	nest_end(r, nest);
}

/* Returns false when @cmd is not about SIP. */
static bool put_good_sip(struct request *r, int cmd)
{
	switch (cmd) {
	case SIPFAST_CMD_LISTENER_ADD:
	case SIPFAST_CMD_LISTENER_SET:
	case SIPFAST_CMD_LISTENER_DEL:
		put_listener(r, cmd);
		return true;
	case SIPFAST_CMD_SOURCE_ADD:
	case SIPFAST_CMD_SOURCE_DEL:
	case SIPFAST_CMD_SOURCE_GET:
	case SIPFAST_CMD_SOURCE_FLUSH:
		put_source(r, cmd);
		return true;
	case SIPFAST_CMD_POLICY_SET:
		put_policy(r);
		return true;
	case SIPFAST_CMD_RULE_ADD:
	case SIPFAST_CMD_RULE_DEL:
		put_rule(r, cmd);
		return true;
	}
	return false;
}

#endif /* NL_FUZZ_SIP_H */
