// SPDX-License-Identifier: GPL-2.0
/* Configuration commands. */
#include <linux/rtnetlink.h>
#include <linux/slab.h>

#include "device.h"
#include "netlink.h"

/* Names of devices that a configuration may list. */
#define MAX_DEVICES		256

/* Not const: older kernels' policies take them as they are. */
static struct netlink_range_validation sessions_max = { .max = SF_MAX_SESSIONS };
static struct netlink_range_validation endpoints_max = { .max = SF_MAX_ENDPOINTS };

const struct nla_policy sf_policy_config[SIPFAST_A_CONFIG_DEVICE + 1] = {
	[SIPFAST_A_CONFIG_SESSIONS_MAX] = NLA_POLICY_FULL_RANGE(NLA_U32, &sessions_max),
	[SIPFAST_A_CONFIG_ENDPOINTS_MAX] = NLA_POLICY_FULL_RANGE(NLA_U32, &endpoints_max),
	[SIPFAST_A_CONFIG_HOOKS] = NLA_POLICY_MAX(NLA_U8, SIPFAST_HOOKS_MAX),
	[SIPFAST_A_CONFIG_DEVICE] = { .type = NLA_NUL_STRING, .len = IFNAMSIZ - 1 },
};

static unsigned int count_devices(const struct nlattr *nest)
{
	const struct nlattr *attr;
	unsigned int n = 0;
	int rem;

	nla_for_each_nested(attr, nest, rem)
		n += nla_type(attr) == SIPFAST_A_CONFIG_DEVICE;
	return n;
}

/* Into @config->devices, which the caller frees. */
static int read_devices(struct sf_config *config, const struct nlattr *nest, struct nlattr **tb,
			struct netlink_ext_ack *extack)
{
	unsigned int n = count_devices(nest);
	const struct nlattr *attr;
	int rem;

	if (!n)
		return 0;
	if (!tb[SIPFAST_A_CONFIG_HOOKS] || config->hooks != SIPFAST_HOOKS_LISTED) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SIPFAST_A_CONFIG_DEVICE],
				    "Devices are listed with hooks 'listed' only");
		return -EINVAL;
	}
	if (n > MAX_DEVICES) {
		NL_SET_ERR_MSG_ATTR(extack, tb[SIPFAST_A_CONFIG_DEVICE],
				    "More devices than can be listed");
		return -E2BIG;
	}
	config->devices = kcalloc(n, sizeof(*config->devices), GFP_KERNEL_ACCOUNT);
	if (!config->devices)
		return -ENOMEM;
	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != SIPFAST_A_CONFIG_DEVICE)
			continue;
		nla_strscpy(config->devices[config->ndevices], attr, IFNAMSIZ);
		if (!dev_valid_name(config->devices[config->ndevices++])) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "No device can have this name");
			kfree(config->devices);
			return -EINVAL;
		}
	}
	return 0;
}

/* The configuration that follows @config; it has no list of devices, or one of its own. */
static int read_config(struct sf_config *config, struct genl_info *info, bool *has_hooks)
{
	struct nlattr *tb[ARRAY_SIZE(sf_policy_config)], *nest;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, SIPFAST_A_CONFIG)) {
		NL_SET_ERR_MSG(info->extack, "What to configure is missing");
		return -EINVAL;
	}
	nest = info->attrs[SIPFAST_A_CONFIG];
	err = nla_parse_nested(tb, ARRAY_SIZE(tb) - 1, nest, sf_policy_config, info->extack);
	if (err)
		return err;
	if (tb[SIPFAST_A_CONFIG_SESSIONS_MAX])
		config->sessions_max = nla_get_u32(tb[SIPFAST_A_CONFIG_SESSIONS_MAX]);
	if (tb[SIPFAST_A_CONFIG_ENDPOINTS_MAX])
		config->endpoints_max = nla_get_u32(tb[SIPFAST_A_CONFIG_ENDPOINTS_MAX]);
	*has_hooks = tb[SIPFAST_A_CONFIG_HOOKS];
	if (*has_hooks) {
		config->hooks = nla_get_u8(tb[SIPFAST_A_CONFIG_HOOKS]);
		config->devices = NULL;
		config->ndevices = 0;
	}
	return read_devices(config, nest, tb, info->extack);
}

/* Called with RTNL and &sf_net.lock held. */
static int set_config(struct sf_net *sn, struct genl_info *info)
{
	struct sf_config old = sn->config, new = old;
	bool has_hooks = false;
	int err;

	err = read_config(&new, info, &has_hooks);
	if (err)
		return err;
	sn->config = new;
	if (!has_hooks)
		return 0;
	err = sf_device_update(sn);
	if (err) {
		sn->config = old;
		kfree(new.devices);
		return err;
	}
	kfree(old.devices);
	return 0;
}

int sf_nl_config_set(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	int err;

	rtnl_lock();
	mutex_lock(&sn->lock);
	err = set_config(sn, info);
	mutex_unlock(&sn->lock);
	rtnl_unlock();
	return err;
}

static int put_config(struct sk_buff *skb, const struct sf_config *config)
{
	struct nlattr *nest = nla_nest_start(skb, SIPFAST_A_CONFIG);
	unsigned int i;

	if (!nest ||
	    nla_put_u32(skb, SIPFAST_A_CONFIG_SESSIONS_MAX, config->sessions_max) ||
	    nla_put_u32(skb, SIPFAST_A_CONFIG_ENDPOINTS_MAX, config->endpoints_max) ||
	    nla_put_u8(skb, SIPFAST_A_CONFIG_HOOKS, config->hooks))
		return -EMSGSIZE;
	for (i = 0; i < config->ndevices; i++)
		if (nla_put_string(skb, SIPFAST_A_CONFIG_DEVICE, config->devices[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static size_t config_size(void)
{
	return nla_total_size(0) + 2 * nla_total_size(sizeof(u32)) + nla_total_size(sizeof(u8)) +
	       MAX_DEVICES * nla_total_size(IFNAMSIZ);
}

int sf_nl_config_get(struct sk_buff *skb, struct genl_info *info)
{
	struct sf_net *sn = sf_net(genl_info_net(info));
	struct sk_buff *reply;
	void *hdr;
	int err;

	reply = genlmsg_new(config_size(), GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &sf_genl_family, 0, SIPFAST_CMD_CONFIG_GET);
	mutex_lock(&sn->lock);
	err = hdr ? put_config(reply, &sn->config) : -EMSGSIZE;
	mutex_unlock(&sn->lock);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}
