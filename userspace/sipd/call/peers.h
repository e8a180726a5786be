/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The addresses of next hops and trunks that have names, kept fresh in the background: calls find
 * them in the cache, and who trusts them (call_hooks.peers) hears of changes.
 */
#ifndef SIPD_CALL_PEERS_H
#define SIPD_CALL_PEERS_H

#include "call/engine.h"

/*
 * The resolver, if anybody who is called can have a name, and the peers that have one. 0, -ENOMEM
 * or what dns_alloc() says. The loop does the rest.
 */
int call_peers_alloc(struct call_engine *engine);
/* Is a peer that has a name, and is reached from @realm, known to be at @addr, of any port? */
bool call_peers_have(const struct call_engine *engine, const struct cfg_realm *realm,
		     const struct tp_addr *addr);
/* The same of the one that @uri of the configuration names. */
bool call_peers_is(const struct call_engine *engine, const struct cfg_uri *uri,
		   const struct tp_addr *addr);
/* The same of any peer of the configuration. */
bool call_peer_is_at(const struct call_engine *engine, const struct cfg_peer *peer,
		     const struct tp_addr *addr);
void call_peers_free(struct call_engine *engine);

#endif
