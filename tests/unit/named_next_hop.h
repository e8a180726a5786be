/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For a test of the rig with fake_dns.h: the next hop has a name, which leads to C, then to B. */
#ifndef NAMED_NEXT_HOP_H
#define NAMED_NEXT_HOP_H

#include <stdio.h>

#include "call_rig.h"
#include "fake_dns.h"

#define HOST "sip.carrier.example"

/* C first, then B. */
static void name_both(struct call_rig *rig)
{
	static char zone[512];

	snprintf(zone, sizeof(zone),
		 "_sip._udp." HOST " 300 SRV 1 0 %u c.example\n"
		 "_sip._udp." HOST " 300 SRV 2 0 %u b.example\n"
		 "b.example 300 A 127.0.0.1\nc.example 300 A 127.0.0.1\n",
		 tp_addr_port(&rig->more[0].flow.remote), tp_addr_port(&rig->b.flow.remote));
	fake_dns_reset(zone);
}

static void name_next_hop(struct call_rig *rig)
{
	static char uri[] = "sip:" HOST, host[] = HOST, target[] = HOST;
	struct cfg_uri *cfg = &rig->realms[0].next_hop.uri;

	cfg->text = uri;
	cfg->host = host;
	cfg->target = target;
	cfg->where.host = host;
	rig->cfg.failover_ms = 4000;
	rig->cfg.dns.dead_ms = 60000;
	rig->cfg.dns.cache = (struct dns_cache_config){
		.min_ttl_s = 5, .max_ttl_s = 3600, .max_negative_ttl_s = 60, .stale_ms = 600000
	};
	name_both(rig);
}

static void resolve(struct call_rig *rig)
{
	while (fake_dns_answer())
		;
	call_rig_settle(rig);
}

#endif
