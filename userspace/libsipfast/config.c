// SPDX-License-Identifier: GPL-2.0-or-later
/* What an administrator sets for a namespace. */
#include <errno.h>
#include <net/if.h>
#include <string.h>

#include "client.h"

/* They fit the request, whose nests end at 64 KiB. */
#define DEVICES_MAX 2048

struct config_walk {
	struct sf_config *config;
	sf_device_cb cb;
	void *arg;
};

static const struct sf_field config_fields[] = {
	SF_FIELD(SIPFAST_A_CONFIG_SESSIONS_MAX, struct sf_config, sessions_max,
		 SF_HAS_SESSIONS_MAX),
	SF_FIELD(SIPFAST_A_CONFIG_ENDPOINTS_MAX, struct sf_config, endpoints_max,
		 SF_HAS_ENDPOINTS_MAX),
	{ 0 },
};

static int read_config(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *top[SIPFAST_A_MAX + 1];
	const struct nlattr *tb[SIPFAST_A_CONFIG_MAX + 1];
	const struct config_walk *walk = arg;
	struct sf_config *config = walk->config;
	unsigned int hooks = 0;

	if (sf_attr_table(nlh, NULL, top, SIPFAST_A_MAX) || !top[SIPFAST_A_CONFIG] ||
	    sf_attr_table(nlh, top[SIPFAST_A_CONFIG], tb, SIPFAST_A_CONFIG_MAX) ||
	    sf_fields_read(tb, config_fields, config, &config->has) ||
	    sf_choice_read(tb[SIPFAST_A_CONFIG_HOOKS], &hooks, &config->has, SF_HAS_HOOKS))
		return -EPROTO;
	config->hooks = hooks;
	return sf_devices_read(top[SIPFAST_A_CONFIG], SIPFAST_A_CONFIG_DEVICE, walk->cb, walk->arg);
}

int sf_config_get(struct sf_client *client, struct sf_config *config, sf_device_cb cb, void *arg)
{
	struct nlmsghdr *nlh = sf_request(client, 0, SIPFAST_CMD_CONFIG_GET, NLM_F_ACK);
	struct config_walk walk = { config, cb, arg };

	*config = (struct sf_config){ 0 };
	return sf_exchange(client, nlh, read_config, &walk, NULL);
}

int sf_config_set(struct sf_client *client, const struct sf_config *config)
{
	struct nlmsghdr *nlh;
	struct nlattr *nest;

	if (config->ndevices > DEVICES_MAX)
		return sf_fail(client, -EINVAL, "more than %d devices", DEVICES_MAX);
	nlh = sf_request(client, 0, SIPFAST_CMD_CONFIG_SET, NLM_F_ACK);
	nest = mnl_attr_nest_start(nlh, SIPFAST_A_CONFIG);
	if (config->has & SF_HAS_SESSIONS_MAX)
		mnl_attr_put_u32(nlh, SIPFAST_A_CONFIG_SESSIONS_MAX, config->sessions_max);
	if (config->has & SF_HAS_ENDPOINTS_MAX)
		mnl_attr_put_u32(nlh, SIPFAST_A_CONFIG_ENDPOINTS_MAX, config->endpoints_max);
	if (config->has & SF_HAS_HOOKS)
		mnl_attr_put_u8(nlh, SIPFAST_A_CONFIG_HOOKS, config->hooks);
	for (unsigned int i = 0; i < config->ndevices; i++) {
		if (strlen(config->devices[i]) >= IFNAMSIZ)
			return sf_fail(client, -EINVAL, "too long for a device: %s",
				       config->devices[i]);
		mnl_attr_put_strz(nlh, SIPFAST_A_CONFIG_DEVICE, config->devices[i]);
	}
	mnl_attr_nest_end(nlh, nest);
	return sf_exchange(client, nlh, NULL, NULL, NULL);
}
