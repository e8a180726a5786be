// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/trunk_health.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "call/leg.h"
#include "config/equal.h"
#include "sip/shard.h"

static void on_timer(struct timer *timer);

static void judge(struct trunk_health *health, bool answered, const char *text)
{
	const struct cfg_trunk *cfg = health->way.cfg;
	struct call_engine *engine = health->way.engine;

	trunk_way_stop(&health->way);
	loop_timer_set(engine->loop, &health->timer, cfg->health_ms, on_timer);
	snprintf(health->answer, sizeof(health->answer), "%s", text);
	if (answered != health->down) {
		health->against = 0;
		return;
	}
	if (++health->against < (health->down ? cfg->health_rise : cfg->health_fall))
		return;
	health->against = 0;
	health->down = !health->down;
	health->since_ms = loop_now_ms(engine->loop);
	log_warn("trunk %s is %s: %s", cfg->name, health->down ? "down" : "up again", text);
	health->changed(health, health->down);
}

/* Of this try alone: each has a Call-ID, tag and CSeq of its own. */
static void write_headers(const struct trunk_health *health, struct sip_out *out)
{
	const struct call_listener *listener = call_listener(&health->way.to);
	struct sip_stack *stack = health->way.engine->stack;
	char token[SIP_TOKEN_STRLEN], host[TP_ADDR_STRLEN];

	sip_out_str(out, "From: <sip:");
	sip_out_view(out, listener->host);
	sip_out_printf(out, ">;tag=%s\r\n", sip_token(stack, 64, token));
	sip_out_printf(out, "To: <sip:%s>\r\n", tp_addr_host(&health->way.to.remote, host));
	sip_out_printf(out, "Call-ID: %s\r\nCSeq: 1 OPTIONS\r\n", sip_call_id(stack, token));
	call_write_max_forwards(out, -1);
	sip_out_str(out, "Contact: <sip:");
	sip_out_view(out, listener->hostport);
	sip_out_str(out, ">\r\nAccept: " CALL_ACCEPT "\r\n");
}

static void send_options(void *user)
{
	struct trunk_health *health = user;
	struct sip_request request = { .method = SIP_OPTIONS };
	const struct cfg_uri *uri = &health->way.cfg->address.uri;
	struct sip_out out = call_headers(health->way.engine);
	char ruri[300], address[TP_ADDR_STRLEN], note[96];

	snprintf(ruri, sizeof(ruri), "%s:%s", uri->where.sips ? "sips" : "sip",
		 uri->text ? uri->target : tp_addr_format(&health->way.to.remote, address));
	request.ruri = view_str(ruri);
	write_headers(health, &out);
	request.headers = sip_out_text(&out);
	snprintf(note, sizeof(note), "health of trunk %s", health->way.cfg->name);
	if (!sip_out_ok(&out) || trunk_way_send(&health->way, &request, note))
		judge(health, !health->down, "no memory to send");
}

static void final(void *user, const struct sip_msg *response)
{
	struct trunk_health *health = user;
	char text[sizeof(health->answer)], peer[TP_ADDR_STRLEN];

	if (response->status == 503 &&
	    trunk_way_elsewhere(&health->way, CALL_HOP_UNAVAILABLE, call_hop_retry_after(response)))
		return;
	snprintf(text, sizeof(text), "%d from %s", response->status,
		 tp_addr_format(&health->way.to.remote, peer));
	judge(health, response->status != 503, text);
}

static void failed(void *user, const char *why)
{
	judge(user, false, why);
}

static const struct trunk_way_ops way_ops = {
	.send = send_options,
	.final = final,
	.failed = failed,
};

static void on_timer(struct timer *timer)
{
	struct trunk_health *health =
		(struct trunk_health *)((char *)timer - offsetof(struct trunk_health, timer));

	trunk_way_follow(&health->way, cfg_trunk_asked_as);
	trunk_way_begin(&health->way);
}

struct trunk_health *trunk_health_alloc(struct call_engine *engine, const struct cfg_trunk *cfg,
					void (*changed)(struct trunk_health *health, bool down))
{
	struct trunk_health *health = calloc(1, sizeof(*health));

	if (!health)
		return NULL;
	trunk_way_init(&health->way, engine, cfg, &way_ops, health);
	/* Who lets calls wait is of no use to them either. */
	health->way.brief = true;
	health->changed = changed;
	health->since_ms = loop_now_ms(engine->loop);
	return health;
}

void trunk_health_stop(struct trunk_health *health)
{
	loop_timer_cancel(health->way.engine->loop, &health->timer);
	trunk_way_stop(&health->way);
	health->against = 0;
	health->answer[0] = '\0';
	if (health->down)
		health->changed(health, false);
	health->down = false;
	health->since_ms = loop_now_ms(health->way.engine->loop);
}

void trunk_health_free(struct trunk_health *health)
{
	if (!health)
		return;
	loop_timer_cancel(health->way.engine->loop, &health->timer);
	trunk_way_clean(&health->way);
	free(health);
}

void trunk_health_start(struct trunk_health *health, uint32_t delay_ms)
{
	loop_timer_set(health->way.engine->loop, &health->timer, delay_ms, on_timer);
}
