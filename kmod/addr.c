// SPDX-License-Identifier: GPL-2.0
#include "addr.h"

#include <linux/in.h>

bool sf_ip_is_host(const struct in6_addr *ip)
{
	__be32 ip4 = sf_ip4(ip);

	if (sf_ip_is4(ip))
		return !ipv4_is_zeronet(ip4) && !ipv4_is_multicast(ip4) && !ipv4_is_lbcast(ip4);
	return !ipv6_addr_any(ip) && !(ipv6_addr_type(ip) & (IPV6_ADDR_MULTICAST |
							     IPV6_ADDR_LINKLOCAL));
}
