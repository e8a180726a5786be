/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_ADDR_H
#define SF_ADDR_H

#include <linux/types.h>

/**
 * struct sf_addr - a UDP transport address
 * @port: 0: there is no address
 */
struct sf_addr {
	__be32 addr4;
	__be16 port;
};

static inline bool sf_addr_is_set(const struct sf_addr *a)
{
	return a->port;
}

static inline bool sf_addr_equal(const struct sf_addr *a, const struct sf_addr *b)
{
	return a->addr4 == b->addr4 && a->port == b->port;
}

#endif /* SF_ADDR_H */
