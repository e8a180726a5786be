// SPDX-License-Identifier: GPL-2.0
#include "addr.h"

#include <linux/in.h>
#include <linux/inetdevice.h>
#include <linux/netlink.h>
#include <net/addrconf.h>
#include <net/route.h>

bool sf_ip_is_host(const struct in6_addr *ip)
{
	__be32 ip4 = sf_ip4(ip);

	if (sf_ip_is4(ip))
		return !ipv4_is_zeronet(ip4) && !ipv4_is_multicast(ip4) && !ipv4_is_lbcast(ip4);
	return !ipv6_addr_any(ip) && !(ipv6_addr_type(ip) & (IPV6_ADDR_MULTICAST |
							     IPV6_ADDR_LINKLOCAL));
}

bool sf_ip_is_local(struct net *net, const struct in6_addr *ip)
{
	if (sf_ip_is4(ip))
		return inet_addr_type(net, sf_ip4(ip)) == RTN_LOCAL;
	return ipv6_chk_addr_and_flags(net, ip, NULL, true, 0, IFA_F_DADFAILED);
}

int sf_ip_check_local(struct net *net, const struct in6_addr *ip, struct netlink_ext_ack *extack)
{
	if (!sf_ip_is_host(ip)) {
		NL_SET_ERR_MSG(extack, "The address is not one that all networks know the host by");
		return -EADDRNOTAVAIL;
	}
	if (!sf_ip_is_local(net, ip)) {
		NL_SET_ERR_MSG(extack, "The address is not local: add it to an interface first");
		return -EADDRNOTAVAIL;
	}
	return 0;
}
