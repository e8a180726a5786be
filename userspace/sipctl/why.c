// SPDX-License-Identifier: GPL-2.0-or-later
/* The account of a call, or of a request that never became one. */
#include "sipctl/why.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sipctl/field.h"
#include "sipctl/sip_code.h"
#include "sipctl/text.h"

/* How the note about another target ends. */
#define TRIED ": tried"

static const json_t *leg_of(const json_t *call, size_t side)
{
	return json_array_get(json_object_get(call, "legs"), side);
}

static bool has_number(const json_t *call, const char *key)
{
	return json_is_number(json_object_get(call, key));
}

static bool answered(const json_t *call)
{
	return json_is_true(json_object_get(call, "answered"));
}

static void say_beginning(struct why *why, const json_t *call)
{
	char *start = text_time(json_number_value(json_object_get(call, "start")));
	const char *route = why_note(call, "route");

	why_say(why, "%s called %s at %s, from %s in realm %s.", field_text(call, "from"),
		field_text(call, "to"), start, field_text(leg_of(call, 0), "peer"),
		field_text(call, "realm_in"));
	if (*route)
		why_say(why, "The way was chosen by %s.", route);
	free(start);
}

static void say_attempt(struct why *why, const char *text)
{
	size_t len = strlen(text), end = sizeof(TRIED) - 1;

	if (len > end && !strcmp(text + len - end, TRIED))
		why_say(why, "Called as well: %.*s.", (int)(len - end), text);
	else
		why_say(why, "Tried: %s.", text);
}

/* Notes about what was tried on the way, in order. */
static void say_attempts(struct why *why, const json_t *call)
{
	json_t *note;
	size_t i;

	json_array_foreach(json_object_get(call, "notes"), i, note) {
		if (!strcmp(field_text(note, "note"), "try"))
			say_attempt(why, field_text(note, "text"));
		if (!strcmp(field_text(note, "note"), "forward"))
			why_say(why, "%s.", field_text(note, "text"));
	}
}

static void say_progress(struct why *why, const json_t *call)
{
	char *ring = text_duration((uint64_t)field_int(call, "ring_ms"));
	char *setup = text_duration((uint64_t)field_int(call, "setup_ms"));
	char *talk = text_duration((uint64_t)field_int(call, "talk_ms"));

	if (has_number(call, "ring_ms"))
		why_say(why, "It rang after %s.", ring);
	if (answered(call))
		why_say(why, "It was answered after %s and %s %s.", setup,
			!strcmp(field_text(call, "state"), "ended") ? "lasted" : "has lasted",
			talk);
	free(ring);
	free(setup);
	free(talk);
}

/* The INVITE to the next hop, which never got a final response. */
static void say_silence(struct why *why, const json_t *flows)
{
	const json_t *invite = why_flow_of(flows, "INVITE", "out");
	const char *peer = field_text(invite, "peer");
	long long first = field_int(invite, "first_code");

	if (!invite)
		return;
	if (!first) {
		why_say(why,
			"The INVITE was sent to %s %lld times over %s; nothing at all came back.",
			peer, field_int(invite, "retransmissions_out") + 1,
			field_text(invite, "transport"));
		why_say(why,
			"What to do: see whether %s is up and listens on that port (sipctl flow "
			"list --peer %s shows what else it has answered), and whether a firewall "
			"or a missing route drops the packets (tcpdump host).",
			peer, peer);
	} else {
		why_say(why, "%s said %lld after %lld ms, but never gave a final response.", peer,
			first, field_int(invite, "first_ms"));
		why_say(why, "What to do: ask the operator of %s why its call got stuck.", peer);
	}
}

/* The status in "486 Busy Here from ..." or, of several targets, in "trunk: 486 ..."; 0: none. */
static int code_of(const char *refusal)
{
	const char *behind = strstr(refusal, ": ");
	int code = atoi(refusal);

	return code || !behind ? code : atoi(behind + 2);
}

/* All of them; what is explained is the one that the caller was told of. */
static void say_refusals(struct why *why, const json_t *call, int code)
{
	const char *deciding = "";
	json_t *note;
	size_t i;

	json_array_foreach(json_object_get(call, "notes"), i, note) {
		const char *text = field_text(note, "text");

		if (strcmp(field_text(note, "note"), "refusal"))
			continue;
		why_say(why, "It was refused: %s.", text);
		if (!*deciding || code_of(text) == code)
			deciding = text;
	}
	why_say_code(why, code_of(deciding) < 300 ? code : code_of(deciding));
	why_say_cause(why, deciding);
}

static void say_refusal(struct why *why, const json_t *call, const json_t *flows)
{
	const char *refusal = why_note(call, "refusal"), *silence = why_note(call, "silence");
	const char *by = field_text(call, "ended_by");
	int code = (int)field_int(call, "code");

	/* Whatever those have said who were called before. */
	if (!strcmp(by, "caller")) {
		why_say(why, "The caller gave up%s.",
			has_number(call, "ring_ms") ? " while it rang" : " before it rang");
	} else if (*refusal) {
		say_refusals(why, call, code);
	} else if (!strncmp(silence, "no answer", 9)) {
		why_say(why,
			"Nobody answered: sipd gave up (%s%s), cancelled the call and told the "
			"caller %d.",
			silence,
			strstr(silence, "Expires") ? "" :
						     ": timers.no-answer, or that of the trunk",
			code);
	} else if (*silence) {
		why_say(why, "The next hop is silent: %s. The caller got %d.", silence, code);
		say_silence(why, flows);
	} else if (code) {
		why_say(why, "It was refused with %d %s by %s.", code, field_text(call, "reason"),
			by);
		why_say_code(why, code);
	}
}

