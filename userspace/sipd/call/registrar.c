// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/registrar.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "call/location_flow.h"
#include "sip/out.h"

/* Phones that register once a minute, to be reached behind NAT, get a new one every 5th time. */
#define NONCE_MS 300000
/* One table each time, all of them in 26 s. */
#define SWEEP_MS 100

uint64_t registrar_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* --- reading the store ---------------------------------------------------------------------- */

/* What the store is read for. */
struct reading {
	struct registrar *registrar;
	const struct cfg *cfg;
};

static int read_user(void *arg, const struct store_user *user)
{
	const struct reading *reading = arg;

	return users_put(reading->registrar->users, user);
}

/* Of what this sipd does not know, nothing can be made. */
static int read_setting(void *arg, const struct store_setting *from)
{
	const struct reading *reading = arg;
	const struct treat_setting setting = {
		.key = treat_find(from->key),
		.to = from->value,
		.number = from->number,
	};
	int ret;

	if (setting.key == TREAT_KEYS ||
	    (setting.key == TREAT_DND && !treat_dnd_ok(setting.number)))
		return 0;
	ret = users_set(reading->registrar->users, from->user, from->domain, &setting);
	return ret == -ENOENT ? 0 : ret;
}

/* The number of the listener at @local, as transports count them; -1: there is none. */
static int listener_at(const struct registrar *registrar, const struct store_binding *from)
{
	struct tp_addr local;

	if (tp_addr_parse(&local, view_str(from->local), 0))
		return -1;
	for (unsigned int i = 0; i < registrar->nlisteners; i++)
		if (tp_addr_eq(&registrar->listeners[i].addr, &local) &&
		    !strcmp(tp_proto_name(registrar->listeners[i].proto), from->proto))
			return (int)i;
	return -1;
}

/* The connections of an earlier sipd are gone. */
static void flow_from(struct location_binding *binding, const struct registrar *registrar,
		      unsigned int listener, const struct tp_addr *remote)
{
	enum tp_proto proto = registrar->listeners[listener].proto;
	struct sip_uri contact;

	binding->flow = (struct location_flow){ .listener = listener, .remote = *remote };
	atomic_init(&binding->flow_lost, tp_is_stream(proto));
	binding->flow.pinned = sip_uri_parse(&contact, location_text(binding, LOCATION_CONTACT)) ||
			       location_flow_pinned(&contact, proto, remote, binding->reg_id);
}

static struct location_binding *binding_from(const struct registrar *registrar,
					     const struct store_binding *from)
{
	const struct view texts[LOCATION_TEXTS] = {
		[LOCATION_CONTACT] = view_str(from->contact),
		[LOCATION_CALL_ID] = view_str(from->call_id),
		[LOCATION_PATH] = view_str(from->path),
		[LOCATION_INSTANCE] = view_str(from->instance),
		[LOCATION_USER_AGENT] = view_str(from->user_agent),
	};
	int listener = listener_at(registrar, from);
	struct location_binding *binding;
	struct tp_addr remote;

	if (listener < 0 || tp_addr_parse(&remote, view_str(from->remote), 0))
		return NULL;
	binding = location_binding_alloc(texts);
	if (!binding)
		return NULL;
	binding->expires_ms = registrar_now_ms() + (uint64_t)(from->expires - time(NULL)) * 1000;
	binding->durable = from->expires;
	binding->cseq = from->cseq;
	binding->reg_id = from->reg_id;
	binding->q = from->q <= 1000 ? (uint16_t)from->q : 1000;
	flow_from(binding, registrar, (unsigned int)listener, &remote);
	return binding;
}

/* What the configuration has no place for any more is left where it is, and expires there. */
static int read_binding(void *arg, const struct store_binding *from)
{
	const struct reading *reading = arg;
	struct registrar *registrar = reading->registrar;
	const struct cfg_domain *domain = cfg_find_domain(reading->cfg, view_str(from->domain));
	struct location_binding *binding;
	struct location_ref ref;
	int ret;

	if (!domain || !domain->registrar)
		return 0;
	binding = binding_from(registrar, from);
	if (!binding) {
		log_warn("registration of %s@%s: %s is no listen address any more, or %s no "
			 "address; it is dropped",
			 from->user, from->domain, from->local, from->remote);
		return 0;
	}
	location_open(registrar->location, from->user, from->domain, 0, &ref);
	ret = location_prepare(&ref);
	if (!ret)
		location_add(&ref, binding);
	else
		free(binding);
	location_close(&ref);
	return ret;
}

/* --- birth and death ------------------------------------------------------------------------ */

