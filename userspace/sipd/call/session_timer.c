// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/exchange.h"

static enum cfg_session_timers mode_of(const struct call_pair *pair, unsigned int side)
{
	const struct call_realm *realm = call_listener(&pair->leg[side].flow)->realm;

	return call_settings_realm(pair->call->settings, realm)->session_timers;
}

/* --- headers --- */

static bool lists(const struct sip_msg *msg, enum sip_hdr_id id, struct view word)
{
	const struct sip_header *header = NULL;
	struct view rest, element;

	while ((header = sip_msg_header(msg, id, header))) {
		rest = header->value;
		while (sip_list_next(&rest, &element))
			if (view_ieq(view_trim(element), word))
				return true;
	}
	return false;
}

static bool requires_timer(const struct sip_msg *msg)
{
	return lists(msg, SIP_HDR_REQUIRE, VIEW_LIT("timer"));
}

static bool supports_timer(const struct sip_msg *msg)
{
	return requires_timer(msg) || lists(msg, SIP_HDR_SUPPORTED, VIEW_LIT("timer"));
}

static enum call_allows allows_update(const struct sip_msg *msg)
{
	if (!sip_msg_header(msg, SIP_HDR_ALLOW, NULL))
		return CALL_ALLOWS_UNKNOWN;
	return lists(msg, SIP_HDR_ALLOW, VIEW_LIT("UPDATE")) ? CALL_ALLOWS : CALL_ALLOWS_NOT;
}

/* delta-seconds and parameters. *seconds is 0 without the header; false: it cannot be read. */
static bool read_seconds(const struct sip_msg *msg, enum sip_hdr_id id, uint32_t *seconds,
			 struct view *params)
{
	const struct sip_header *header = sip_msg_header(msg, id, NULL);
	struct view digits;
	const char *semicolon;

	*seconds = 0;
	*params = VIEW_NONE;
	if (!header)
		return true;
	digits = header->value;
	semicolon = memchr(digits.p, ';', digits.len);
	if (semicolon) {
		params->p = semicolon + 1;
		params->len = (size_t)(digits.p + digits.len - params->p);
		digits.len = (size_t)(semicolon - digits.p);
	}
	return !view_to_u32(view_trim(digits), UINT32_MAX, seconds) && *seconds;
}

/* "uac" is who sent the request: @uac. */
static enum call_refresher read_refresher(struct view params, enum call_refresher uac)
{
	struct view value;

	if (!sip_param(params, VIEW_LIT("refresher"), &value))
		return CALL_REFRESHER_NONE;
	if (view_ieq(value, VIEW_LIT("uac")))
		return uac;
	if (!view_ieq(value, VIEW_LIT("uas")))
		return CALL_REFRESHER_NONE;
	return uac == CALL_REFRESHER_PEER ? CALL_REFRESHER_SIPD : CALL_REFRESHER_PEER;
}

static void write_seconds(struct sip_out *out, const char *name, uint32_t seconds)
{
	sip_out_str(out, name);
	sip_out_str(out, ": ");
	sip_out_u32(out, seconds);
}

static uint32_t larger(uint32_t a, uint32_t b)
{
	return a > b ? a : b;
}

/* Min-SE: @least, where it is not what everybody presumes (s.5) or has been demanded (s.7.1). */
static void write_interval(struct sip_out *out, uint32_t interval, const char *refresher,
			   uint32_t least, bool demanded)
{
	write_seconds(out, "Session-Expires", interval);
	if (refresher) {
		sip_out_str(out, ";refresher=");
		sip_out_str(out, refresher);
	}
	sip_out_str(out, "\r\n");
	if (least <= CFG_MIN_SE_DEFAULT && !demanded)
		return;
	write_seconds(out, "Min-SE", least);
	sip_out_str(out, "\r\n");
}

/* --- what was agreed --- */

static void agree(struct call_pair *pair, unsigned int side, uint32_t interval,
		  enum call_refresher refresher)
{
	struct call_session *session = &pair->session[side];
	const char *peer = call_side_name((enum media_side)side);
	bool same;

