// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "client.h"

struct counter_walk {
	sf_sip_counter_cb cb;
	void *arg;
};

static int read_counter(const struct nlattr *nest, struct sf_sip_counter *counter)
{
	const struct nlattr *tb[SIPFAST_A_SIP_COUNTER_MAX + 1];
	unsigned int kind = 0, class = 0, verdict = 0;
	const struct nlattr *value;

	if (sf_attr_table(NULL, nest, tb, SIPFAST_A_SIP_COUNTER_MAX) ||
	    sf_choice_read(tb[SIPFAST_A_SIP_COUNTER_KIND], &kind, NULL, 0) ||
	    sf_choice_read(tb[SIPFAST_A_SIP_COUNTER_CLASS], &class, NULL, 0) ||
	    sf_choice_read(tb[SIPFAST_A_SIP_COUNTER_VERDICT], &verdict, NULL, 0))
		return -EPROTO;
	value = tb[SIPFAST_A_SIP_COUNTER_VALUE];
	if (!value || mnl_attr_get_payload_len(value) != sizeof(uint64_t))
		return -EPROTO;
	counter->kind = kind;
	counter->class = class;
	counter->verdict = verdict;
	counter->observed = tb[SIPFAST_A_SIP_COUNTER_OBSERVED];
	counter->messages = mnl_attr_get_u64(value);
	return 0;
}

/* Of a message one or many. */
static int read_counters(const struct nlmsghdr *nlh, void *arg)
{
	const struct counter_walk *walk = arg;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, nlh, GENL_HDRLEN) {
		struct sf_sip_counter counter;
		int ret;

		if (mnl_attr_get_type(attr) != SIPFAST_A_SIP_COUNTER)
			continue;
		if (read_counter(attr, &counter))
			return -EPROTO;
		ret = walk->cb(&counter, walk->arg);
		if (ret)
			return ret;
	}
	return 0;
}

int sf_sip_counter_dump(struct sf_client *client, sf_sip_counter_cb cb, void *arg)
{
	struct nlmsghdr *nlh = sf_request(client, 0, SIPFAST_CMD_SIP_COUNTER_GET, NLM_F_DUMP);
	struct counter_walk walk = { cb, arg };

	/* As with other counters, the set is fixed. */
	return sf_exchange(client, nlh, read_counters, &walk, NULL);
}
