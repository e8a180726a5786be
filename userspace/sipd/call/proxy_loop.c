// SPDX-License-Identifier: GPL-2.0-or-later
/* Loops, and how many may be asked at a time (RFC 5393). */
#include "base/siphash.h"
#include "call/proxy.h"

static uint64_t add(const struct call_engine *engine, uint64_t hash, struct view part)
{
	return siphash_more(&engine->cfg->proxy_key, hash, part.p, part.len);
}

/*
 * What routing depends on: where it came to, what it is for, and which way it has been told to go.
 * Not the method, so that a CANCEL has that of its request.
 */
uint64_t proxy_loop(const struct call_engine *engine, const struct sip_msg *req,
		    const struct tp_flow *from)
{
	const struct tp_addr *local = &from->listener->local;
	const struct sip_header *route = NULL;
	uint64_t hash;

	hash = siphash(&engine->cfg->proxy_key, local, tp_addr_len(local));
	hash = add(engine, hash, req->ruri);
	while ((route = sip_msg_header(req, SIP_HDR_ROUTE, route)))
		hash = add(engine, hash, route->value);
	return hash;
}

bool proxy_is_loop(const struct sip_msg *req, uint64_t loop)
{
	const struct sip_header *via = NULL;
	char text[SIP_LOOP_STRLEN];

	sip_loop_write(loop, text);
	while ((via = sip_msg_header(req, SIP_HDR_VIA, via)))
		if (memmem(via->value.p, via->value.len, text, sizeof(text) - 1))
			return true;
	return false;
}

uint32_t proxy_read_breadth(const struct sip_msg *req)
{
	uint32_t breadth;

	for (unsigned int i = 0; i < req->nheaders; i++) {
		const struct sip_header *header = &req->headers[i];

		if (header->id != SIP_HDR_OTHER ||
		    !view_ieq(header->name, VIEW_LIT("Max-Breadth")) ||
		    view_to_u32(header->value, UINT32_MAX, &breadth))
			continue;
		return breadth < PROXY_MAX_BREADTH ? breadth : PROXY_MAX_BREADTH;
	}
	return PROXY_MAX_BREADTH;
}