	if (!interval)
		refresher = CALL_REFRESHER_NONE;
	same = session->interval == interval && session->refresher == refresher;
	session->interval = interval;
	session->refresher = (uint8_t)refresher;
	if (!same && interval)
		call_note_printf(pair->call, CALL_NOTE_CHANGE,
				 "session timer of the %s: %u s, refreshed by %s", peer, interval,
				 refresher == CALL_REFRESHER_SIPD ? "sipd" : "it");
	else if (!same)
		call_note_printf(pair->call, CALL_NOTE_CHANGE,
				 "session timer of the %s: none any more", peer);
	call_session_restart(pair, side);
}

/* --- as UAS (s.9) --- */

static int unreadable(const struct tp_flow *from, const char *text, struct sip_out *lines)
{
	call_write_warning(lines, from, 399, text);
	return 400;
}

int call_session_screen(const struct call_settings *settings, const struct sip_msg *req,
			const struct tp_flow *from, struct sip_out *lines)
{
	const struct cfg_realm *realm = call_settings_realm(settings, call_listener(from)->realm);
	uint32_t least = settings->cfg->min_se, interval, min_se;
	struct view params;

	if (req->method != SIP_INVITE && req->method != SIP_UPDATE)
		return 0;
	if (realm->session_timers == CFG_SESSION_TIMERS_OFF) {
		if (!requires_timer(req))
			return 0;
		sip_out_str(lines, "Unsupported: timer\r\n");
		return 420;
	}
	if (!read_seconds(req, SIP_HDR_SESSION_EXPIRES, &interval, &params))
		return unreadable(from, "Session-Expires cannot be read", lines);
	if (!read_seconds(req, SIP_HDR_MIN_SE, &min_se, &params))
		return unreadable(from, "Min-SE cannot be read", lines);
	/* Who does not know of timers cannot be told: a proxy has written this, and gets more. */
	if (!interval || interval >= least || !supports_timer(req))
		return 0;
	write_seconds(lines, "Min-SE", least);
	sip_out_str(lines, "\r\n");
	return 422;
}

void call_session_asked(struct call_relay *relay, const struct sip_msg *req)
{
	struct call_session_ask *ask = &relay->ask;
	struct view params, unused;

	ask->update = allows_update(req);
	ask->timer = supports_timer(req);
	read_seconds(req, SIP_HDR_MIN_SE, &ask->min_se, &unused);
	read_seconds(req, SIP_HDR_SESSION_EXPIRES, &ask->interval, &params);
	ask->refresher = read_refresher(params, CALL_REFRESHER_PEER);
}

/* What was asked for, else what there is, or else what the realm wants; 0: nothing. */
static uint32_t choose_interval(const struct call_session_ask *ask,
				const struct call_session *session, const struct cfg *cfg,
				enum cfg_session_timers mode)
{
	uint32_t most = larger(cfg->session_expires, larger(ask->min_se, cfg->min_se));

	if (ask->interval)
		return ask->interval > most ? most : larger(ask->interval, cfg->min_se);
	if (session->interval)
		return larger(session->interval, ask->min_se);
	return mode == CFG_SESSION_TIMERS_REQUEST ? most : 0;
}

static enum call_refresher choose_refresher(const struct call_session_ask *ask,
					    const struct call_session *session)
{
	if (!ask->timer)
		return CALL_REFRESHER_SIPD;
	if (ask->refresher)
		return ask->refresher;
	return session->refresher ? session->refresher : CALL_REFRESHER_PEER;
}

/* Only what has a session can be refreshed: an UPDATE before the 2xx changes nothing of it. */
static bool is_early(const struct call_relay *relay, const struct sip_dialog *leg)
{
	return relay->method != SIP_INVITE && leg->state != SIP_DIALOG_CONFIRMED;
}

void call_session_write_2xx(struct sip_out *out, struct call_relay *relay, struct call_pair *pair)
{
	const struct cfg *cfg = relay->call->settings->cfg;
	const struct call_session_ask *ask = &relay->ask;
	struct call_session *session = &pair->session[relay->from];
	enum cfg_session_timers mode = mode_of(pair, relay->from);
	enum call_refresher refresher;
	uint32_t interval;

	if (ask->update)
		session->update = ask->update;
	if (mode == CFG_SESSION_TIMERS_OFF)
		return;
	sip_out_str(out, "Supported: timer\r\n");
	if (is_early(relay, &pair->leg[relay->from]))
		return;
	interval = choose_interval(ask, session, cfg, mode);
	refresher = choose_refresher(ask, session);
	if (interval) {
		if (ask->timer)
			sip_out_str(out, "Require: timer\r\n");
		write_interval(out, interval, refresher == CALL_REFRESHER_PEER ? "uac" : "uas", 0,
			       false);
	}
	agree(pair, relay->from, interval, refresher);
}

