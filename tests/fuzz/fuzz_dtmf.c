// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Telephone events in any order: the input is a row of packets, each behind an octet of length
 * and SSRC and four of timestamp; the length 15 stands for a packet of audio.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dtmf.h"
#include "octets.h"

#define HEAD 5
#define AUDIO 15
#define RATE 8000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned int take(struct dtmf_state *state, uint32_t ssrc, uint32_t timestamp,
			 const uint8_t *payload, unsigned int len)
{
	uint8_t *copy = malloc(len ? len : 1);
	struct dtmf_event out[DTMF_MAX_REPORTS];
	bool active = dtmf_is_active(state);
	unsigned int n;

	if (!copy)
		abort();
	memcpy(copy, payload, len);
	n = dtmf_packet(state, ssrc, timestamp, copy, len, RATE, out);
	/* One for each event in it, and the one that was on. */
	if (n > DTMF_MAX_REPORTS || n > len / 4 + active)
		abort();
	for (unsigned int i = 0; i < n; i++)
		if (out[i].volume > 63)
			abort();
	/* The same again says nothing new. */
	if (len == 4 && dtmf_packet(state, ssrc, timestamp, copy, len, RATE, out))
		abort();
	free(copy);
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dtmf_state state = { 0 };
	struct dtmf_event out;

	while (size >= HEAD) {
		unsigned int len = data[0] & 0x0f, ssrc = data[0] >> 6;
		uint32_t timestamp = octets_get32(data + 1);

		data += HEAD;
		size -= HEAD;
		if (len == AUDIO) {
			bool active = dtmf_is_active(&state);

			if (dtmf_other(&state, ssrc, timestamp, RATE, &out) &&
			    (!active || dtmf_is_active(&state)))
				abort();
			continue;
		}
		if (len > size)
			len = (unsigned int)size;
		take(&state, ssrc, timestamp, data, len);
		data += len;
		size -= len;
	}
	return 0;
}
