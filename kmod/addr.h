/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SF_ADDR_H
#define SF_ADDR_H

#include <linux/types.h>
#include <net/ipv6.h>

/**
 * struct sf_addr - a UDP transport address
 * @ip: an IPv4 address is ::ffff:a.b.c.d (RFC 4291 s.2.5.5.2), which no IPv6 packet carries
 * @port: 0: there is no address
 */
struct sf_addr {
	struct in6_addr ip;
	__be16 port;
};

static inline bool sf_ip_is4(const struct in6_addr *ip)
{
	return ipv6_addr_v4mapped(ip);
}

static inline __be32 sf_ip4(const struct in6_addr *ip)
{
	return ip->s6_addr32[3];
}

/* Can a single host, whatever the interface, have this address? */
bool sf_ip_is_host(const struct in6_addr *ip);
/*
 * Is it of this host? A tentative one counts: what is on it can be set up while it is being probed.
 */
bool sf_ip_is_local(struct net *net, const struct in6_addr *ip);
/* -EADDRNOTAVAIL: it is not one of ours, or one that not all networks know the host by. */
int sf_ip_check_local(struct net *net, const struct in6_addr *ip, struct netlink_ext_ack *extack);

static inline bool sf_addr_is_set(const struct sf_addr *a)
{
	return a->port;
}

static inline bool sf_addr_is_ip4(const struct sf_addr *a)
{
	return sf_ip_is4(&a->ip);
}

static inline __be32 sf_addr_ip4(const struct sf_addr *a)
{
	return sf_ip4(&a->ip);
}

static inline void sf_addr_set_ip4(struct sf_addr *a, __be32 ip4, __be16 port)
{
	ipv6_addr_set_v4mapped(ip4, &a->ip);
	a->port = port;
}

static inline bool sf_addr_equal(const struct sf_addr *a, const struct sf_addr *b)
{
	return ipv6_addr_equal(&a->ip, &b->ip) && a->port == b->port;
}

#endif /* SF_ADDR_H */
