// SPDX-License-Identifier: GPL-2.0-or-later
/* Sources: who is trusted, registered or banned. */
#include <errno.h>
#include <string.h>

#include "client.h"
#include "seen.h"

static void put_key(struct nlmsghdr *nlh, const struct sf_source *source)
{
	sf_address_put(nlh, SIPFAST_A_SOURCE_ADDR4, SIPFAST_A_SOURCE_ADDR6, &source->addr);
	if (source->addr.port)
		mnl_attr_put_u16(nlh, SIPFAST_A_SOURCE_PORT, source->addr.port);
	else if (source->has_prefix)
		mnl_attr_put_u8(nlh, SIPFAST_A_SOURCE_PREFIX, source->prefix);
}

static void put_whole(struct nlmsghdr *nlh, const struct sf_source *source)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_SOURCE);

	put_key(nlh, source);
	mnl_attr_put_u8(nlh, SIPFAST_A_SOURCE_CLASS, source->class);
	if (source->expires_ms)
		mnl_attr_put_u64(nlh, SIPFAST_A_SOURCE_EXPIRES_MS, source->expires_ms);
	if (source->reason[0])
		mnl_attr_put_strz(nlh, SIPFAST_A_SOURCE_REASON, source->reason);
	mnl_attr_nest_end(nlh, nest);
}

int sf_source_add(struct sf_client *client, const struct sf_source *source)
{
	struct nlmsghdr *nlh = sf_request(client, 0, SIPFAST_CMD_SOURCE_ADD, NLM_F_ACK);

	put_whole(nlh, source);
	return sf_exchange(client, nlh, NULL, NULL, NULL);
}

int sf_source_add_batch(struct sf_client *client, const struct sf_source *sources, size_t n)
{
	struct sf_batch batch = { .client = client };

	for (size_t i = 0; i < n; i++) {
		struct nlmsghdr *nlh = sf_batch_begin(&batch, SIPFAST_CMD_SOURCE_ADD);

		put_whole(nlh, &sources[i]);
		sf_batch_end(&batch, nlh);
	}
	return sf_batch_finish(&batch);
}

int sf_source_del(struct sf_client *client, const struct sf_source *source)
{
	struct nlmsghdr *nlh = sf_request(client, 0, SIPFAST_CMD_SOURCE_DEL, NLM_F_ACK);
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_SOURCE);

	put_key(nlh, source);
	if (source->class != SIPFAST_CLASS_UNKNOWN)
		mnl_attr_put_u8(nlh, SIPFAST_A_SOURCE_CLASS, source->class);
	mnl_attr_nest_end(nlh, nest);
	return sf_exchange(client, nlh, NULL, NULL, NULL);
}

static const struct sf_field source_fields[] = {
	SF_FIELD(SIPFAST_A_SOURCE_PREFIX, struct sf_source, prefix, 0),
	SF_FIELD(SIPFAST_A_SOURCE_PORT, struct sf_source, addr.port, 0),
	SF_FIELD(SIPFAST_A_SOURCE_EXPIRES_MS, struct sf_source, expires_ms, 0),
	SF_FIELD(SIPFAST_A_SOURCE_AGE_MS, struct sf_source, age_ms, 0),
	SF_FIELD(SIPFAST_A_SOURCE_PACKETS, struct sf_source, packets, 0),
	{ 0 },
};

int sf_source_parse(const struct nlattr *nest, struct sf_source *source)
{
	const struct nlattr *tb[SIPFAST_A_SOURCE_MAX + 1];
	unsigned int class = SIPFAST_CLASS_UNKNOWN;

	*source = (struct sf_source){ 0 };
	if (sf_attr_table(NULL, nest, tb, SIPFAST_A_SOURCE_MAX) ||
	    sf_fields_read(tb, source_fields, source, NULL) ||
	    sf_address_read(tb[SIPFAST_A_SOURCE_ADDR4], tb[SIPFAST_A_SOURCE_ADDR6],
			    &source->addr) ||
	    sf_choice_read(tb[SIPFAST_A_SOURCE_CLASS], &class, NULL, 0))
		return -EPROTO;
	if (!source->addr.family)
		return -EPROTO;
	if (!tb[SIPFAST_A_SOURCE_PREFIX])
		source->prefix = source->addr.family == AF_INET ? 32 : 128;
	source->has_prefix = true;
	source->class = class;
	sf_string_read(tb[SIPFAST_A_SOURCE_REASON], source->reason, sizeof(source->reason));
	source->by_kernel = tb[SIPFAST_A_SOURCE_BY_KERNEL];
	source->observed = tb[SIPFAST_A_SOURCE_OBSERVED];
	return 0;
}

static int read_source(const struct nlmsghdr *nlh, struct sf_source *source)
{
	const struct nlattr *top[SIPFAST_A_MAX + 1];

	if (sf_attr_table(nlh, NULL, top, SIPFAST_A_MAX) || !top[SIPFAST_A_SOURCE])
		return -EPROTO;
	return sf_source_parse(top[SIPFAST_A_SOURCE], source);
}

static int read_one(const struct nlmsghdr *nlh, void *arg)
{
	return read_source(nlh, arg);
}

int sf_source_get(struct sf_client *client, const struct sf_address *addr, struct sf_source *source)
{
	struct nlmsghdr *nlh = sf_request(client, 0, SIPFAST_CMD_SOURCE_GET, NLM_F_ACK);
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_SOURCE);
	const struct sf_source key = { .addr = *addr };
	int err;

	put_key(nlh, &key);
	mnl_attr_nest_end(nlh, nest);
	*source = (struct sf_source){ 0 };
	err = sf_exchange(client, nlh, read_one, source, NULL);
	if (!err && !source->addr.family)
		return sf_fail(client, -EPROTO, "the kernel sent no source");
	return err;
}

static void put_class(struct nlmsghdr *nlh, const void *what)
{
	const enum sipfast_class *class = what;
	struct nlattr *nest;

	if (*class == SIPFAST_CLASS_UNKNOWN)
		return;
	nest = mnl_attr_nest_start(nlh, SIPFAST_A_SOURCE);
	mnl_attr_put_u8(nlh, SIPFAST_A_SOURCE_CLASS, *class);
	mnl_attr_nest_end(nlh, nest);
}

int sf_source_flush(struct sf_client *client, enum sipfast_class class)
{
	struct nlmsghdr *nlh = sf_request(client, 0, SIPFAST_CMD_SOURCE_FLUSH, NLM_F_ACK);

	put_class(nlh, &class);
	return sf_exchange(client, nlh, NULL, NULL, NULL);
}

struct source_walk {
	sf_source_cb cb;
	void *arg;
	struct sf_seen seen;
};

static int read_next(const struct nlmsghdr *nlh, void *arg)
{
	struct source_walk *walk = arg;
	struct sf_source source;
	int ret = read_source(nlh, &source);

	if (ret)
		return ret;
	ret = sf_seen_add(&walk->seen, sf_address_key(&source.addr, source.prefix));
	return ret > 0 ? walk->cb(&source, walk->arg) : ret;
}

int sf_source_dump(struct sf_client *client, enum sipfast_class class, sf_source_cb cb, void *arg)
{
	struct source_walk walk = { .cb = cb, .arg = arg };
	int ret = sf_dump(client, SIPFAST_CMD_SOURCE_GET, put_class, &class, read_next, &walk);

	sf_seen_clean(&walk.seen);
	return ret;
}
