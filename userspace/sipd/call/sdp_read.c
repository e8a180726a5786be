// SPDX-License-Identifier: GPL-2.0-or-later
/* The SDP of the message being handled: the ladder and the offer both want to know it. */
#include "call/offer.h"

static bool is_of_this_message(const struct call_engine *engine)
{
	return engine->sdp.valid && engine->sdp.message == sip_stack_stats(engine->stack)->rx;
}

static int read_anew(struct call_engine *engine, struct view body)
{
	struct call_sdp *read = &engine->sdp;

	read->valid = true;
	read->body = body;
	read->message = sip_stack_stats(engine->stack)->rx;
	read->summary[0] = '\0';
	read->changed = false;
	read->result = sdp_parse(&read->sdp, body, &read->error);
	return read->result;
}

int call_sdp_read(struct call_engine *engine, struct view body)
{
	const struct call_sdp *read = &engine->sdp;

	if (is_of_this_message(engine) && read->body.p == body.p && read->body.len == body.len)
		return read->result;
	return read_anew(engine, body);
}

const char *call_sdp_summary(struct call_engine *engine, struct view body, bool carried_on)
{
	struct call_sdp *read = &engine->sdp;

	if (body.len < 2 || memcmp(body.p, "v=", 2))
		return NULL;
	/* Addresses and ports are all that differs in what is carried on, unless codecs do. */
	if (carried_on && !read->changed && is_of_this_message(engine) && !read->result)
		return read->summary;
	if (call_sdp_read(engine, body))
		return NULL;
	if (!read->summary[0])
		sdp_summary(&read->sdp, read->summary, sizeof(read->summary));
	/* The buffer of an outgoing message soon holds another one. */
	read->valid = !carried_on;
	return read->summary;
}
