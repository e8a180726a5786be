// SPDX-License-Identifier: GPL-2.0-or-later
/* When the version of o= rises. */
#include "base/siphash.h"
#include "sdp/sdp_origin.h"

/* IDs and versions stay small enough for peers that read them as a signed 32-bit number. */
#define NUMBER_MASK 0x3fffffff

/* A keyed function of a counter, without a system call each; of a thread its own. */
static uint64_t random_number(void)
{
	static _Thread_local struct siphash_key key;
	static _Thread_local uint64_t count;
	uint64_t number;

	if (!count)
		siphash_key_init(&key);
	do {
		count++;
		number = siphash(&key, &count, sizeof(count)) & NUMBER_MASK;
	} while (!number);
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
