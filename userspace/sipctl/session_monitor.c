// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl session monitor": a line an event, with -j a document an event. */
#include <inttypes.h>
#include <stdlib.h>

#include "sipctl/command.h"
#include "sipctl/monitor.h"
#include "sipctl/names.h"
#include "sipctl/session_json.h"
#include "sipctl/text.h"

static const char *const event_names[] = {
	[SF_EVENT_LEARNED] = "learned",	  [SF_EVENT_TIMEOUT] = "timeout",
	[SF_EVENT_INACTIVE] = "inactive", [SF_EVENT_RESUMED] = "resumed",
	[SF_EVENT_SSRC] = "ssrc",	  [SF_EVENT_REJECTED] = "rejected",
	[SF_EVENT_DTMF] = "dtmf",	  [SF_EVENT_ICMP] = "icmp",
	[SF_EVENT_OVERRUN] = "overrun",
};

/* RFC 4733 s.3.2; other events go by their number. */
static char *name_digit(unsigned int event)
{
	static const char digits[] = "0123456789*#ABCD";

	return event < sizeof(digits) - 1 ? text_format("%c", digits[event]) :
					    text_format("%u", event);
}

static json_t *dtmf_json(const struct sf_dtmf *dtmf)
{
	char *digit = name_digit(dtmf->event);
	json_t *object = json_pack("{s:i, s:s, s:i, s:I}", "event", dtmf->event, "digit", digit,
				   "volume", -dtmf->volume, "duration_ms",
				   (json_int_t)dtmf->duration_ms);

	free(digit);
	return object;
}

static json_t *icmp_json(const struct sf_icmp *icmp)
{
	json_t *object = json_pack("{s:i, s:i}", "type", icmp->type, "code", icmp->code);

	json_object_set_new(object, "mtu", icmp->mtu ? json_integer(icmp->mtu) : json_null());
	return object;
}

static void set_details(json_t *object, const struct sf_event *event, const struct sf_endpoint *ep)
{
	if (event->type == SF_EVENT_LEARNED)
		json_object_set_new(object, "remote", session_json_address(&ep->remote));
	else if (event->type == SF_EVENT_REJECTED)
		json_object_set_new(object, "source", session_json_address(&event->rejected));
	else if (event->type == SF_EVENT_DTMF)
		json_object_set_new(object, "dtmf", dtmf_json(&event->dtmf));
	else if (event->type == SF_EVENT_ICMP)
		json_object_set_new(object, "icmp", icmp_json(&event->icmp));
	else
		json_object_set_new(object, "rx", session_json_rx(ep));
	if (event->type == SF_EVENT_RESUMED)
		json_object_set_new(object, "gap_ms", json_integer(event->gap_ms));
	if (event->type == SF_EVENT_SSRC)
		json_object_set_new(object, "old_ssrc", json_integer(event->old_ssrc));
}

static void print_json(struct ctl *ctl, const char *time, const struct sf_event *event)
{
	const struct sf_session *session = event->session;
	json_t *object = monitor_json(time, event_names[event->type]);

	if (event->type == SF_EVENT_TIMEOUT) {
		json_object_set_new(object, "session", session_json(session));
	} else if (event->type != SF_EVENT_OVERRUN && session->nendpoints) {
		json_object_set_new(object, "id", session_json_id(session->id));
		json_object_set_new(object, "owner", json_integer(session->owner));
		json_object_set_new(object, "endpoint", json_integer(session->endpoints[0].id));
		set_details(object, event, &session->endpoints[0]);
	}
	ctl_print_json(ctl, object);
}

static void print_details(const struct sf_event *event, const struct sf_endpoint *ep)
{
	const struct sf_address *address = NULL;
	char *text = NULL;

	switch (event->type) {
	case SF_EVENT_LEARNED:
		address = &ep->remote;
		break;
	case SF_EVENT_REJECTED:
		address = &event->rejected;
		break;
	case SF_EVENT_RESUMED:
		text = text_duration(event->gap_ms);
		printf(" after %s", text);
		break;
	case SF_EVENT_SSRC:
		printf(" 0x%08" PRIx32 " after 0x%08" PRIx32, ep->rx.ssrc, event->old_ssrc);
		break;
	case SF_EVENT_DTMF:
		text = name_digit(event->dtmf.event);
		printf(" digit %s volume -%udBm0 duration %" PRIu32 "ms", text, event->dtmf.volume,
		       event->dtmf.duration_ms);
		break;
	case SF_EVENT_ICMP:
		printf(" type %u code %u", event->icmp.type, event->icmp.code);
		if (event->icmp.mtu)
			printf(" mtu %" PRIu32, event->icmp.mtu);
		break;
	default:
		printf(" received %" PRIu64, ep->rx.packets);
		if (event->type == SF_EVENT_TIMEOUT)
			printf(" sent %" PRIu64, ep->tx.packets);
		break;
	}
	if (address) {
		text = name_address(address);
		printf(" %s %s", event->type == SF_EVENT_LEARNED ? "remote" : "source", text);
	}
	free(text);
}

static void print_line(const char *time, const struct sf_event *event)
{
	const struct sf_session *session = event->session;
	char *owner;

	printf("%s %s", time, event_names[event->type]);
	if (event->type == SF_EVENT_OVERRUN) {
		printf(": events were lost\n");
		return;
	}
	owner = name_owner(session->owner);
	printf(" session %" PRIu64 " owner %s", session->id, owner);
	free(owner);
	for (unsigned int i = 0; i < session->nendpoints; i++) {
		printf(" endpoint %" PRIu32, session->endpoints[i].id);
		print_details(event, &session->endpoints[i]);
	}
	putchar('\n');
}

static void print_event(const struct sf_event *event, void *arg)
{
	struct ctl *ctl = arg;
	char time[MONITOR_TIME_SIZE];

	monitor_time(time);
	if (ctl->json)
		print_json(ctl, time, event);
	else
		print_line(time, event);
}

static int read_events(struct ctl *ctl, void *monitor)
{
	return sf_monitor_read(monitor, print_event, ctl);
}

int session_monitor(struct ctl *ctl, int argc, char **argv)
{
	struct sf_monitor *monitor;
	int code;

	(void)argc;
	(void)argv;
	if (sf_monitor_open(&monitor))
		return monitor_fail(ctl);
	code = monitor_run(ctl, sf_monitor_fd(monitor), read_events, monitor);
	sf_monitor_close(monitor);
	return code;
}
