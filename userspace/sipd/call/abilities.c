// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/abilities.h"

#include "call/hide.h"
#include "call/leg.h"

static const struct cfg_realm *realm_of(const struct sip_dialog *leg)
{
	return call_settings_realm(call_pair_of(leg)->call->settings,
				   call_listener(&leg->flow)->realm);
}

/* Of the methods that the other side has its say in. */
static bool is_carried(const struct sip_dialog *leg, const struct sip_msg *msg, struct view method)
{
	const struct call_session *other =
		&call_pair_of(leg)->session[call_other(call_side_of(leg))];

	if (msg && sip_msg_header(msg, SIP_HDR_ALLOW, NULL))
		return sip_names_option(msg, SIP_HDR_ALLOW, method);
	/* Who says nothing is asked, but takes an UPDATE only if he has said so before. */
	return !view_eq(method, VIEW_LIT("UPDATE")) || other->update == CALL_ALLOWS;
}

static bool is_allowed(const struct sip_dialog *leg, const struct sip_msg *msg, struct view method)
{
	static const struct view always[] = {
		VIEW_LIT("INVITE"), VIEW_LIT("ACK"),	 VIEW_LIT("CANCEL"),
		VIEW_LIT("BYE"),    VIEW_LIT("OPTIONS"),
	};
	const struct cfg_realm *realm = realm_of(leg);

	for (size_t i = 0; i < sizeof(always) / sizeof(*always); i++)
		if (view_eq(method, always[i]))
			return true;
	if (view_eq(method, VIEW_LIT("PRACK")))
		return realm->reliable != CFG_100REL_NEVER;
	if (view_eq(method, VIEW_LIT("REFER")) && realm->transfer != CFG_TRANSFER_PASS)
		return realm->transfer == CFG_TRANSFER_HANDLE;
	return is_carried(leg, msg, method);
}

static void write_allow(struct sip_out *out, const struct sip_dialog *leg,
			const struct sip_msg *msg)
{
	struct view rest = VIEW_LIT(CALL_ALLOW), method;
	const char *before = "Allow: ";

	while (sip_list_next(&rest, &method)) {
		if (!is_allowed(leg, msg, method))
			continue;
		sip_out_str(out, before);
		sip_out_view(out, method);
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