/* --- as UAC (s.7) --- */

void call_session_write_request(struct sip_out *out, struct call_relay *relay,
				const struct call_pair *pair)
{
	unsigned int side = call_other((enum media_side)relay->from);
	const struct cfg *cfg = relay->call->settings->cfg;
	const struct call_session *session = &pair->session[side];
	enum cfg_session_timers mode = mode_of(pair, side);
	uint32_t least = larger(cfg->min_se, session->min_se);
	const char *refresher = NULL;

	if ((relay->method != SIP_INVITE && relay->method != SIP_UPDATE) ||
	    mode == CFG_SESSION_TIMERS_OFF)
		return;
	sip_out_str(out, "Supported: timer\r\n");
	if (is_early(relay, &pair->leg[side]))
		return;
	relay->asked = session->interval;
	if (!relay->asked && mode == CFG_SESSION_TIMERS_REQUEST)
		relay->asked = larger(cfg->session_expires, least);
	if (!relay->asked)
		return;
	/* Who refreshes does not change by a refresh; at first it is the peer's choice (s.7.4). */
	if (pair->leg[side].state == SIP_DIALOG_CONFIRMED)
		refresher = session->refresher == CALL_REFRESHER_PEER ? "uas" : "uac";
	write_interval(out, relay->asked, refresher, least, session->min_se);
}

void call_session_accepted(struct call_relay *relay, struct call_pair *pair,
			   const struct sip_msg *response)
{
	unsigned int side = call_other((enum media_side)relay->from);
	const struct cfg *cfg = relay->call->settings->cfg;
	struct call_session *session = &pair->session[side];
	enum cfg_session_timers mode = mode_of(pair, side);
	enum call_refresher refresher = CALL_REFRESHER_SIPD;
	enum call_allows update = allows_update(response);
	uint32_t interval;
	struct view params;

	if (update)
		session->update = (uint8_t)update;
	if (mode == CFG_SESSION_TIMERS_OFF || is_early(relay, &pair->leg[side]))
		return;
	if (!read_seconds(response, SIP_HDR_SESSION_EXPIRES, &interval, &params))
		interval = relay->asked;
	if (interval) {
		if (read_refresher(params, CALL_REFRESHER_SIPD) == CALL_REFRESHER_PEER)
			refresher = CALL_REFRESHER_PEER;
		/* So that nobody is made to send without end. */
		interval = larger(interval, cfg->min_se);
	} else if (mode == CFG_SESSION_TIMERS_REQUEST) {
		/* It knows no timers: its answer to our refreshes tells that it lives (s.7.2). */
		interval = relay->asked;
	}
	agree(pair, side, interval, refresher);
}

bool call_session_longer(struct call_relay *relay, struct call_pair *pair,
			 const struct sip_msg *refusal, struct sip_out *lines)
{
	unsigned int side = call_other((enum media_side)relay->from);
	struct call_session *session = &pair->session[side];
	const char *refresher = NULL;
	struct view params;
	uint32_t min_se;

	if (!read_seconds(refusal, SIP_HDR_MIN_SE, &min_se, &params) || min_se <= relay->asked ||
	    !relay->asked)
		return false;
	session->min_se = min_se;
	relay->asked = min_se;
	if (pair->leg[side].state == SIP_DIALOG_CONFIRMED)
		refresher = session->refresher == CALL_REFRESHER_PEER ? "uas" : "uac";
	write_interval(lines, min_se, refresher, min_se, true);
	call_note_printf(relay->call, CALL_NOTE_CHANGE,
			 "422 from the %s: its sessions last %u s at least, asked for that",
			 call_side_name((enum media_side)side), min_se);
	return true;
}
