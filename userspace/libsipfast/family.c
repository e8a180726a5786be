// SPDX-License-Identifier: GPL-2.0-or-later
/* Finding the family: asking for it also makes the kernel load the module where it may. */
#include <errno.h>
#include <string.h>

#include "client.h"

struct search {
	struct sf_family *family;
	const char *group;
};

static void read_groups(const struct nlattr *groups, const struct search *search)
{
	const struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	const struct nlattr *group;

	mnl_attr_for_each_nested(group, groups) {
		if (sf_attr_table(NULL, group, tb, CTRL_ATTR_MCAST_GRP_MAX))
			continue;
		if (!tb[CTRL_ATTR_MCAST_GRP_NAME] || !tb[CTRL_ATTR_MCAST_GRP_ID])
			continue;
		if (!strcmp(mnl_attr_get_str(tb[CTRL_ATTR_MCAST_GRP_NAME]), search->group))
			search->family->group = mnl_attr_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	}
}

static int read_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *tb[CTRL_ATTR_MAX + 1];
	const struct search *search = arg;

	if (sf_attr_table(nlh, NULL, tb, CTRL_ATTR_MAX) || !tb[CTRL_ATTR_FAMILY_ID])
		return -EPROTO;
	search->family->id = mnl_attr_get_u16(tb[CTRL_ATTR_FAMILY_ID]);
	if (search->group && tb[CTRL_ATTR_MCAST_GROUPS])
		read_groups(tb[CTRL_ATTR_MCAST_GROUPS], search);
	return 0;
}

int sf_family_get(struct sf_client *client, struct sf_family *family, const char *group)
{
	struct search search = { family, group };
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(client->tx);
	struct genlmsghdr *genl;
	int err;

	*family = (struct sf_family){ 0 };
	nlh->nlmsg_type = GENL_ID_CTRL;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = ++client->seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = CTRL_CMD_GETFAMILY;
	genl->version = 1;
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, SIPFAST_GENL_NAME);
	err = sf_exchange(client, nlh, read_family, &search, NULL);
	if (err == -ENOENT)
		return sf_fail(client, err, "the sipfast kernel module is not loaded");
	return err;
}
