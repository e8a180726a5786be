// SPDX-License-Identifier: GPL-2.0
#include "ports.h"

#include <net/inet_sock.h>
#include <net/ipv6.h>

#include "compat.h"
#include "listener.h"
#include "range.h"

/* Of an IPv6 socket this is the IPv4 part: any, mapped, or one that is nobody's. */
static bool receives_ipv4(const struct sock *sk, __be32 addr4)
{
	__be32 bound = READ_ONCE(inet_sk(sk)->inet_rcv_saddr);

	return !ipv6_only_sock(sk) && (!bound || bound == addr4);
}

static bool receives_ipv6(const struct sock *sk, const struct in6_addr *ip)
{
	return sk->sk_family == AF_INET6 && (ipv6_addr_any(&sk->sk_v6_rcv_saddr) ||
					     ipv6_addr_equal(&sk->sk_v6_rcv_saddr, ip));
}

static bool receives(const struct sock *sk, const struct in6_addr *ip)
{
	return sf_ip_is4(ip) ? receives_ipv4(sk, sf_ip4(ip)) : receives_ipv6(sk, ip);
}

static bool is_for(const struct sock *sk, const struct net *net, const struct in6_addr *ip,
		   u16 port)
{
	return net_eq(sock_net(sk), net) && READ_ONCE(inet_sk(sk)->inet_num) == port &&
	       receives(sk, ip);
}

static struct hlist_head *sockets(struct net *net, u16 port)
{
	return &udp_hashslot(sf_udp_table(net), net, port)->head;
}

bool sf_ports_bound(struct net *net, const struct in6_addr *ip, u16 port)
{
	bool found = false;
	struct sock *sk;

	rcu_read_lock();
	sk_for_each_rcu(sk, sockets(net, port)) {
		found = is_for(sk, net, ip, port);
		if (found)
			break;
	}
	rcu_read_unlock();
	return found;
}

static u8 percent_of(const struct sock *sk)
{
	u64 percent = (u64)sk_rmem_alloc_get(sk) * 100 / max(1, READ_ONCE(sk->sk_rcvbuf));

	return min_t(u64, percent, 100);
}

void sf_ports_look(struct net *net, const struct in6_addr *ip, u16 port,
		   struct sf_ports_queue *queue)
{
	struct sock *sk;

	*queue = (struct sf_ports_queue){};
	rcu_read_lock();
	sk_for_each_rcu(sk, sockets(net, port)) {
		if (!is_for(sk, net, ip, port))
			continue;
		queue->sockets++;
		queue->dropped += atomic_read(&sk->sk_drops);
		queue->percent = max(queue->percent, percent_of(sk));
	}
	rcu_read_unlock();
}

static int alloc_ports(struct sf_net *sn)
{
	if (!sn->ports)
		sn->ports = bitmap_zalloc(65536, GFP_KERNEL_ACCOUNT);
	return sn->ports ? 0 : -ENOMEM;
}

int sf_ports_reserve(struct sf_net *sn, u16 port_min, u16 port_max)
{
	unsigned long *sysctl = sn->net->ipv4.sysctl_local_reserved_ports;
	unsigned int port;

	lockdep_assert_held(&sn->lock);
	if (!sn->reserved_ports)
		sn->reserved_ports = bitmap_zalloc(65536, GFP_KERNEL_ACCOUNT);
	if (!sn->reserved_ports || alloc_ports(sn))
		return -ENOMEM;
	/* Bit by bit and atomically: writes to the sysctl take a lock that is not exported. */
	for (port = port_min; port <= port_max; port++) {
		set_bit((__force u16)htons(port), sn->ports);
		if (!test_and_set_bit(port, sysctl))
			__set_bit(port, sn->reserved_ports);
	}
	return 0;
}

static bool is_in_range(const struct sf_net *sn, unsigned int port)
{
	const struct sf_range *range;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sn->ranges); i++)
		hlist_for_each_entry(range, &sn->ranges[i], node)
			if (port - range->port_min < range->nports)
				return true;
	return false;
}

void sf_ports_release(struct sf_net *sn, u16 port_min, u16 port_max)
{
	unsigned long *sysctl = sn->net->ipv4.sysctl_local_reserved_ports;
	unsigned int port;

	lockdep_assert_held(&sn->lock);
	for (port = port_min; port <= port_max; port++) {
		if (is_in_range(sn, port))
			continue;
		if (!sf_listener_has_port(sn, htons(port)))
			clear_bit((__force u16)htons(port), sn->ports);
		if (__test_and_clear_bit(port, sn->reserved_ports))
			clear_bit(port, sysctl);
	}
}

int sf_ports_mark(struct sf_net *sn, __be16 port)
{
	lockdep_assert_held(&sn->lock);
	if (alloc_ports(sn))
		return -ENOMEM;
	set_bit((__force u16)port, sn->ports);
	return 0;
}

void sf_ports_unmark(struct sf_net *sn, __be16 port)
{
	lockdep_assert_held(&sn->lock);
	if (!is_in_range(sn, ntohs(port)) && !sf_listener_has_port(sn, port))
		clear_bit((__force u16)port, sn->ports);
}
