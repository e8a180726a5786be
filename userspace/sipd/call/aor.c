// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/aor.h"

#include <errno.h>

#include "base/htab.h"

static int digit(char c)
{
	return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10;
}

const struct cfg_domain *aor_domain(const struct cfg *cfg, const struct sip_uri *uri)
{
	return uri->opaque.p ? NULL : cfg_find_domain(cfg, uri->host);
}

/* RFC 3261 s.10.3: escapes are undone to compare; those of characters that need them stay. */
static int read_user(struct view user, char *out)
{
	size_t len = 0;

	for (size_t i = 0; i < user.len; i++) {
		char c = user.p[i];
		bool escaped = c == '%';

		if (escaped) {
			/* Two digits follow: the URI has been parsed. */
			c = (char)(digit(user.p[i + 1]) << 4 | digit(user.p[i + 2]));
			i += 2;
			escaped = !sip_scan_is(c, SIP_CHAR_USER);
		}
		if (len + (escaped ? 3 : 1) > AOR_USER_MAX)
			return -EINVAL;
		if (!escaped) {
			out[len++] = c;
			continue;
		}
		out[len++] = '%';
		out[len++] = "0123456789ABCDEF"[(unsigned char)c >> 4];
		out[len++] = "0123456789ABCDEF"[c & 15];
	}
	out[len] = '\0';
	return len ? 0 : -EINVAL;
}

int aor_read(struct aor *aor, const struct cfg *cfg, const struct sip_uri *uri)
{
	aor->domain = aor_domain(cfg, uri);
	if (!aor->domain)
		return -ENOENT;
	return read_user(uri->user, aor->user);
}

uint32_t aor_hash(const char *user, const char *domain)
{
	return htab_hash_more(htab_hash(domain, strlen(domain)), user, strlen(user));
}
