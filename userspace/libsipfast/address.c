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

uint64_t sf_address_key(const struct sf_address *address, uint32_t more)
{
	/* Odd factors mix them well; see also the Fibonacci hash of seen.c. */
	uint64_t word[3] = { 0, 0, (uint64_t)more << 32 | address->port << 8 | address->family };
	uint64_t key = 0;

	if (address->family == AF_INET6)
		memcpy(word, &address->v6, sizeof(address->v6));
	else
		word[0] = address->v4.s_addr;
	for (int i = 0; i < 3; i++) {
		unsigned __int128 product =
			(unsigned __int128)(key ^ word[i]) * 0x9e3779b97f4a7c15u;

		key = (uint64_t)(product >> 64) ^ (uint64_t)product;
		key = (key ^ key >> 29) * 0xbf58476d1ce4e5b9u;
	}
	return key ? key : 1;
}
