// SPDX-License-Identifier: GPL-2.0-or-later
/* "call show": all that is known of one call. */
#include "admin/call_object.h"
#include "admin/text.h"

/* NULL: none. */
static json_t *session_object(const struct call_leg_info *leg)
{
	if (!leg->session_interval)
		return NULL;
	return json_pack("{s:I, s:s, s:I}",
			 "interval", (json_int_t)leg->session_interval,
			 "refresher", leg->session_refresher,
			 "left_ms", (json_int_t)leg->session_left_ms);
}

static json_t *leg_object(const char *name, const struct call_leg_info *leg)
{
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o*}",
			 "name", name,
			 "realm", admin_text(leg->realm),
			 "call_id", admin_text(leg->call_id),
			 "local", admin_text(leg->local_uri),
			 "remote", admin_text(leg->remote_uri),
			 "local_tag", admin_text(leg->local_tag),
			 "remote_tag", admin_text(leg->remote_tag),
			 "remote_target", admin_text(leg->remote_target),
			 "peer", admin_addr(&leg->peer),
			 "state", admin_text(leg->state),
			 "session_timer", session_object(leg));
}

/* null for what is not counted. */
static json_t *quality(const struct media_stream_stats *stream, int64_t value)
{
	return stream->transparent ? json_null() : json_integer(value);
}

static json_t *stream_object(const struct media_stream_stats *stream)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I, s:o, s:o, s:o, s:o, s:b}",
			 "type", admin_text(stream->type),
			 "a_local", admin_host_port(&stream->local[MEDIA_A]),
			 "a_remote", admin_host_port(&stream->remote[MEDIA_A]),
			 "b_local", admin_host_port(&stream->local[MEDIA_B]),
			 "b_remote", admin_host_port(&stream->remote[MEDIA_B]),
			 "codec", admin_text(stream->codec),
			 "a_rx_packets", (json_int_t)stream->rx_packets[MEDIA_A],
			 "b_rx_packets", (json_int_t)stream->rx_packets[MEDIA_B],
			 "a_lost", quality(stream, stream->lost[MEDIA_A]),
			 "b_lost", quality(stream, stream->lost[MEDIA_B]),
			 "a_jitter_us", quality(stream, stream->jitter_us[MEDIA_A]),
			 "b_jitter_us", quality(stream, stream->jitter_us[MEDIA_B]),
			 "held", stream->held);
}

static json_t *media_list(const struct media_stats *media)
{
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < media->nstreams; i++)
		json_array_append_new(list, stream_object(&media->streams[i]));
	return list;
}

static json_t *digits_object(const struct call_digits *digits)
{
	return json_pack("{s:I, s:I, s:I, s:I}",
			 "a_events", (json_int_t)digits->events[MEDIA_A],
			 "b_events", (json_int_t)digits->events[MEDIA_B],
			 "a_info", (json_int_t)digits->info[MEDIA_A],
			 "b_info", (json_int_t)digits->info[MEDIA_B]);
}

json_t *admin_call_details(const struct call_info *info)
{
	json_t *call = admin_call_object(info), *more;

	more = json_pack("{s:[o, o], s:o, s:o, s:o, s:o, s:o, s:o}",
			 "legs", leg_object("A", &info->legs[0]), leg_object("B", &info->legs[1]),
			 "setup_ms", admin_optional_ms(info->setup_ms),
			 "ring_ms", admin_optional_ms(info->ring_ms),
			 "talk_ms", admin_optional_ms(info->talk_ms),
			 "ended_by", admin_text(info->ended_by),
			 "dtmf", digits_object(&info->digits),
			 "media", media_list(&info->media));
	if (!more || json_object_update(call, more)) {
		json_decref(call);
		call = NULL;
	}
	json_decref(more);
	return call;
}

static void gather(struct admin_part *part)
{
	admin_call_gather(part, admin_call_details);
}

json_t *admin_call_show(struct admin_request *request)
{
	return admin_call_describe(request, gather);
}
