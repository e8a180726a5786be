// SPDX-License-Identifier: GPL-2.0-or-later
/* When the version of o= rises. */
#include <sys/random.h>

#include "base/htab.h"
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

int sdp_origin_stamp(struct sdp_origin *origin, const struct sdp *sdp, struct sdp_edit *edit,
		     char *buf, size_t cap)
{
	uint32_t hash;
	int len;

	if (!origin->id)
		origin->id = random_number();
	edit->origin_id = origin->id;
	edit->origin_version = 0;
	len = sdp_write(sdp, edit, buf, cap);
	if (len < 0)
		return len;
	hash = htab_hash(buf, len);
	if (!origin->version || hash != origin->hash)
		origin->version++;
	origin->hash = hash;
	edit->origin_version = origin->version;
	return 0;
}
