// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>
#include <string.h>

#include "client.h"
#include "seen.h"

static void put_listener(struct nlmsghdr *nlh, const struct sf_listener *listener)
{
	sf_address_put(nlh, SIPFAST_A_LISTENER_ADDR4, SIPFAST_A_LISTENER_ADDR6, &listener->addr);
	mnl_attr_put_u16(nlh, SIPFAST_A_LISTENER_PORT, listener->addr.port);
	mnl_attr_put_u8(nlh, SIPFAST_A_LISTENER_TRANSPORT, listener->transport);
}

static void put_settings(struct nlmsghdr *nlh, const struct sf_listener *listener)
{
	if (listener->has & SF_LISTENER_MODE)
		mnl_attr_put_u8(nlh, SIPFAST_A_LISTENER_MODE, listener->mode);
	if (listener->has & SF_LISTENER_WORKERS) {
		mnl_attr_put_u8(nlh, SIPFAST_A_LISTENER_WORKERS, listener->workers);
		mnl_attr_put(nlh, SIPFAST_A_LISTENER_HASH_KEY, sizeof(listener->hash_key),
			     listener->hash_key);
	}
	if (listener->has & SF_LISTENER_LOAD)
		mnl_attr_put_u8(nlh, SIPFAST_A_LISTENER_LOAD, listener->load);
}

static int listener_write(struct sf_client *client, const struct sf_listener *listener,
			  enum sipfast_cmd cmd)
{
	struct nlmsghdr *nlh = sf_request(client, 0, cmd, NLM_F_ACK);
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_LISTENER);

	put_listener(nlh, listener);
	if (cmd != SIPFAST_CMD_LISTENER_DEL)
		put_settings(nlh, listener);
	mnl_attr_nest_end(nlh, nest);
	return sf_exchange(client, nlh, NULL, NULL, NULL);
}

int sf_listener_add(struct sf_client *client, const struct sf_listener *listener)
{
	return listener_write(client, listener, SIPFAST_CMD_LISTENER_ADD);
}

int sf_listener_set(struct sf_client *client, const struct sf_listener *listener)
{
	return listener_write(client, listener, SIPFAST_CMD_LISTENER_SET);
}

int sf_listener_del(struct sf_client *client, const struct sf_listener *listener)
{
	return listener_write(client, listener, SIPFAST_CMD_LISTENER_DEL);
}

static const struct sf_field listener_fields[] = {
	SF_FIELD(SIPFAST_A_LISTENER_PORT, struct sf_listener, addr.port, 0),
	SF_FIELD(SIPFAST_A_LISTENER_WORKERS, struct sf_listener, workers, SF_LISTENER_WORKERS),
	SF_FIELD(SIPFAST_A_LISTENER_LOAD, struct sf_listener, load, SF_LISTENER_LOAD),
	SF_FIELD(SIPFAST_A_LISTENER_QUEUE, struct sf_listener, queue, 0),
	SF_FIELD(SIPFAST_A_LISTENER_MESSAGES, struct sf_listener, messages, 0),
	SF_FIELD(SIPFAST_A_LISTENER_DROPPED, struct sf_listener, dropped, 0),
	SF_FIELD(SIPFAST_A_LISTENER_CONNECTIONS, struct sf_listener, connections,
		 SF_LISTENER_CONNECTIONS),
	{ 0 },
};

int sf_listener_parse(const struct nlattr *nest, struct sf_listener *listener)
{
	const struct nlattr *tb[SIPFAST_A_LISTENER_MAX + 1];
	unsigned int transport = 0, mode = 0, level = 0;

	*listener = (struct sf_listener){ 0 };
	if (sf_attr_table(NULL, nest, tb, SIPFAST_A_LISTENER_MAX) ||
	    sf_fields_read(tb, listener_fields, listener, &listener->has) ||
	    sf_address_read(tb[SIPFAST_A_LISTENER_ADDR4], tb[SIPFAST_A_LISTENER_ADDR6],
			    &listener->addr) ||
	    sf_choice_read(tb[SIPFAST_A_LISTENER_TRANSPORT], &transport, NULL, 0) ||
	    sf_choice_read(tb[SIPFAST_A_LISTENER_MODE], &mode, &listener->has, SF_LISTENER_MODE) ||
	    sf_choice_read(tb[SIPFAST_A_LISTENER_LEVEL], &level, NULL, 0))
		return -EPROTO;
	if (!listener->addr.family || !listener->addr.port)
		return -EPROTO;
	listener->transport = transport;
	listener->mode = mode;
	listener->level = level;
	return 0;
}

struct listener_walk {
	sf_listener_cb cb;
	void *arg;
	struct sf_seen seen;
};

static int read_listener(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *top[SIPFAST_A_MAX + 1];
	struct listener_walk *walk = arg;
	struct sf_listener listener;
	int ret;

	if (sf_attr_table(nlh, NULL, top, SIPFAST_A_MAX) || !top[SIPFAST_A_LISTENER] ||
	    sf_listener_parse(top[SIPFAST_A_LISTENER], &listener))
		return -EPROTO;
	ret = sf_seen_add(&walk->seen, sf_address_key(&listener.addr, listener.transport));
	return ret > 0 ? walk->cb(&listener, walk->arg) : ret;
}

int sf_listener_dump(struct sf_client *client, sf_listener_cb cb, void *arg)
{
	struct listener_walk walk = { .cb = cb, .arg = arg };
	int ret = sf_dump(client, SIPFAST_CMD_LISTENER_GET, NULL, NULL, read_listener, &walk);

	sf_seen_clean(&walk.seen);
	return ret;
}