/* An answered call that sipd had to end. */
static void say_fault(struct why *why, const json_t *call)
{
	const char *silence = why_note(call, "silence"), *refusal = why_note(call, "refusal");
	const char *by = field_text(call, "ended_by");

	if (!strncmp(silence, "no ACK", 6)) {
		why_say(why, "%s ended it: %s.", by, silence);
		why_say(why,
			"What to do: see whether the 200 arrives there, and whether the ACK is "
			"sent to the Contact in it (NAT, firewall, advertise).");
		return;
	}
	why_say(why, "%s ended it: %s%s%s.", by, field_text(call, "reason"), *refusal ? ", " : "",
		refusal);
}

static void say_end(struct why *why, const json_t *call, const json_t *flows)
{
	const char *by = field_text(call, "ended_by"), *note = why_note(call, "end");

	if (!*by) {
		why_say(why, "It is in progress: %s.", field_text(call, "state"));
		return;
	}
	if (!strcmp(by, "operator"))
		why_say(why, "An operator ended it, with \"sipctl call kill\".");
	else if (!strcmp(by, "media timeout"))
		why_say(why,
			"sipd ended it: %s (timers.media). Both sides are gone, or their media "
			"goes elsewhere.",
			why_note(call, "silence"));
	else if (!strcmp(by, "maximum duration"))
		why_say(why, "sipd ended it: it was as long as timers.max-call allows.");
	else if (!strcmp(by, "session timer"))
		why_say(why,
			"sipd ended it: %s. That side has vanished, or does not do what it has "
			"agreed to (RFC 4028).",
			note);
	else if (!answered(call))
		say_refusal(why, call, flows);
	else if (!strcmp(by, "caller") || !strcmp(by, "callee"))
		why_say(why, "The %s ended it: %s.", by, field_text(call, "reason"));
	else
		say_fault(why, call);
	if (strncmp(note, "Reason in", 9))
		return;
	why_say(why, "%s.", note);
	why_say_cause(why, note);
}

char *why_call(const json_t *call, const json_t *flows)
{
	struct why why = { NULL };

	say_beginning(&why, call);
	say_attempts(&why, call);
	say_progress(&why, call);
	say_end(&why, call, flows);
	why_media(&why, call);
	return why.text;
}

static void say_outcome(struct why *why, const json_t *flow)
{
	const char *end = field_text(flow, "end"), *note = field_text(flow, "note");
	const char *error = field_text(flow, "error"), *peer = field_text(flow, "peer");
	bool out = !strcmp(field_text(flow, "direction"), "out");
	int code = (int)field_int(flow, "code");

	if (*error)
		why_say(why, "%s: %s.", code ? "It is malformed and was refused" : "It was ignored",
			error);
	if (code && strcmp(end, "ignored")) {
		why_say(why, "%s answered %d %s after %.1f ms%s%s.", out ? peer : "sipd", code,
			sip_code_find(code)->reason,
			json_number_value(json_object_get(flow, "final_ms")),
			*note ? ", because: " : "", note);
		/* What sipd's own note says is more than what the code does. */
		if (code >= 300 && !*note)
			why_say_code(why, code);
	}
	if (!*end)
		why_say(why, "It has no final response yet.");
	else if (!strcmp(end, "timeout"))
		why_say(why, "%s gave no final response in time; it was sent %lld times.", peer,
			field_int(flow, "retransmissions_out") + 1);
	else if (!strcmp(end, "no-ack"))
		why_say(why,
			"The response was not acknowledged: it went to %s %lld times. Does what "
			"sipd sends arrive there?",
			peer, field_int(flow, "retransmissions_out") + 1);
	else if (!strcmp(end, "unanswered"))
		why_say(why, "It ended without a final response.");
	else if (!strcmp(end, "single"))
		why_say(why, "It belongs to no transaction that sipd knows.");
	if (field_int(flow, "retransmissions_in"))
		why_say(why, "%lld of its messages came again: responses may get lost on the way.",
			field_int(flow, "retransmissions_in"));
}

char *why_flow(const json_t *flow)
{
	bool out = !strcmp(field_text(flow, "direction"), "out");
	const char *method = field_text(flow, "method");
	char *start = text_time(json_number_value(json_object_get(flow, "start")));
	struct why why = { NULL };

	why_say(&why, "%s %s %s, realm %s, at %s, Call-ID %s.", *method ? method : "What is no SIP",
		out ? "went to" : "came from", field_text(flow, "peer"), field_text(flow, "realm"),
		start, field_text(flow, "call_id"));
	if (*field_text(flow, "from"))
		why_say(&why, "It was from %s to %s.", field_text(flow, "from"),
			field_text(flow, "to"));
	free(start);
	say_outcome(&why, flow);
	return why.text;
}
