// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/identity.h"

#include "call/engine.h"
#include "call/peers.h"
#include "sip/dialog.h"

/* --- whose trust --- */

const struct cfg_border *call_border(const struct call_engine *engine,
				     const struct call_settings *settings,
				     const struct tp_flow *flow, const struct call_target *target)
{
	const struct cfg_realm *realm = call_settings_realm(settings, call_listener(flow)->realm);
	const struct cfg_trunk *trunk = target ? target->trunk : NULL;

	if (!trunk && settings->cfg->trunk_borders)
		trunk = call_peer_trunk(engine, settings->cfg, realm, &flow->remote);
	return trunk ? &trunk->border : &realm->border;
}

/* --- what is asked for --- */

static const struct {
	struct view name;
	unsigned int bit;
} values[] = {
	{ VIEW_LIT("header"), CALL_PRIVACY_HEADER },
	{ VIEW_LIT("session"), CALL_PRIVACY_SESSION },
	{ VIEW_LIT("user"), CALL_PRIVACY_USER },
	{ VIEW_LIT("id"), CALL_PRIVACY_ID },
	{ VIEW_LIT("none"), CALL_PRIVACY_NONE },
	{ VIEW_LIT("critical"), CALL_PRIVACY_CRITICAL },
	{ VIEW_LIT("history"), CALL_PRIVACY_HISTORY },
};

static unsigned int bit_of(struct view value)
{
	for (size_t i = 0; i < sizeof(values) / sizeof(*values); i++)
		if (view_ieq(value, values[i].name))
			return values[i].bit;
	return CALL_PRIVACY_OTHER;
}

/* The values are between semicolons, or, as some write them, commas. False: there is no more. */
static bool next_value(struct view *rest, struct view *value)
{
	while (rest->len) {
		size_t len = 0;

		while (len < rest->len && rest->p[len] != ';' && rest->p[len] != ',')
			len++;
		*value = view_trim((struct view){ rest->p, len });
		len += len < rest->len;
		rest->p += len;
		rest->len -= len;
		if (value->len)
			return true;
	}
	return false;
}

unsigned int call_identity_asked(const struct sip_msg *msg)
{
	const struct sip_header *header = NULL;
	unsigned int asked = 0;
	struct view rest, value;

	while ((header = sip_msg_header(msg, SIP_HDR_PRIVACY, header))) {
		rest = header->value;
		while (next_value(&rest, &value))
			asked |= bit_of(value);
	}
	return asked;
}

void call_identity_init(struct call_identity *identity, const struct sip_msg *msg,
			const struct cfg_border *from, const struct cfg_border *to,
			unsigned int can)
{
	unsigned int needed;

	*identity = (struct call_identity){
		.from_trusted = from->trusted,
		.to_trusted = to->trusted,
		.asked = call_identity_asked(msg),
	};
	/* Who asks for none must get none (s.4.2). */
	if (!to->withhold || identity->asked & CALL_PRIVACY_NONE)
		return;
	needed = identity->asked & ~CALL_PRIVACY_CRITICAL;
	/* Within trust they say where it may not go (RFC 3325 s.7, RFC 7044 s.10.1.2). */
	if (to->trusted)
		needed &= ~(CALL_PRIVACY_ID | CALL_PRIVACY_HISTORY);
	identity->done = needed & can;
	identity->failed = identity->asked & CALL_PRIVACY_CRITICAL && needed & ~can;
}

static bool is_anonymous(struct view address)
{
	struct sip_nameaddr addr;
	struct sip_uri uri;

	return !sip_nameaddr_parse(&addr, address) && !sip_uri_parse(&uri, addr.uri) &&
	       view_ieq(uri.host, VIEW_LIT("anonymous.invalid"));
}

/* Path, equipment and Contact are those of sipd in any case, and so are the SDP's addresses. */
static unsigned int user_agents_meet(const struct call_settings *settings,
				     const struct sip_msg *msg, const struct sip_dialog *leg)
{
	unsigned int can = CALL_PRIVACY_HEADER | CALL_PRIVACY_ID | CALL_PRIVACY_HISTORY;

	/* An INVITE makes a session, whoever offers. */
	if (settings->cfg->media_kernel || (msg->method != SIP_INVITE && !msg->body.len))
		can |= CALL_PRIVACY_SESSION;
	if (msg->status || is_anonymous(sip_dialog_text(leg, SIP_DIALOG_LOCAL)))
		can |= CALL_PRIVACY_USER;
	return can;
}

struct call_identity call_identity_to(const struct call_engine *engine,
				      const struct call_settings *settings,
				      const struct sip_msg *msg, const struct tp_flow *from,
				      const struct sip_dialog *leg,
				      const struct call_target *target)
{
	struct call_identity identity;

	call_identity_init(&identity, msg, call_border(engine, settings, from, NULL),
			   call_border(engine, settings, &leg->flow, target),
			   user_agents_meet(settings, msg, leg));
	return identity;
}

bool call_identity_hides_user(const struct sip_msg *msg, const struct cfg_border *to)
{
	return to->withhold && (call_identity_asked(msg) &
				(CALL_PRIVACY_USER | CALL_PRIVACY_NONE)) == CALL_PRIVACY_USER;
}

/* --- what goes on --- */

/* "critical" is left only with what it is about. */
static bool remains(const struct call_identity *identity, unsigned int bit)
{
	if (bit == CALL_PRIVACY_CRITICAL)
		return identity->asked & ~CALL_PRIVACY_CRITICAL & ~identity->done;
	return !(bit & identity->done);
}

/* All that is left of all Privacy headers, in one (s.5). */
static void write_privacy(const struct call_identity *identity, struct sip_out *out,
			  const struct sip_msg *msg)
{
	const struct sip_header *header = NULL;
	const char *before = "Privacy: ";
	struct view rest, value;

	while ((header = sip_msg_header(msg, SIP_HDR_PRIVACY, header))) {
		rest = header->value;
		while (next_value(&rest, &value)) {
			if (!remains(identity, bit_of(value)))
				continue;
			sip_out_str(out, before);
			sip_out_view(out, value);
			before = ";";
		}
	}
	if (*before == ';')
		sip_out_str(out, "\r\n");
}

/* RFC 3325 s.5, s.7; without either value it stays within trust. */
static bool assertion_passes(const struct call_identity *identity)
{
	return identity->from_trusted &&
	       (identity->to_trusted || identity->asked & CALL_PRIVACY_NONE);
}

bool call_identity_header(struct call_identity *identity, struct sip_out *out,
			  const struct sip_msg *msg, const struct sip_header *header)
{
	switch (header->id) {
	case SIP_HDR_PRIVACY:
		if (!identity->told)
			write_privacy(identity, out, msg);
		identity->told = true;
		return true;
	case SIP_HDR_SUBJECT:
		return identity->done & CALL_PRIVACY_USER;
	case SIP_HDR_P_PREFERRED_IDENTITY:
		return true;
	case SIP_HDR_P_ASSERTED_IDENTITY:
		if (assertion_passes(identity))
			sip_out_header(out, "P-Asserted-Identity", header->value);
		return true;
	default:
		return false;
	}
}
