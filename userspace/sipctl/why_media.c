// SPDX-License-Identifier: GPL-2.0-or-later
/* Media that did not flow as it should: nothing, one way only, from elsewhere, with losses. */
#include <stdlib.h>
#include <string.h>

#include "sipctl/field.h"
#include "sipctl/text.h"
#include "sipctl/why.h"

/* Percent of packets lost, from which on it is told. */
#define LOSS_TOLD 2

static const char *const sides[] = { "caller", "callee" };
static const char *const received[] = { "a_rx_packets", "b_rx_packets" };
static const char *const lost[] = { "a_lost", "b_lost" };
static const char *const remote[] = { "a_remote", "b_remote" };
static const char *const local[] = { "a_local", "b_local" };

static void say_one_way(struct why *why, const json_t *stream, unsigned int silent)
{
	why_say(why,
		"One-way %s: %lld packets came from the %s, none from the %s. What is sent to the "
		"%s goes to %s; what he sends is awaited at %s.",
		field_text(stream, "type"), field_int(stream, received[!silent]), sides[!silent],
		sides[silent], sides[silent], field_text(stream, remote[silent]),
		field_text(stream, local[silent]));
	why_say(why,
		"What to do: look for %s to %s at the interface (tcpdump); if there is none, see "
		"the NAT, firewall or media address of the %s.",
		strcmp(field_text(stream, "type"), "image") ? "RTP" : "UDPTL",
		field_text(stream, local[silent]), sides[silent]);
}

static void say_loss(struct why *why, const json_t *stream, unsigned int side)
{
	long long came = field_int(stream, received[side]);
	long long missing = field_int(stream, lost[side]);

	if (came + missing > 0 && missing * 100 >= (came + missing) * LOSS_TOLD)
		why_say(why, "Of the %s from the %s %lld of %lld packets were lost: %lld %%.",
			field_text(stream, "type"), sides[side], missing, came + missing,
			missing * 100 / (came + missing));
}

static void say_stream(struct why *why, const json_t *stream)
{
	long long from_a = field_int(stream, received[0]), from_b = field_int(stream, received[1]);

	if (!strlen(field_text(stream, "a_local")) || !strlen(field_text(stream, "b_local")))
		return;
	if (json_is_true(json_object_get(stream, "held")))
		why_say(why, "The %s was on hold at the end.", field_text(stream, "type"));
	else if (!from_a && !from_b)
		why_say(why,
			"No packet of %s came from either side: not at %s from the caller, not at "
			"%s from the callee.",
			field_text(stream, "type"), field_text(stream, "a_local"),
			field_text(stream, "b_local"));
	else if (!from_a || !from_b)
		say_one_way(why, stream, from_a ? 1 : 0);
	for (unsigned int side = 0; side < 2; side++)
		say_loss(why, stream, side);
}

/* "learned: audio B 192.0.2.9:4000, SDP says 10.0.0.9:4000" */
static void say_learned(struct why *why, const json_t *call)
{
	json_t *note;
	size_t i;

	json_array_foreach(json_object_get(call, "notes"), i, note) {
		const char *text = field_text(note, "text");

		if (!strcmp(field_text(note, "note"), "media") && !strncmp(text, "learned: ", 9) &&
		    strstr(text, "SDP says"))
			why_say(why,
				"Media came from another address than the SDP says, as behind NAT, "
				"and is sent there: %s.",
				text + 9);
	}
}

void why_media(struct why *why, const json_t *call)
{
	json_t *stream;
	size_t i;

	if (json_is_true(json_object_get(call, "answered")))
		json_array_foreach(json_object_get(call, "media"), i, stream)
			say_stream(why, stream);
	say_learned(why, call);
}
