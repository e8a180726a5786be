/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The addresses of next hops and trunks that have names, kept fresh in the background: calls find
 * them in the cache, and who trusts them (call_hooks.peers) hears of changes.
 */
#ifndef SIPD_CALL_PEERS_H
#define SIPD_CALL_PEERS_H

#include "call/engine.h"

/* Fills settings->peers. 0 or -ENOMEM. */
int call_peers_make(struct call_settings *settings);
/* Frees those that were never in force. */
void call_peers_clean(struct call_peer_list *peers);
/*
 * Those of @settings are looked after from now on: who was there before goes on with what is known
 * of him. The loop does the rest.
 */
void call_peers_enforce(struct call_engine *engine, struct call_settings *settings);
/* Some settings are gone: frees peers that none of the rest has. */
void call_peers_forget(struct call_engine *engine);
/* Is a peer that has a name, and is reached from @realm, known to be at @addr, of any port? */
bool call_peers_have(const struct call_engine *engine, const struct cfg_realm *realm,
		     const struct tp_addr *addr);
/* The same of any peer of a configuration, present or not. */
bool call_peer_is_at(const struct call_engine *engine, const struct cfg_peer *peer,
		     const struct tp_addr *addr);
/*
 * The trunk of @cfg that is reached from @realm and is at @addr: with the same port, or at least on
 * the same host, as what a trunk sends may have another one. NULL: there is none.
 */
const struct cfg_trunk *call_peer_trunk(const struct call_engine *engine, const struct cfg *cfg,
					const struct cfg_realm *realm, const struct tp_addr *addr);
/* And the resolver. */
void call_peers_free(struct call_engine *engine);

#endif
