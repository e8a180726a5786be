// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/codecs.h"

#include <errno.h>

#include "call/exchange.h"

static void note(struct call *call, enum media_side from, enum sdp_role role,
		 const struct cfg_realm *realm, const struct sdp_codecs_result *result)
{
	if (result->removed[0])
		call_note_printf(call, CALL_NOTE_MEDIA,
				 "codecs of realm %s: %s taken out of the %s of the %s", realm->name,
				 result->removed, role == SDP_OFFER ? "offer" : "answer",
				 call_side_name(from));
	if (result->rejected)
		call_note_printf(call, CALL_NOTE_MEDIA,
				 "codecs of realm %s: none left for %u m= line%s of the %s",
				 realm->name, result->rejected, result->rejected > 1 ? "s" : "",
				 role == SDP_OFFER ? "offer" : "answer");
}

int call_codecs(struct call *call, enum media_side from, enum sdp_role role,
		const struct tp_flow *peer, const struct sdp **sdp)
{
	const struct cfg_realm *realm = call_listener(peer)->realm->cfg;
	struct call_engine *engine = call->engine;
	struct call_codecs *out = &engine->codecs;
	struct sdp *read = &engine->sdp.sdp;
	struct sdp_codecs_result result;
	struct sdp_error error;
	int len;

	*sdp = read;
	for (unsigned int i = 0; i < read->nmedia; i++)
		read->media[i].withheld = false;
	if (!realm->has_codecs)
		return 0;
	len = sdp_codecs_write(read, &realm->codecs, role, out->text, sizeof(out->text), &result);
	if (len <= 0)
		return len;
	note(call, from, role, realm, &result);
	if (result.rejected && (role == SDP_ANSWER || !result.left))
		return -ENOMSG;
	if (sdp_parse(&out->sdp, (struct view){ out->text, (size_t)len }, &error))
		return -EBADMSG;
	for (unsigned int i = 0; i < read->nmedia; i++)
		read->media[i].withheld = read->media[i].port && !out->sdp.media[i].port;
	engine->sdp.changed = true;
	*sdp = &out->sdp;
	return 0;
}
