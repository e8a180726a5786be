// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/codecs.h"

#include <errno.h>

#include "call/exchange.h"
#include "call/peers.h"

/* Whose codecs they are, and what is said of them. */
struct owner {
	struct sdp_codec_rules rules;
	const char *kind, *name;
};

static struct owner owner_of(const struct call *call, const struct tp_flow *peer)
{
	const struct cfg_realm *realm =
		call_settings_realm(call->settings, call_listener(peer)->realm);
	const struct cfg *cfg = call->settings->cfg;
	const struct cfg_trunk *trunk = NULL;
	struct owner owner = { realm->codecs, "realm", realm->name };

	if (cfg->trunk_codecs)
		trunk = call_peer_trunk(call->engine, cfg, realm, &peer->remote);
	if (!trunk || !sdp_codec_rules_are_set(&trunk->codecs))
		return owner;
	if (sdp_codec_rule_is_set(&trunk->codecs.audio))
		owner.rules.audio = trunk->codecs.audio;
	if (sdp_codec_rule_is_set(&trunk->codecs.video))
		owner.rules.video = trunk->codecs.video;
	owner.kind = "trunk";
	owner.name = trunk->name;
	return owner;
}

static void note(struct call *call, enum media_side from, enum sdp_role role,
		 const struct owner *owner, const struct sdp_codecs_result *result)
{
	const char *what = role == SDP_OFFER ? "offer" : "answer";

	if (result->removed[0])
		call_note_printf(call, CALL_NOTE_MEDIA,
				 "codecs of %s %s: %s taken out of the %s's %s", owner->kind,
				 owner->name, result->removed, call_side_name(from), what);
	if (result->rejected)
		call_note_printf(call, CALL_NOTE_MEDIA,
				 "codecs of %s %s: none is left for %u m= line%s of the %s's %s",
				 owner->kind, owner->name, result->rejected,
				 result->rejected > 1 ? "s" : "", call_side_name(from), what);
}

int call_codecs(struct call *call, enum media_side from, enum sdp_role role,
		const struct tp_flow *peer, const struct sdp **sdp)
{
	struct call_engine *engine = call->engine;
	struct owner owner = owner_of(call, peer);
	struct call_codecs *out = &engine->codecs;
	struct sdp *read = &engine->sdp.sdp;
	struct sdp_codecs_result result;
	struct sdp_error error;
	int len;

	*sdp = read;
	for (unsigned int i = 0; i < read->nmedia; i++)
		read->media[i].withheld = false;
	if (!sdp_codec_rules_are_set(&owner.rules))
		return 0;
	len = sdp_codecs_write(read, &owner.rules, role, out->text, sizeof(out->text), &result);
	if (len <= 0)
		return len;
	note(call, from, role, &owner, &result);
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
