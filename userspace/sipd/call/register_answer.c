// SPDX-License-Identifier: GPL-2.0-or-later
/* The 200 to a REGISTER (RFC 3261 s.10.3, step 8). */
#include <time.h>

#include "call/register.h"

static void write_q(struct sip_out *out, unsigned int q)
{
	sip_out_printf(out, ";q=%u.%03u", q / 1000, q % 1000);
}

static void write_contact(struct sip_out *out, const struct register_request *request,
			  const struct location_binding *binding, uint64_t now_ms)
{
	struct view instance = location_text(binding, LOCATION_INSTANCE);
	uint64_t left = (binding->expires_ms - now_ms + 500) / 1000;

	sip_out_str(out, "Contact: <");
	sip_out_view(out, location_text(binding, LOCATION_CONTACT));
	sip_out_str(out, ">;expires=");
	sip_out_u32(out, left ? (uint32_t)left : 1);
	if (binding->q != 1000)
		write_q(out, binding->q);
	if (instance.len) {
		sip_out_str(out, ";+sip.instance=");
		sip_out_view(out, instance);
	}
	if (binding->reg_id) {
		sip_out_str(out, ";reg-id=");
		sip_out_u32(out, binding->reg_id);
	}
	if (request->supports_gruu)
		gruu_write(out, request->gruu_key, &request->aor, binding);
	sip_out_str(out, "\r\n");
}

static bool has_flow(const struct register_request *request)
{
	for (unsigned int i = 0; i < request->count; i++)
		if (request->contact[i].reg_id && request->contact[i].expires)
			return true;
	return false;
}

/* RFC 5626 s.6. What keeps a NAT open for datagrams is the phone's own business. */
static void write_outbound(const struct register_request *request, struct sip_out *out)
{
	sip_out_str(out, "Require: outbound\r\n");
	/* By a proxy, the flow is one to that, which says what it expects of phones. */
	if (!request->from->conn || request->path.len)
		return;
	sip_out_str(out, "Flow-Timer: ");
	sip_out_u32(out, request->aor.domain->flow_timer);
	sip_out_str(out, "\r\n");
}

/* s.20.17, of the present second. */
static void write_date(struct sip_out *out)
{
	static _Thread_local time_t second;
	static _Thread_local char text[48];
	time_t now = time(NULL);
	struct tm tm;

	if (now != second) {
		strftime(text, sizeof(text), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n",
			 gmtime_r(&now, &tm));
		second = now;
	}
	sip_out_str(out, text);
}

void register_answer(const struct register_request *request, const struct location_ref *ref,
		     struct sip_out *out)
{
	const struct location_binding *binding;
	uint64_t now_ms = registrar_now_ms();

	for (binding = location_first(ref); binding; binding = binding->next)
		write_contact(out, request, binding, now_ms);
	if (request->path.len && request->supports_path)
		sip_out_header(out, "Path", request->path);
	/* RFC 3608: what the phone sends from now on comes here, whatever its outbound proxy. */
	if (ref->count) {
		sip_out_str(out, "Service-Route: <sip:");
		sip_out_view(out, call_listener(request->from)->hostport);
		sip_out_str(out, ";lr>\r\n");
	}
	sip_out_str(out, "Supported: path, outbound, gruu\r\n");
	if (has_flow(request))
		write_outbound(request, out);
	write_date(out);
}
