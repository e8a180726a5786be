// SPDX-License-Identifier: GPL-2.0-or-later
#include <string.h>

#include "probe.h"

#define BINDING_REQUEST 0x0001
#define BINDING_SUCCESS 0x0101
#define MAGIC_COOKIE 0x2112a442

struct stun {
	uint16_t type, length;
	uint32_t cookie;
	uint32_t id[3];
};

void probe_send(const struct side *side, uint32_t run, uint32_t serial)
{
	struct stun stun = {
		.type = htons(BINDING_REQUEST),
		.cookie = htonl(MAGIC_COOKIE),
		.id = { run, serial, 0 },
	};

	side_send(side, &stun, sizeof(stun));
}

bool probe_read(const void *data, size_t len, uint32_t *run, uint32_t *serial)
{
	struct stun stun;

	if (len < sizeof(stun))
		return false;
	memcpy(&stun, data, sizeof(stun));
	*run = stun.id[0];
	*serial = stun.id[1];
	return stun.type == htons(BINDING_SUCCESS) && stun.cookie == htonl(MAGIC_COOKIE);
}