static int read_store(struct registrar *registrar, const struct cfg *cfg)
{
	static const struct store_reader reader = {
		.user = read_user,
		.setting = read_setting,
		.binding = read_binding,
	};
	struct reading reading = { registrar, cfg };
	int ret = store_read(registrar->store, time(NULL), &reader, &reading);

	if (!ret)
		ret = store_secret(registrar->store, "gruu", &registrar->gruu_key,
				   sizeof(registrar->gruu_key));
	if (!ret)
		log_info("store %s: %lu users, %lu registrations", store_path(registrar->store),
			 users_count(registrar->users), location_count(registrar->location));
	return ret;
}

static int copy_listeners(struct registrar *registrar, const struct cfg *cfg)
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < cfg->nrealms; i++)
		count += cfg->realms[i].nlisten;
	registrar->listeners = calloc(count + 1, sizeof(*registrar->listeners));
	if (!registrar->listeners)
		return -ENOMEM;
	for (unsigned int i = 0; i < cfg->nrealms; i++)
		for (unsigned int j = 0; j < cfg->realms[i].nlisten; j++)
			registrar->listeners[registrar->nlisteners++] = cfg->realms[i].listen[j];
	return 0;
}

int registrar_alloc(struct registrar **out, const struct cfg *cfg, struct store *store)
{
	struct registrar *registrar = calloc(1, sizeof(*registrar));
	int ret = -ENOMEM;

	*out = NULL;
	if (!registrar)
		return ret;
	registrar->store = store;
	registrar->users = users_alloc();
	registrar->location = location_alloc();
	registrar->nonces = sip_nonces_alloc(NONCE_MS);
	if (!copy_listeners(registrar, cfg) && registrar->users && registrar->location &&
	    registrar->nonces)
		ret = read_store(registrar, cfg);
	if (ret) {
		registrar_free(registrar);
		return ret;
	}
	*out = registrar;
	return 0;
}

static void on_sweep(struct timer *timer)
{
	struct registrar *registrar =
		(struct registrar *)((char *)timer - offsetof(struct registrar, sweep));

	location_sweep(registrar->location, registrar->swept++, registrar_now_ms());
	loop_timer_set(registrar->loop, timer, SWEEP_MS, on_sweep);
}

void registrar_start(struct registrar *registrar, struct loop *loop)
{
	registrar->loop = loop;
	loop_timer_set(loop, &registrar->sweep, SWEEP_MS, on_sweep);
}

void registrar_stop(struct registrar *registrar)
{
	if (!registrar)
		return;
	if (registrar->loop)
		loop_timer_cancel(registrar->loop, &registrar->sweep);
	registrar->loop = NULL;
	registrar->store = NULL;
}

void registrar_free(struct registrar *registrar)
{
	if (!registrar)
		return;
	sip_nonces_free(registrar->nonces);
	location_free(registrar->location);
	users_free(registrar->users);
	free(registrar->listeners);
	free(registrar);
}

/* --- writing the store ---------------------------------------------------------------------- */

/* What tells a binding from others of its user in the store, with NUL. */
static void write_key(struct sip_out *out, const struct location_binding *binding)
{
	if (!binding->reg_id) {
		sip_out_view(out, location_text(binding, LOCATION_CONTACT));
	} else {
		sip_out_view(out, location_text(binding, LOCATION_INSTANCE));
		sip_out_str(out, ";reg-id=");
		sip_out_u32(out, binding->reg_id);
	}
	sip_out_view(out, (struct view){ "", 1 });
}

#define KEY_STRLEN 1024

int registrar_store_binding(const struct registrar *registrar, struct store_job *job,
			    const char *user, const char *domain,
			    const struct location_binding *binding)
{
	const struct cfg_listen *listen = &registrar->listeners[binding->flow.listener];
	char key[KEY_STRLEN], local[TP_ADDR_STRLEN], remote[TP_ADDR_STRLEN];
	struct sip_out out;
	const struct store_binding row = {
		.user = user,
		.domain = domain,
		.key = key,
		.contact = location_text(binding, LOCATION_CONTACT).p,
		.q = binding->q,
		.expires = binding->durable,
		.call_id = location_text(binding, LOCATION_CALL_ID).p,
		.cseq = binding->cseq,
		.path = location_text(binding, LOCATION_PATH).p,
		.proto = tp_proto_name(listen->proto),
		.local = tp_addr_format(&listen->addr, local),
		.remote = tp_addr_format(&binding->flow.remote, remote),
		.instance = location_text(binding, LOCATION_INSTANCE).p,
		.reg_id = binding->reg_id,
		.user_agent = location_text(binding, LOCATION_USER_AGENT).p,
	};

	sip_out_init(&out, key, sizeof(key));
	write_key(&out, binding);
	return store_put_binding(job, &row);
}

