// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/value.h"

#include <errno.h>
#include <string.h>

#include "base/view.h"

int cfg_duration_parse(const char *text, uint32_t *ms)
{
	static const struct {
		const char *unit;
		uint32_t ms;
	} units[] = { { "ms", 1 }, { "s", 1000 }, { "m", 60000 }, { "h", 3600000 } };
	size_t digits = strspn(text, "0123456789"), i;
	uint32_t number;

	if (!strcmp(text, "0")) {
		*ms = 0;
		return 0;
	}
	for (i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(text + digits, units[i].unit))
			continue;
		if (!digits)
			return -EINVAL;
		if (view_to_u32((struct view){ text, digits }, CFG_MAX_DURATION_MS / units[i].ms,
				&number))
			return -ERANGE;
		*ms = number * units[i].ms;
		return 0;
	}
	return -EINVAL;
}

int cfg_size_parse(const char *text, uint64_t *octets)
{
	static const char units[] = "KMG";
	size_t digits = strspn(text, "0123456789");
	const char *unit = text + digits;
	unsigned int shift = 0;
	uint32_t number;

	if (*unit) {
		const char *known = strchr(units, *unit);

		if (!known || unit[1])
			return -EINVAL;
		shift = 10 * (unsigned int)(known - units + 1);
	}
	if (!digits)
		return -EINVAL;
	if (view_to_u32((struct view){ text, digits }, UINT32_MAX, &number) ||
	    (uint64_t)number << shift > UINT64_C(1) << 40)
		return -ERANGE;
	*octets = (uint64_t)number << shift;
	return 0;
}

int cfg_ports_parse(const char *text, uint16_t *min, uint16_t *max)
{
	const char *dash = strchr(text, '-');
	uint32_t low, high;

	if (!dash)
		return -EINVAL;
	if (view_to_u32(view_trim((struct view){ text, (size_t)(dash - text) }), UINT16_MAX,
			&low) ||
	    view_to_u32(view_trim(view_str(dash + 1)), UINT16_MAX, &high))
		return -EINVAL;
	*min = low;
	*max = high;
	return 0;
}

/* Takes "udp:", "tcp:" and the like, up to that of @last, off @text. */
static bool take_proto(struct view *text, enum tp_proto last, enum tp_proto *proto)
{
	struct view word;

	for (enum tp_proto i = TP_UDP; i <= last; i++) {
		word = view_str(tp_proto_word(i));
		if (text->len <= word.len || text->p[word.len] != ':' ||
		    !view_ieq((struct view){ text->p, word.len }, word))
			continue;
		text->p += word.len + 1;
		text->len -= word.len + 1;
		*proto = i;
		return true;
	}
	return false;
}

int cfg_peer_parse(const char *text, struct cfg_listen *peer, bool *any)
{
	struct view rest = view_str(text);

	/* Nobody can be connected to by WebSocket. */
	*any = !take_proto(&rest, TP_TLS, &peer->proto);
	if (*any)
		peer->proto = TP_UDP;
	return tp_addr_parse(&peer->addr, rest, tp_default_port(peer->proto));
}

static bool take_sip(struct view *text)
{
	static const struct view word = VIEW_LIT("sip:");

	if (text->len <= word.len || !view_ieq((struct view){ text->p, word.len }, word))
		return false;
	text->p += word.len;
	text->len -= word.len;
	return true;
}

int cfg_listen_parse(const char *text, struct cfg_listen *listen, bool *both)
{
	struct view rest = view_str(text);

	if (!strchr(text, ':'))
		return -EINVAL;
	*both = take_sip(&rest);
	if (*both)
		listen->proto = TP_UDP;
	else if (!take_proto(&rest, TP_WSS, &listen->proto))
		return -EPROTONOSUPPORT;
	if (tp_addr_parse(&listen->addr, rest, tp_default_port(listen->proto)))
		return -EINVAL;
	return 0;
}

bool cfg_addr_is_host(const struct tp_addr *addr)
{
	in_addr_t v4 = ntohl(addr->in.sin_addr.s_addr);

	if (addr->sa.sa_family == AF_INET6)
		return !IN6_IS_ADDR_UNSPECIFIED(&addr->in6.sin6_addr) &&
		       !IN6_IS_ADDR_MULTICAST(&addr->in6.sin6_addr);
	return v4 != INADDR_ANY && v4 != INADDR_BROADCAST && !IN_MULTICAST(v4);
}
