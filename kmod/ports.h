/* SPDX-License-Identifier: GPL-2.0 */
/* UDP ports, seen from the socket side. Ports are in host byte order. */
#ifndef SF_PORTS_H
#define SF_PORTS_H

#include "net.h"

/* Is a UDP socket bound that would receive what is sent to @ip and @port? */
bool sf_ports_bound(struct net *net, const struct in6_addr *ip, u16 port);

/**
 * struct sf_ports_queue - what waits in such sockets
 * @sockets: how many there are
 * @dropped: packets by all of them, for want of room or because their checksums were wrong
 * @percent: of its receive buffer that is in use, of the fullest
 */
struct sf_ports_queue {
	u32 sockets;
	u32 dropped;
	u8 percent;
};

/* Called from packets, too. */
void sf_ports_look(struct net *net, const struct in6_addr *ip, u16 port,
		   struct sf_ports_queue *queue);

/*
 * Enters ports into &sf_net.ports, and keeps them from the kernel's choice of ephemeral ports:
 * of that, only bits that were clear are noted, and only noted ones are cleared again. Ports
 * stay while a range of any address needs them. Called with &sf_net.lock held, before the range
 * enters or after it left &sf_net.ranges.
 */
int sf_ports_reserve(struct sf_net *sn, u16 port_min, u16 port_max);
void sf_ports_release(struct sf_net *sn, u16 port_min, u16 port_max);

/* Enters a listener's port into &sf_net.ports; -ENOMEM. Called as the two above. */
int sf_ports_mark(struct sf_net *sn, __be16 port);
void sf_ports_unmark(struct sf_net *sn, __be16 port);

#endif /* SF_PORTS_H */
