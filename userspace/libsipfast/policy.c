// SPDX-License-Identifier: GPL-2.0-or-later
/* What the classes of sources may do. */
#include <errno.h>
#include <string.h>

#include "client.h"

#define FIELD(attr, member) \
	SF_FIELD(SIPFAST_A_POLICY_##attr, struct sf_policy, member, SF_POLICY_##attr)

/* For both ways: an attribute's payload is the field's octets. */
static const struct sf_field policy_fields[] = {
	FIELD(PREFIX4, prefix4),
	FIELD(PREFIX6, prefix6),
	FIELD(SOURCES_MAX, sources_max),
	FIELD(MALFORMED_DROP, malformed_drop),
	FIELD(MALFORMED_MAX, malformed_max),
	FIELD(FAILURES_MAX, failures_max),
	FIELD(REFUSED_MAX, refused_max),
	FIELD(PORTS_MAX, ports_max),
	FIELD(WINDOW_MS, window_ms),
	FIELD(BAN_MS, ban_ms),
	FIELD(SHED_DIALOGS, shed_dialogs),
	FIELD(SHED_REGISTERS, shed_registers),
	FIELD(SHED_OTHERS, shed_others),
	FIELD(REJECT_RATE, reject_rate),
	FIELD(RETRY_AFTER, retry_after),
	FIELD(ABSORB_MS, absorb_ms),
	FIELD(CONNECTIONS_MAX, connections_max),
	{ 0 },
};

static const struct sf_field limit_fields[] = {
	SF_FIELD(SIPFAST_A_LIMIT_RATE, struct sf_limit, rate, SF_LIMIT_RATE),
	SF_FIELD(SIPFAST_A_LIMIT_BURST, struct sf_limit, burst, SF_LIMIT_BURST),
	{ 0 },
};

static int read_limit(const struct nlattr *nest, struct sf_policy *policy)
{
	const struct nlattr *tb[SIPFAST_A_LIMIT_MAX + 1];
	unsigned int scope = 0, class = 0, group = 0;
	struct sf_limit limit = { 0 };

	if (sf_attr_table(NULL, nest, tb, SIPFAST_A_LIMIT_MAX) || !tb[SIPFAST_A_LIMIT_SCOPE] ||
	    !tb[SIPFAST_A_LIMIT_CLASS] || !tb[SIPFAST_A_LIMIT_GROUP] ||
	    sf_fields_read(tb, limit_fields, &limit, &limit.has) ||
	    sf_choice_read(tb[SIPFAST_A_LIMIT_SCOPE], &scope, NULL, 0) ||
	    sf_choice_read(tb[SIPFAST_A_LIMIT_CLASS], &class, NULL, 0) ||
	    sf_choice_read(tb[SIPFAST_A_LIMIT_GROUP], &group, NULL, 0))
		return -EPROTO;
	/* Others are of a newer module. */
	if (scope <= SIPFAST_SCOPE_MAX && class < SF_LIMITED_CLASSES && group <= SIPFAST_GROUP_MAX)
		policy->limits[scope][class][group] = limit;
	return 0;
}

static int read_policy(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *top[SIPFAST_A_MAX + 1];
	const struct nlattr *tb[SIPFAST_A_POLICY_MAX + 1];
	struct sf_policy *policy = arg;
	const struct nlattr *attr;

	if (sf_attr_table(nlh, NULL, top, SIPFAST_A_MAX) || !top[SIPFAST_A_POLICY] ||
	    sf_attr_table(NULL, top[SIPFAST_A_POLICY], tb, SIPFAST_A_POLICY_MAX) ||
	    sf_fields_read(tb, policy_fields, policy, &policy->has))
		return -EPROTO;
	mnl_attr_for_each_nested(attr, top[SIPFAST_A_POLICY])
		if (mnl_attr_get_type(attr) == SIPFAST_A_POLICY_LIMIT && read_limit(attr, policy))
			return -EPROTO;
	return 0;
}

int sf_policy_get(struct sf_client *client, struct sf_policy *policy)
{
	struct nlmsghdr *nlh = sf_request(client, 0, SIPFAST_CMD_POLICY_GET, NLM_F_ACK);

	*policy = (struct sf_policy){ 0 };
	return sf_exchange(client, nlh, read_policy, policy, NULL);
}

static void put_limit(struct nlmsghdr *nlh, const struct sf_policy *policy, unsigned int scope,
		      unsigned int class, unsigned int group)
{
	const struct sf_limit *limit = &policy->limits[scope][class][group];
	struct nlattr *nest;

	if (!limit->has)
		return;
	nest = mnl_attr_nest_start(nlh, SIPFAST_A_POLICY_LIMIT);
	mnl_attr_put_u8(nlh, SIPFAST_A_LIMIT_SCOPE, scope);
	mnl_attr_put_u8(nlh, SIPFAST_A_LIMIT_CLASS, class);
	mnl_attr_put_u8(nlh, SIPFAST_A_LIMIT_GROUP, group);
	if (limit->has & SF_LIMIT_RATE)
		mnl_attr_put_u32(nlh, SIPFAST_A_LIMIT_RATE, limit->rate);
	if (limit->has & SF_LIMIT_BURST)
		mnl_attr_put_u32(nlh, SIPFAST_A_LIMIT_BURST, limit->burst);
	mnl_attr_nest_end(nlh, nest);
}

int sf_policy_set(struct sf_client *client, const struct sf_policy *policy)
{
	struct nlmsghdr *nlh = sf_request(client, 0, SIPFAST_CMD_POLICY_SET, NLM_F_ACK);
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_POLICY);

	for (unsigned int scope = 0; scope <= SIPFAST_SCOPE_MAX; scope++)
		for (unsigned int class = 0; class < SF_LIMITED_CLASSES; class ++)
			for (unsigned int group = 0; group <= SIPFAST_GROUP_MAX; group++)
				put_limit(nlh, policy, scope, class, group);
	for (const struct sf_field *field = policy_fields; field->type; field++)
		if (policy->has & field->has)
			mnl_attr_put(nlh, field->type, field->size,
				     (const char *)policy + field->offset);
	mnl_attr_nest_end(nlh, nest);
	return sf_exchange(client, nlh, NULL, NULL, NULL);
}
