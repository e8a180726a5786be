// SPDX-License-Identifier: GPL-2.0-or-later
/* "sipctl kernel monitor": a line an event about SIP, with -j a document an event. */
#include "sipctl/kernel_monitor.h"

#include <inttypes.h>
#include <stdlib.h>

#include "sipctl/command.h"
#include "sipctl/monitor.h"
#include "sipctl/names.h"
#include "sipctl/sip_names.h"
#include "sipctl/source.h"
#include "sipctl/text.h"

static const char *const event_names[] = {
	[SF_SIP_EVENT_BAN] = "ban",	    [SF_SIP_EVENT_OVERLOAD] = "overload",
	[SF_SIP_EVENT_RULE] = "rule",	    [SF_SIP_EVENT_MALFORMED] = "malformed",
	[SF_SIP_EVENT_OVERRUN] = "overrun",
};

/* Octets as text: printable ASCII as it is; others, quotes and the backslash as \x1b. */
static char *sample_text(const struct sf_sip_event *event)
{
	char *text = malloc(4 * event->sample_len + 1), *to = text;

	if (!text) {
		perror("sipctl");
		exit(1);
	}
	for (size_t i = 0; i < event->sample_len; i++) {
		uint8_t octet = event->sample[i];

		if (octet >= 0x20 && octet < 0x7f && octet != '\\' && octet != '"')
			*to++ = octet;
		else
			to += sprintf(to, "\\x%02x", octet);
	}
	*to = '\0';
	return text;
}

static void print_json(struct ctl *ctl, const char *time, const struct sf_sip_event *event)
{
	json_t *object = monitor_json(time, event_names[event->type]);
	const struct sf_listener *listener = &event->listener;

	switch (event->type) {
	case SF_SIP_EVENT_BAN:
		json_object_set_new(object, "observed", json_boolean(event->source.observed));
		json_object_set_new(object, "source", source_json(&event->source));
		break;
	case SF_SIP_EVENT_OVERLOAD:
		json_object_set_new(object, "listener", ctl_json_text(name_listener(listener)));
		json_object_set_new(object, "level",
				    json_string(name_of(level_names, listener->level)));
		json_object_set_new(object, "queue", json_integer(listener->queue));
		json_object_set_new(object, "load", json_integer(listener->load));
		break;
	case SF_SIP_EVENT_RULE:
		json_object_set_new(object, "rule", json_integer(event->rule.id));
		json_object_set_new(object, "action",
				    json_string(name_of(action_names, event->rule.action)));
		json_object_set_new(object, "source", ctl_json_text(name_source(&event->source)));
		break;
	case SF_SIP_EVENT_MALFORMED:
		json_object_set_new(object, "source", ctl_json_text(name_source(&event->source)));
		json_object_set_new(object, "sample", ctl_json_text(sample_text(event)));
		break;
	default:
		break;
	}
	ctl_print_json(ctl, object);
}

static void print_ban(const struct sf_source *source)
{
	char *name = name_source(source), *reason = text_escape(name_reason(source));
	char *time = source->expires_ms ? text_duration(source->expires_ms) : NULL;

	printf(" %s%s%s%s%s%s\n", name, time ? " for " : "", time ? time : "",
	       source->observed ? ", observed" : "", *reason ? ": " : "", reason);
	free(time);
	free(reason);
	free(name);
}

static void print_line(const char *time, const struct sf_sip_event *event)
{
	const struct sf_listener *listener = &event->listener;
	char *name = NULL, *sample;

	printf("%s %s", time, event_names[event->type]);
	switch (event->type) {
	case SF_SIP_EVENT_BAN:
		print_ban(&event->source);
		break;
	case SF_SIP_EVENT_OVERLOAD:
		name = name_listener(listener);
		printf(" %s level %s queue %u%% load %u%%\n", name,
		       name_of(level_names, listener->level), listener->queue, listener->load);
		break;
	case SF_SIP_EVENT_RULE:
		name = name_source(&event->source);
		printf(" %" PRIu32 " %s source %s\n", event->rule.id,
		       name_of(action_names, event->rule.action), name);
		break;
	case SF_SIP_EVENT_MALFORMED:
		name = name_source(&event->source);
		sample = sample_text(event);
		printf(" source %s sample \"%s\"\n", name, sample);
		free(sample);
		break;
	default:
		printf(": events were lost\n");
		break;
	}
	free(name);
}

void kernel_monitor_print(struct ctl *ctl, const char *time, const struct sf_sip_event *event)
{
	if (ctl->json)
		print_json(ctl, time, event);
	else
		print_line(time, event);
}

static void print_event(const struct sf_sip_event *event, void *arg)
{
	char time[MONITOR_TIME_SIZE];

	monitor_time(time);
	kernel_monitor_print(arg, time, event);
}

static int read_events(struct ctl *ctl, void *monitor)
{
	return sf_sip_monitor_read(monitor, print_event, ctl);
}

int kernel_monitor(struct ctl *ctl, int argc, char **argv)
{
	struct sf_sip_monitor *monitor;
	int code;

	(void)argc;
	(void)argv;
	if (sf_sip_monitor_open(&monitor))
		return monitor_fail(ctl);
	code = monitor_run(ctl, sf_sip_monitor_fd(monitor), read_events, monitor);
	sf_sip_monitor_close(monitor);
	return code;
}
