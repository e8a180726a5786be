// SPDX-License-Identifier: GPL-2.0-or-later
/* The media part as a whole: the connection to the module, and the realms' ranges. */
#include "media.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "base/log.h"
#include "media_private.h"

static int open_module(struct media *media)
{
	struct sf_status status;
	int err;

	err = sf_open(&media->client);
	if (err) {
		log_error("media: %s", sf_error(NULL));
		return err;
	}
	err = sf_status_get(media->client, &status, NULL, NULL);
	if (err) {
		log_error("media: cannot ask the module: %s", sf_error(media->client));
		return err;
	}
	memcpy(media->version, status.version, sizeof(media->version));
	/* Watched before the dump, so that no end of a session is missed. */
	err = sf_monitor_open(&media->monitor);
	if (err) {
		log_error("media: cannot watch the module: %s", sf_error(NULL));
		return err;
	}
	err = loop_fd_add(media->loop, &media->lfd, sf_monitor_fd(media->monitor), EPOLLIN,
			  media_session_event);
	if (err) {
		sf_monitor_close(media->monitor);
		media->monitor = NULL;
		return err;
	}
	err = media_session_dump(media);
	if (err < 0)
		return err;
	if (media->norphans)
		log_warn("media: %u sessions of an earlier sipd are in the kernel; they go on",
			 media->norphans);
	return 0;
}

uint64_t media_draw_ids(void)
{
	uint64_t ids;

	/* So few octets are never cut short. */
	if (getrandom(&ids, sizeof(ids), 0) != sizeof(ids))
		abort();
	return ids;
}

int media_alloc(struct media **media, struct loop *loop, const struct media_config *config,
		const struct media_handlers *handlers, void *arg)
{
	struct media *m = calloc(1, sizeof(*m));
	int err;

	*media = NULL;
	if (!m)
		return -ENOMEM;
	m->loop = loop;
	m->config = *config;
	m->handlers = *handlers;
	m->arg = arg;
	m->share = config->share.count ?
			   config->share :
			   (struct media_share){ .count = 1, .ids = media_draw_ids() };
	m->next_id = m->share.ids + m->share.index;
	pool_init(&m->calls, "media_call", sizeof(struct media_call));
	err = htab_init(&m->sessions);
	if (err)
		goto free_media;
	err = htab_init(&m->orphans);
	if (err)
		goto clean_sessions;
	if (config->kernel)
		err = open_module(m);
	if (err) {
		media_free(m);
		return err;
	}
	*media = m;
	return 0;

clean_sessions:
	htab_clean(&m->sessions);
free_media:
	pool_clean(&m->calls);
	free(m);
	return err;
}

void media_set_timeout(struct media *media, uint32_t timeout_ms)
{
	media->config.timeout_ms = timeout_ms;
}

static struct sf_range realm_range(const struct media_realm *realm)
{
	return (struct sf_range){
		.addr = media_address(realm->address, 0),
		.port_min = realm->port_min,
		.port_max = realm->port_max,
	};
}

static void realm_free(struct media_realm *realm)
{
	media_ports_clean(&realm->ports);
	free(realm->name);
	free(realm);
}

void media_free(struct media *media)
{
	if (!media)
		return;
	media_orphan_forget_all(media);
	while (media->realms) {
		struct media_realm *realm = media->realms;
		struct sf_range range = realm_range(realm);

		media->realms = realm->next;
		/* Refused, and rightly so, while sessions live in it. */
		if (media->client && !media->share.index)
			sf_range_del(media->client, &range);
		realm_free(realm);
	}
	if (media->monitor) {
		loop_fd_del(media->loop, &media->lfd);
		sf_monitor_close(media->monitor);
	}
	if (media->client)
		sf_close(media->client);
	htab_clean(&media->orphans);
	htab_clean(&media->sessions);
	pool_clean(&media->calls);
	free(media);
}

static int is_range(const struct sf_range *range, void *arg)
{
	const struct sf_range *wanted = arg;

	return sf_address_equal(&range->addr, &wanted->addr) &&
	       range->port_min == wanted->port_min && range->port_max == wanted->port_max;
}

static bool overlaps(const struct media_realm *a, const struct media_realm *b)
{
	return host_equal(&a->address, &b->address) && a->port_min <= b->port_max &&
	       b->port_min <= a->port_max;
}

static int claim_range(struct media *media, const struct media_realm *realm)
{
	struct sf_range range = realm_range(realm);
	const struct host_port first = { realm->address, realm->port_min };
	char ports[HOST_PORT_STRLEN];
	char *reason;
	int err;

	host_port_format(&first, ports);
	for (const struct media_realm *other = media->realms; other; other = other->next) {
		if (overlaps(realm, other)) {
			log_error("realm %s: media ports %s-%u overlap those of realm %s",
				  realm->name, ports, realm->port_max, other->name);
			return -EEXIST;
		}
	}
	err = sf_range_add(media->client, &range);
	if (!err)
		return 0;
	reason = strdup(sf_error(media->client));
	/* An earlier sipd's range is taken over. */
	if (err == -EEXIST && sf_range_dump(media->client, is_range, &range) == 1)
		err = 0;
	else
		log_error("realm %s: media ports %s-%u: %s", realm->name, ports, realm->port_max,
			  reason ? reason : "");
	free(reason);
	return err;
}

/* This shard's part of the realm's ports. */
static int ports_init(const struct media *media, struct media_realm *realm)
{
	uint16_t min = realm->port_min, max = realm->port_max;
	int err;

	err = media_ports_part(&min, &max, media->share.index, media->share.count);
	if (!err)
		err = media_ports_init(&realm->ports, min, max);
	if (err == -EINVAL)
		log_error("realm %s: media ports %u-%u hold no even port with the odd one above "
			  "for each shard",
			  realm->name, realm->port_min, realm->port_max);
	return err;
}

static int realm_init(struct media *media, struct media_realm *realm)
{
	int err;

	if (!media->client)
		return 0;
	err = ports_init(media, realm);
	if (!err && !media->share.index)
		err = claim_range(media, realm);
	if (!err)
		media_orphan_withhold(media, realm);
	return err;
}

int media_realm_add(struct media *media, const struct media_realm_config *config,
		    struct media_realm **realm)
{
	struct media_realm *r = calloc(1, sizeof(*r));
	int err = -ENOMEM;

	*realm = NULL;
	if (!r)
		return -ENOMEM;
	r->name = strdup(config->name);
	r->address = config->address;
	r->advertise = config->advertise.family ? config->advertise : config->address;
	r->port_min = config->port_min;
	r->port_max = config->port_max;
	r->dscp = config->dscp;
	r->learn = config->learn;
	if (r->name)
		err = realm_init(media, r);
	if (err) {
		realm_free(r);
		return err;
	}
	r->next = media->realms;
	media->realms = r;
	*realm = r;
	return 0;
}

void media_realm_ports(const struct media_realm *realm, unsigned int *used, unsigned int *total)
{
	*used = realm->ports.used * 2;
	*total = realm->ports.npairs * 2;
}

const char *media_module_version(struct media *media)
{
	return media->client ? media->version : NULL;
}
