// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/event.h"

#include "sip/out.h"

struct view event_header(const struct sip_msg *msg)
{
	const struct sip_header *header = sip_msg_header(msg, SIP_HDR_EVENT, NULL);
	struct view none = VIEW_NONE;
	struct view params;

	if (!header || sip_msg_header(msg, SIP_HDR_EVENT, header))
		return none;
	return sip_param_head(header->value, &params).len ? header->value : none;
}

static struct view id_of(struct view params)
{
	struct view id = VIEW_NONE;

	return sip_param(params, VIEW_LIT("id"), &id) ? id : VIEW_NONE;
}

bool event_same(struct view a, struct view b)
{
	struct view a_params, b_params;

	return view_eq(sip_param_head(a, &a_params), sip_param_head(b, &b_params)) &&
	       view_eq(id_of(a_params), id_of(b_params));
}

void event_write(struct sip_out *out, struct view event)
{
	struct view params, id;

	sip_out_view(out, sip_param_head(event, &params));
	id = id_of(params);
	if (!id.len)
		return;
	sip_out_str(out, ";id=");
	sip_out_view(out, id);
}

enum event_state event_state(const struct sip_msg *notify, uint32_t *expires_s)
{
	const struct sip_header *header = sip_msg_named(notify, VIEW_LIT("Subscription-State"));
	struct view params, state, expires;

	if (!header)
		return EVENT_NONE;
	state = sip_param_head(header->value, &params);
	if (!state.len)
		return EVENT_NONE;
	if (view_ieq(state, VIEW_LIT("terminated")))
		return EVENT_TERMINATED;
	if (sip_param(params, VIEW_LIT("expires"), &expires))
		view_to_u32(expires, UINT32_MAX, expires_s);
	return EVENT_ACTIVE;
}

bool event_expires(const struct sip_msg *msg, uint32_t *expires_s)
{
	const struct sip_header *header = sip_msg_header(msg, SIP_HDR_EXPIRES, NULL);

	return header && !view_to_u32(header->value, UINT32_MAX, expires_s);
}

bool event_ended_by(int status)
{
	switch (status) {
	case 404:
	case 405:
	case 410:
	case 416:
	case 480:
	case 481:
	case 482:
	case 483:
	case 484:
	case 485:
	case 489:
	case 501:
	case 604:
		return true;
	default:
		return false;
	}
}
