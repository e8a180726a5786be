// SPDX-License-Identifier: GPL-2.0-or-later
/* Questions about calls, from the control socket. */
#include <errno.h>

#include "call/exchange.h"

/* URI texts of one answer; the engine's buffer is free outside of messages. */
static const char *uri_text(struct sip_out *out, struct view address)
{
	struct sip_nameaddr addr;
	const char *text = out->p + out->len;

	if (sip_nameaddr_parse(&addr, address))
		return "";
	sip_out_view(out, addr.uri);
	sip_out_view(out, (struct view){ "", 1 });
	return sip_out_ok(out) ? text : "";
}

static void describe_session(const struct call *call, const struct call_session *session,
			     struct call_leg_info *info)
{
	if (!session->interval)
		return;
	info->session_interval = session->interval;
	info->session_refresher = session->refresher == CALL_REFRESHER_SIPD ? "sipd" : "peer";
	if (call->state < CALL_ENDING)
		info->session_left_ms = call_session_left_ms(session, call_now(call));
}

static void describe_leg(const struct call *call, enum media_side side, struct sip_out *out,
			 struct call_leg_info *info)
{
	const struct sip_dialog *leg = call->pairs ? &call->pairs->leg[side] : NULL;

	*info = (struct call_leg_info){
		.realm = call->realm[side]->cfg->name,
		.call_id = "",
		.local_uri = "",
		.remote_uri = "",
		.local_tag = "",
		.remote_tag = "",
		.remote_target = "",
		.session_refresher = "",
		.state = sip_dialog_state_name(leg ? leg->state : SIP_DIALOG_NONE),
	};
	if (!leg)
		return;
	info->call_id = sip_dialog_text(leg, SIP_DIALOG_CALL_ID).p;
	info->local_tag = sip_dialog_text(leg, SIP_DIALOG_LOCAL_TAG).p;
	info->remote_tag = sip_dialog_text(leg, SIP_DIALOG_REMOTE_TAG).p;
	info->remote_target = sip_dialog_text(leg, SIP_DIALOG_TARGET).p;
	info->local_uri = uri_text(out, sip_dialog_text(leg, SIP_DIALOG_LOCAL));
	info->remote_uri = uri_text(out, sip_dialog_text(leg, SIP_DIALOG_REMOTE));
	info->peer = leg->flow.remote;
	describe_session(call, &call->pairs->session[side], info);
}

static int64_t since(uint64_t from, uint64_t to)
{
	return from && to ? (int64_t)(to - from) : -1;
}

static void describe_media(const struct call *call, struct media_stats *stats)
{
	stats->nstreams = 0;
	if (call->media) {
		if (media_call_stats(call->media, stats))
			stats->nstreams = 0;
	} else if (call->media_stats) {
		stats->nstreams = call->media_stats->nstreams;
		memcpy(stats->streams, call->media_stats->streams,
		       stats->nstreams * sizeof(*stats->streams));
	}
}

static void describe(struct call *call, struct call_info *info)
{
	struct call_engine *engine = call->engine;
	uint64_t end = call->end_ms ? call->end_ms : call_now(call);
	struct sip_out out;

	sip_out_init(&out, engine->body, sizeof(engine->body));
	memcpy(info->id, call->id, sizeof(info->id));
	info->state = (enum call_state)call->state;
	describe_leg(call, MEDIA_A, &out, &info->legs[MEDIA_A]);
	describe_leg(call, MEDIA_B, &out, &info->legs[MEDIA_B]);
	info->from = info->legs[MEDIA_A].remote_uri;
	info->to = call->of_transfer ? info->legs[MEDIA_B].remote_uri :
				       info->legs[MEDIA_A].local_uri;
	info->start = call->start;
	info->duration_ms = end - call->start_ms;
	info->ring_ms = since(call->start_ms, call->ring_ms);
	info->setup_ms = since(call->start_ms, call->answer_ms);
	info->talk_ms = since(call->answer_ms, end);
	info->code = call->code;
	info->reason = call->reason ? call->reason : "";
	info->ended_by = call->ended_by;
	info->media.nstreams = 0;
	info->digits = call->digits;
	info->ladder = &call->ladder;
}

static void each(struct call_list *list, void (*cb)(const struct call_info *info, void *arg),
		 void *arg)
{
	struct call_info info;
	struct call *call;

	for (call = TAILQ_FIRST(list); call; call = TAILQ_NEXT(call, link)) {
		describe(call, &info);
		cb(&info, arg);
	}
}

void call_each(struct call_engine *engine, bool finished,
	       void (*cb)(const struct call_info *info, void *arg), void *arg)
{
	each(&engine->active, cb, arg);
	if (finished)
		each(&engine->finished, cb, arg);
}

/* Looks for the one call whose id begins with @id, or is it. */
static int find_in(struct call_list *list, const char *id, struct call **found)
{
	size_t len = strlen(id);
	struct call *call;

	for (call = TAILQ_FIRST(list); call; call = TAILQ_NEXT(call, link)) {
		if (strncasecmp(call->id, id, len))
			continue;
		if (*found)
			return -EEXIST;
		*found = call;
	}
	return 0;
}

static int find(struct call_engine *engine, const char *id, struct call **found)
{
	int ret;

	*found = NULL;
	ret = find_in(&engine->active, id, found);
	if (!ret)
		ret = find_in(&engine->finished, id, found);
	if (!ret && !*found)
		ret = -ENOENT;
	return ret;
}

int call_find(struct call_engine *engine, const char *id,
	      void (*cb)(const struct call_info *info, void *arg), void *arg)
{
	struct call_info info;
	struct call *call;
	int ret;

	ret = find(engine, id, &call);
	if (ret)
		return ret;
	describe(call, &info);
	describe_media(call, &info.media);
	cb(&info, arg);
	return 0;
}

int call_kill(struct call_engine *engine, const char *id, char full_id[CALL_ID_STRLEN])
{
	static const struct call_ending ending = {
		.by = "operator",
		.why = "killed by operator",
		.status = 480,
		.reason = VIEW_LIT("SIP;cause=480;text=\"Ended by operator\""),
	};
	struct call *call;
	int ret;

	ret = find(engine, id, &call);
	if (ret)
		return ret;
	memcpy(full_id, call->id, CALL_ID_STRLEN);
	if (call->state >= CALL_ENDING)
		return -EALREADY;
	call_note(call, CALL_NOTE_END, "killed by operator");
	call_end(call, &ending);
	return 0;
}
