// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/orphan.h"

#include <errno.h>

#include "base/htab.h"

static uint32_t dialog_hash(const struct sip_msg *response)
{
	uint32_t hash = htab_hash(response->call_id.p, response->call_id.len);

	hash = htab_hash_more(hash, response->from.tag.p, response->from.tag.len);
	return htab_hash_more(hash, response->to.tag.p, response->to.tag.len);
}

int call_orphan_add(struct call_orphans *orphans, const struct sip_msg *response, uint64_t now_ms,
		    uint64_t until_ms)
{
	uint32_t dialog = dialog_hash(response);
	struct call_orphan *room = NULL;

	for (unsigned int i = 0; i < CALL_ORPHANS_MAX; i++) {
		struct call_orphan *orphan = &orphans->at[i];

		if (orphan->until_ms <= now_ms)
			room = orphan;
		else if (orphan->dialog == dialog)
			return -EALREADY;
	}
	if (!room)
		return -ENOSPC;
	*room = (struct call_orphan){ .until_ms = until_ms, .dialog = dialog };
	return 0;
}
