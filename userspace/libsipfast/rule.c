// SPDX-License-Identifier: GPL-2.0-or-later
#include <errno.h>

#include "client.h"
#include "seen.h"

int sf_rule_add(struct sf_client *client, const struct sf_rule *rule)
{
	struct nlmsghdr *nlh = sf_request(client, 0, SIPFAST_CMD_RULE_ADD, NLM_F_ACK);
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_RULE);

	mnl_attr_put_u32(nlh, SIPFAST_A_RULE_ID, rule->id);
	mnl_attr_put_u8(nlh, SIPFAST_A_RULE_ACTION, rule->action);
	if (rule->methods)
		mnl_attr_put_u32(nlh, SIPFAST_A_RULE_METHODS, rule->methods);
	if (rule->classes)
		mnl_attr_put_u8(nlh, SIPFAST_A_RULE_CLASSES, rule->classes);
	if (rule->user_agent[0])
		mnl_attr_put_strz(nlh, SIPFAST_A_RULE_USER_AGENT, rule->user_agent);
	if (rule->uri_user[0])
		mnl_attr_put_strz(nlh, SIPFAST_A_RULE_URI_USER, rule->uri_user);
	if (rule->size_min)
		mnl_attr_put_u32(nlh, SIPFAST_A_RULE_SIZE_MIN, rule->size_min);
	mnl_attr_nest_end(nlh, nest);
	return sf_exchange(client, nlh, NULL, NULL, NULL);
}

int sf_rule_del(struct sf_client *client, uint32_t id)
{
	struct nlmsghdr *nlh = sf_request(client, 0, SIPFAST_CMD_RULE_DEL, NLM_F_ACK);
	struct nlattr *nest = mnl_attr_nest_start(nlh, SIPFAST_A_RULE);

	mnl_attr_put_u32(nlh, SIPFAST_A_RULE_ID, id);
	mnl_attr_nest_end(nlh, nest);
	return sf_exchange(client, nlh, NULL, NULL, NULL);
}

static const struct sf_field rule_fields[] = {
	SF_FIELD(SIPFAST_A_RULE_ID, struct sf_rule, id, 0),
	SF_FIELD(SIPFAST_A_RULE_METHODS, struct sf_rule, methods, 0),
	SF_FIELD(SIPFAST_A_RULE_CLASSES, struct sf_rule, classes, 0),
	SF_FIELD(SIPFAST_A_RULE_SIZE_MIN, struct sf_rule, size_min, 0),
	SF_FIELD(SIPFAST_A_RULE_HITS, struct sf_rule, hits, 0),
	{ 0 },
};

int sf_rule_parse(const struct nlattr *nest, struct sf_rule *rule)
{
	const struct nlattr *tb[SIPFAST_A_RULE_MAX + 1];
	unsigned int action = SIPFAST_ACTION_COUNT;

	*rule = (struct sf_rule){ 0 };
	if (sf_attr_table(NULL, nest, tb, SIPFAST_A_RULE_MAX) ||
	    sf_fields_read(tb, rule_fields, rule, NULL) ||
	    sf_choice_read(tb[SIPFAST_A_RULE_ACTION], &action, NULL, 0) || !rule->id)
		return -EPROTO;
	rule->action = action;
	sf_string_read(tb[SIPFAST_A_RULE_USER_AGENT], rule->user_agent, sizeof(rule->user_agent));
	sf_string_read(tb[SIPFAST_A_RULE_URI_USER], rule->uri_user, sizeof(rule->uri_user));
	return 0;
}

struct rule_walk {
	sf_rule_cb cb;
	void *arg;
	struct sf_seen seen;
};

static int read_rule(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *top[SIPFAST_A_MAX + 1];
	struct rule_walk *walk = arg;
	struct sf_rule rule;
	int ret;

	if (sf_attr_table(nlh, NULL, top, SIPFAST_A_MAX) || !top[SIPFAST_A_RULE] ||
	    sf_rule_parse(top[SIPFAST_A_RULE], &rule))
		return -EPROTO;
	ret = sf_seen_add(&walk->seen, rule.id);
	return ret > 0 ? walk->cb(&rule, walk->arg) : ret;
}

int sf_rule_dump(struct sf_client *client, sf_rule_cb cb, void *arg)
{
	struct rule_walk walk = { .cb = cb, .arg = arg };
	int ret = sf_dump(client, SIPFAST_CMD_RULE_GET, NULL, NULL, read_rule, &walk);

	sf_seen_clean(&walk.seen);
	return ret;
}