int registrar_unstore_binding(struct store_job *job, const char *user, const char *domain,
			      const struct location_binding *binding)
{
	char key[KEY_STRLEN];
	struct sip_out out;

	sip_out_init(&out, key, sizeof(key));
	write_key(&out, binding);
	return store_del_binding(job, user, domain, key);
}

/* --- asking --------------------------------------------------------------------------------- */

/* The number of the first one of the same instance, if flows lead there (RFC 5626 s.7). */
static unsigned int instance_of(const struct location_ref *ref,
				const struct location_binding *binding)
{
	struct view instance = location_text(binding, LOCATION_INSTANCE);
	const struct location_binding *other = location_first(ref);
	unsigned int number = 1;

	if (!binding->reg_id)
		return 0;
	for (; other != binding; other = other->next, number++)
		if (other->reg_id && view_eq(location_text(other, LOCATION_INSTANCE), instance))
			break;
	return number;
}

/* Those that are asked for. */
struct filter {
	const struct registrar *registrar;
	const struct aor *aor;
	const struct gruu *gruu; /* NULL: all */
};

static bool passes(const struct filter *filter, const struct location_binding *binding)
{
	return !filter->gruu ||
	       gruu_fits(filter->gruu, &filter->registrar->gruu_key, filter->aor, binding);
}

static struct registrar_targets *copy_targets(const struct location_ref *ref,
					      const struct filter *filter)
{
	const struct location_binding *binding;
	struct registrar_targets *targets;
	size_t size = sizeof(*targets), texts = 0;
	char *p;

	for (binding = location_first(ref); binding; binding = binding->next)
		texts += binding->len[LOCATION_CONTACT] + binding->len[LOCATION_PATH];
	size += ref->count * sizeof(*targets->target);
	targets = malloc(size + texts);
	if (!targets)
		return NULL;
	targets->count = 0;
	p = (char *)targets + size;
	for (binding = location_first(ref); binding; binding = binding->next) {
		struct registrar_target *target = &targets->target[targets->count];
		struct view contact = location_text(binding, LOCATION_CONTACT);
		struct view path = location_text(binding, LOCATION_PATH);

		if (!passes(filter, binding))
			continue;
		targets->count++;
		target->flow = binding->flow;
		target->q = binding->q;
		/* Whatever it has registered, it is one phone. */
		target->instance = filter->gruu ? 1 : instance_of(ref, binding);
		target->lost = atomic_load_explicit(&binding->flow_lost, memory_order_relaxed);
		target->contact = (struct view){ memcpy(p, contact.p, contact.len), contact.len };
		p += contact.len;
		target->path = (struct view){ memcpy(p, path.p, path.len), path.len };
		p += path.len;
	}
	return targets;
}

int registrar_lookup(const struct registrar *registrar, const struct aor *aor,
		     const struct gruu *gruu, struct registrar_targets **targets)
{
	const struct filter filter = { registrar, aor, gruu };
	struct location_ref ref;
	unsigned int count;

	*targets = NULL;
	location_open(registrar->location, aor->user, aor->domain->name, registrar_now_ms(), &ref);
	count = ref.count;
	if (count)
		*targets = copy_targets(&ref, &filter);
	location_close(&ref);
	if (count && !*targets)
		return -ENOMEM;
	if (count && (*targets)->count)
		return 0;
	free(*targets);
	*targets = NULL;
	/* One that has ended, or that nobody has been given (RFC 5627 s.5.4). */
	if (gruu && gruu->temporary)
		return -ENOENT;
	return users_find(registrar->users, aor->user, aor->domain->name, NULL) ? -EAGAIN : -ENOENT;
}

void registrar_flow_lost(struct registrar *registrar, uint64_t conn)
{
	unsigned int count = location_flows_lost(location_flows(registrar->location), conn);

	if (count)
		log_debug("a connection is gone that %u registrations came by", count);
}

int registrar_remove(struct registrar *registrar, const char *user, const char *domain,
		     const char *contact)
{
	struct store_job *job = store_job_alloc();
	struct location_binding *binding, *next;
	struct location_ref ref;
	int removed = 0, ret = job ? 0 : -ENOMEM;

	location_open(registrar->location, user, domain, registrar_now_ms(), &ref);
	for (binding = location_first(&ref); binding && !ret; binding = next) {
		next = binding->next;
		if (contact &&
		    !view_eq(location_text(binding, LOCATION_CONTACT), view_str(contact)))
			continue;
		ret = registrar_unstore_binding(job, user, domain, binding);
		location_remove(&ref, binding);
		free(binding);
		removed++;
	}
	if (!ret && removed && !store_submit(registrar->store, job, NULL, true))
		job = NULL;
	location_close(&ref);
	store_job_free(job);
	return ret ? ret : removed;
}
