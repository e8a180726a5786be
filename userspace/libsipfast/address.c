// SPDX-License-Identifier: GPL-2.0-or-later
/* Addresses of either family, and their attributes. */
#include <errno.h>
#include <string.h>

#include "client.h"

bool sf_address_equal(const struct sf_address *a, const struct sf_address *b)
{
	if (a->family != b->family || a->port != b->port)
		return false;
	if (a->family == AF_INET)
		return a->v4.s_addr == b->v4.s_addr;
	return a->family != AF_INET6 || !memcmp(&a->v6, &b->v6, sizeof(a->v6));
}

void sf_address_put(struct nlmsghdr *nlh, unsigned int v4, unsigned int v6,
		    const struct sf_address *address)
{
	if (address->family == AF_INET)
		mnl_attr_put(nlh, v4, sizeof(address->v4), &address->v4);
	else if (address->family == AF_INET6)
		mnl_attr_put(nlh, v6, sizeof(address->v6), &address->v6);
}

int sf_address_read(const struct nlattr *v4, const struct nlattr *v6, struct sf_address *address)
{
	if (v4) {
		if (mnl_attr_get_payload_len(v4) != sizeof(address->v4))
			return -EPROTO;
		address->family = AF_INET;
		memcpy(&address->v4, mnl_attr_get_payload(v4), sizeof(address->v4));
	} else if (v6) {
		if (mnl_attr_get_payload_len(v6) != sizeof(address->v6))
			return -EPROTO;
		address->family = AF_INET6;
		memcpy(&address->v6, mnl_attr_get_payload(v6), sizeof(address->v6));
	}
	return 0;
}
