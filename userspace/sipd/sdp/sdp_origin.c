// SPDX-License-Identifier: GPL-2.0-or-later
/* When the version of o= rises. */
#include <sys/random.h>

#include "sdp/sdp_origin.h"

/* IDs and versions stay small enough for peers that read them as a signed 32-bit number. */
#define NUMBER_MASK 0x3fffffff

static uint64_t random_number(void)
{
	uint32_t number = 0;

	while (!number) {
		if (getrandom(&number, sizeof(number), 0) != sizeof(number))
			continue;
		number &= NUMBER_MASK;
	}
	return number;
}

void sdp_origin_stamp(struct sdp_origin *origin, const struct sdp *sdp, struct sdp_edit *edit)
{
	uint32_t hash = sdp_write_hash(sdp, edit);

	if (!origin->id)
		origin->id = random_number();
	if (!origin->version || hash != origin->hash)
		origin->version++;
	origin->hash = hash;
	edit->origin_id = origin->id;
	edit->origin_version = origin->version;
}
