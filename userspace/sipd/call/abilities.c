// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/abilities.h"

#include "call/hide.h"
#include "call/leg.h"

static const struct cfg_realm *realm_of(const struct sip_dialog *leg)
{
	return call_settings_realm(call_pair_of(leg)->call->settings,
				   call_listener(&leg->flow)->realm);
}

/* Whose word it is that a method is taken. */
enum who { OURS, OF_100REL, OF_TRANSFER, OF_OTHER_SIDE, OF_UPDATE };

/* Those of CALL_ALLOW, in its order; a test compares them. */
static const struct {
	struct view name;
	enum who who;
} methods[] = {
	{ VIEW_LIT("INVITE"), OURS },
	{ VIEW_LIT("ACK"), OURS },
	{ VIEW_LIT("CANCEL"), OURS },
	{ VIEW_LIT("BYE"), OURS },
	{ VIEW_LIT("OPTIONS"), OURS },
	{ VIEW_LIT("INFO"), OF_OTHER_SIDE },
	{ VIEW_LIT("UPDATE"), OF_UPDATE },
	{ VIEW_LIT("PRACK"), OF_100REL },
	{ VIEW_LIT("REFER"), OF_TRANSFER },
	{ VIEW_LIT("MESSAGE"), OF_OTHER_SIDE },
	{ VIEW_LIT("SUBSCRIBE"), OF_OTHER_SIDE },
	{ VIEW_LIT("NOTIFY"), OF_OTHER_SIDE },
	{ VIEW_LIT("PUBLISH"), OF_OTHER_SIDE },
};

#define NMETHODS (sizeof(methods) / sizeof(*methods))

/* Bits of the methods that @msg, of the other side, has in Allow. False: it says nothing. */
static bool read_allow(const struct sip_msg *msg, unsigned int *allowed)
{
	const struct sip_header *header = NULL;
	struct view rest, method;
	bool says = false;

	*allowed = 0;
	while (msg && (header = sip_msg_header(msg, SIP_HDR_ALLOW, header))) {
		says = true;
		rest = header->value;
		while (sip_list_next(&rest, &method))
			for (size_t i = 0; i < NMETHODS; i++)
				if (view_eq(method, methods[i].name))
					*allowed |= 1u << i;
	}
	return says;
}

/* Who says nothing is asked, but takes an UPDATE only if he has said so before. */
static bool is_asked(const struct call_pair *pair, enum media_side peer, enum who who)
{
	return who != OF_UPDATE || pair->session[peer].update == CALL_ALLOWS;
}

static void write_allow(struct sip_out *out, const struct sip_dialog *leg,
			const struct sip_msg *msg)
{
	const struct cfg_realm *realm = realm_of(leg);
	enum media_side other = call_other(call_side_of(leg));
	const char *before = "Allow: ";
	unsigned int allowed;
	bool says = read_allow(msg, &allowed), takes;

	for (size_t i = 0; i < NMETHODS; i++) {
		enum who who = methods[i].who;

		if (who == OURS)
			takes = true;
		else if (who == OF_100REL)
			takes = realm->reliable != CFG_100REL_NEVER;
		else if (who == OF_TRANSFER && realm->transfer != CFG_TRANSFER_PASS)
			takes = realm->transfer == CFG_TRANSFER_HANDLE;
		else
			takes = says ? allowed & 1u << i : is_asked(call_pair_of(leg), other, who);
		if (!takes)
			continue;
		sip_out_str(out, before);
		sip_out_view(out, methods[i].name);
		before = ", ";
	}
	sip_out_str(out, "\r\n");
}

/* Done here: INVITEs with Replaces always, REFERs if the realm has them so. */
static bool is_own_tag(const struct cfg_realm *realm, struct view tag)
{
	return view_ieq(tag, VIEW_LIT("replaces")) ||
	       (view_ieq(tag, VIEW_LIT("norefersub")) && realm->transfer != CFG_TRANSFER_PASS);
}

static void write_supported(struct sip_out *out, const struct sip_dialog *leg,
			    const struct sip_msg *msg)
{
	const struct cfg_realm *realm = realm_of(leg);
	const struct sip_header *header = NULL;
	struct view rest, tag;

	sip_out_str(out, "Supported: replaces");
	if (realm->transfer == CFG_TRANSFER_HANDLE)
		sip_out_str(out, ", norefersub");
	while (msg && (header = sip_msg_header(msg, SIP_HDR_SUPPORTED, header))) {
		rest = header->value;
		while (sip_list_next(&rest, &tag)) {
			if (!call_hide_tag_passes(tag) || is_own_tag(realm, tag))
				continue;
			sip_out_str(out, ", ");
			sip_out_view(out, tag);
		}
	}
	sip_out_str(out, "\r\n");
}

void call_write_abilities(struct sip_out *out, const struct sip_dialog *leg,
			  const struct sip_msg *msg)
{
	write_allow(out, leg, msg);
	write_supported(out, leg, msg);
}

void call_write_peer_allow(struct sip_out *out, const struct sip_dialog *leg)
{
	const char *before = "Allow: ";

	for (size_t i = 0; i < NMETHODS; i++) {
		if (!is_asked(call_pair_of(leg), call_side_of(leg), methods[i].who))
			continue;
		sip_out_str(out, before);
		sip_out_view(out, methods[i].name);
		before = ", ";
	}
	sip_out_str(out, "\r\n");
}
