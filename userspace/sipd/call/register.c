// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The registrar (RFC 3261 s.10.3). All that a request asks for is done, or none of it. What the
 * store has to know is on disk before the answer goes; what it need not know is answered at once:
 * the store keeps a binding half as long again as it lasts, so that phones that refresh theirs
 * early, to stay reachable behind a NAT, say, are not written each time.
 */
#include "call/register.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/log_limit.h"
#include "call/auth.h"
#include "call/exchange.h"
#include "call/leg.h"
#include "call/location_flow.h"

/* A 200 that waits for the store. */
struct pending {
	struct store_receipt receipt; /* first */
	struct call_engine *engine;
	struct sip_strans *st; /* NULL: it has ended meanwhile */
	size_t len;
	char headers[];
};

static int64_t durable_until(uint32_t expires)
{
	return (int64_t)time(NULL) + expires + expires / 2;
}

/* --- what is to be, before anything is locked ------------------------------------------------- */

static struct location_binding *make_binding(const struct register_request *request,
					     const struct register_contact *contact)
{
	const struct sip_header *agent = sip_msg_header(request->msg, SIP_HDR_USER_AGENT, NULL);
	struct view texts[LOCATION_TEXTS] = {
		[LOCATION_CONTACT] = contact->text,
		[LOCATION_CALL_ID] = request->msg->call_id,
		[LOCATION_PATH] = request->path,
		[LOCATION_INSTANCE] = contact->instance,
		[LOCATION_USER_AGENT] = agent ? agent->value : VIEW_NONE,
	};
	struct location_binding *binding;

	if (texts[LOCATION_USER_AGENT].len > AOR_USER_MAX)
		texts[LOCATION_USER_AGENT].len = AOR_USER_MAX;
	binding = location_binding_alloc(texts);
	if (!binding)
		return NULL;
	binding->flow = (struct location_flow){
		.listener = request->from->listener->index,
		.remote = request->from->remote,
		.conn = request->from->conn,
		.pinned = location_flow_pinned(&contact->uri, request->from->listener->proto,
					       &request->from->remote, contact->reg_id),
	};
	binding->expires_ms = registrar_now_ms() + (uint64_t)contact->expires * 1000;
	binding->durable = durable_until(contact->expires);
	binding->cseq = request->msg->cseq;
	binding->reg_id = contact->reg_id;
	binding->q = contact->q;
	return binding;
}

/* The same binding named twice: the later one counts. */
static bool comes_again(const struct register_request *request, unsigned int index)
{
	const struct register_contact *contact = &request->contact[index];

	for (unsigned int i = index + 1; i < request->count; i++) {
		const struct register_contact *later = &request->contact[i];

		if (contact->reg_id ? later->reg_id == contact->reg_id &&
					      view_eq(later->instance, contact->instance) :
				      !later->reg_id && sip_uri_equal(&later->uri, &contact->uri))
			return true;
	}
	return false;
}

static int make_bindings(struct register_request *request)
{
	for (unsigned int i = 0; i < request->count; i++) {
		struct register_contact *contact = &request->contact[i];

		if (!contact->expires || comes_again(request, i))
			continue;
		contact->fresh = make_binding(request, contact);
		if (!contact->fresh)
			return -ENOMEM;
	}
	return 0;
}

/* Those that have been taken into the table are no longer here. */
static void drop_bindings(struct register_request *request)
{
	for (unsigned int i = 0; i < request->count; i++)
		free(request->contact[i].fresh);
}

/* --- what there is ---------------------------------------------------------------------------- */

/* A flow by instance and reg-id, whatever the URI (RFC 5626 s.6); else by the URI. */
static bool is_of(const struct location_binding *binding, const struct register_contact *contact)
{
	struct sip_uri uri;

	if (contact->reg_id || binding->reg_id)
		return contact->reg_id == binding->reg_id &&
		       view_eq(contact->instance, location_text(binding, LOCATION_INSTANCE));
	return !sip_uri_parse(&uri, location_text(binding, LOCATION_CONTACT)) &&
	       sip_uri_equal(&uri, &contact->uri);
}

/* Steps 6 and 7: of the same Call-ID, only a later request may change it. */
static bool is_late(const struct register_request *request, const struct location_binding *binding)
{
	return view_eq(location_text(binding, LOCATION_CALL_ID), request->msg->call_id) &&
	       request->msg->cseq <= binding->cseq;
}

static bool is_named(const struct register_request *request, const struct location_binding *binding)
{
	for (unsigned int i = 0; i < request->count; i++)
		if (is_of(binding, &request->contact[i]))
			return true;
	return request->all;
}

/*
 * Whatever the request names goes, be it for what comes in its place. URIs that equal a third one
 * need not be equal: several contacts may name one binding, and one contact several of them.
 */
static int find_old(const struct register_request *request, const struct location_ref *ref)
{
	struct location_binding *binding;
	unsigned int count = ref->count;

	for (binding = location_first(ref); binding; binding = binding->next) {
		binding->named = is_named(request, binding);
		if (binding->named && is_late(request, binding))
			return 500;
		count -= binding->named;
	}
	for (unsigned int i = 0; i < request->count; i++)
		count += request->contact[i].fresh != NULL;
	/* Of the store there may be more, whose end had not been written: they may come again. */
	return count > LOCATION_MAX_BINDINGS && count > ref->count ? 503 : 0;
}

/* --- changes ---------------------------------------------------------------------------------- */

static bool same_text(const struct location_binding *a, const struct location_binding *b,
		      enum location_text which)
{
	return view_eq(location_text(a, which), location_text(b, which));
}

/* Is nothing new about @fresh that the store has to know? */
static bool is_kept(const struct location_binding *old, const struct location_binding *fresh,
		    uint32_t expires)
{
	return same_text(old, fresh, LOCATION_CONTACT) && same_text(old, fresh, LOCATION_PATH) &&
	       same_text(old, fresh, LOCATION_INSTANCE) && old->q == fresh->q &&
	       /* Temporary GRUUs are of a Call-ID. */
	       (!old->len[LOCATION_INSTANCE] || same_text(old, fresh, LOCATION_CALL_ID)) &&
	       old->reg_id == fresh->reg_id && old->flow.listener == fresh->flow.listener &&
	       tp_addr_eq(&old->flow.remote, &fresh->flow.remote) &&
	       old->durable >= (int64_t)time(NULL) + expires;
}

/* Has the store both by the same key? */
static bool is_same(const struct location_binding *a, const struct location_binding *b)
{
	return a->reg_id == b->reg_id &&
	       same_text(a, b, a->reg_id ? LOCATION_INSTANCE : LOCATION_CONTACT);
}

struct change {
	const struct registrar *registrar;
	struct location_ref ref;
	struct store_job *job;
	bool durable; /* the job has something in it */
};

static struct register_contact *find_successor(struct register_request *request,
					       const struct location_binding *old)
{
	for (unsigned int i = 0; i < request->count; i++)
		if (request->contact[i].fresh && is_same(request->contact[i].fresh, old))
			return &request->contact[i];
	return NULL;
}

static int plan_removal(struct register_request *request, struct change *change,
			const struct location_binding *old)
{
	struct register_contact *successor = find_successor(request, old);

	if (successor) {
		successor->old = old;
		return 0;
	}
	change->durable = true;
	return registrar_unstore_binding(change->job, change->ref.user, change->ref.domain, old);
}

static int plan_addition(struct change *change, const struct register_contact *contact)
{
	const struct location_binding *old = contact->old;
	struct location_binding *fresh = contact->fresh;

	if (old && is_kept(old, fresh, contact->expires)) {
		fresh->durable = old->durable;
		return 0;
	}
	change->durable = true;
	return registrar_store_binding(change->registrar, change->job, change->ref.user,
				       change->ref.domain, fresh);
}

/* What the store is told of all that is asked for. 0 or -ENOMEM: nothing has changed yet. */
static int plan(struct register_request *request, struct change *change)
{
	struct location_binding *binding;
	int ret = 0;

	for (binding = location_first(&change->ref); binding && !ret; binding = binding->next)
		if (binding->named)
			ret = plan_removal(request, change, binding);
	for (unsigned int i = 0; i < request->count && !ret; i++)
		if (request->contact[i].fresh)
			ret = plan_addition(change, &request->contact[i]);
	if (!ret && request->count)
		ret = location_prepare(&change->ref);
	return ret;
}

static void apply(struct register_request *request, struct change *change)
{
	struct location_binding *binding, *next;

	for (binding = location_first(&change->ref); binding; binding = next) {
		next = binding->next;
		if (!binding->named)
			continue;
		location_remove(&change->ref, binding);
		free(binding);
	}
	for (unsigned int i = 0; i < request->count; i++) {
		if (request->contact[i].fresh)
			location_add(&change->ref, request->contact[i].fresh);
		request->contact[i].fresh = NULL;
	}
}

/* --- the answer ------------------------------------------------------------------------------- */

static void on_ended(void *user, struct sip_strans *st)
{
	struct pending *pending = user;

	(void)st;
	pending->st = NULL;
}

static const struct sip_strans_ops pending_ops = { .ended = on_ended, .untold = true }, no_ops;

static void respond(struct sip_strans *st, int status, struct view headers)
{
	struct sip_reply reply = { .status = status, .headers = headers };

	/* As many contacts as a datagram does not hold: they are registered all the same. */
	if (sip_strans_respond(st, &reply) == -EMSGSIZE) {
		reply.status = 513;
		reply.headers = VIEW_NONE;
		sip_strans_respond(st, &reply);
	}
}

/* What could not be written stands all the same: the store says so, and tries again. */
static void on_receipt(struct mail *mail, bool alive)
{
	struct pending *pending = (struct pending *)mail;

	if (alive && pending->st) {
		respond(pending->st, 200, (struct view){ pending->headers, pending->len });
		sip_strans_detach(pending->st);
	}
	free(pending);
}

static struct pending *pending_alloc(struct call_engine *engine, struct sip_strans *st,
				     struct view headers)
{
	struct pending *pending = malloc(sizeof(*pending) + headers.len);

	if (!pending)
		return NULL;
	*pending = (struct pending){
		.receipt = { .box = engine->registrar_box, .cb = on_receipt },
		.engine = engine,
		.st = st,
		.len = headers.len,
	};
	memcpy(pending->headers, headers.p, headers.len);
	return pending;
}

/*
 * Hands the job over while the bindings are locked, so that jobs come in the order of the changes.
 * False: the answer need not wait.
 */
static bool submit(struct call_engine *engine, struct change *change, struct sip_strans *st,
		   struct view headers)
{
	struct pending *pending = pending_alloc(engine, st, headers);

	if (pending)
		sip_strans_attach(st, &pending_ops, pending);
	if (!store_submit(engine->registrar->store, change->job, pending ? &pending->receipt : NULL,
			  true)) {
		change->job = NULL;
		return pending;
	}
	log_warn_limited("store: too many changes wait to be written; one is lost with a restart");
	if (pending)
		sip_strans_attach(st, &no_ops, NULL);
	free(pending);
	return false;
}

/* 0 or the status; nothing has been done then. */
static int change_bindings(struct register_request *request, struct change *change,
			   struct sip_out *lines)
{
	int status = find_old(request, &change->ref);

	if (status == 500)
		call_write_warning(lines, request->from, 399, "Older than what is registered");
	if (status == 503)
		sip_out_str(lines, CALL_RETRY_OVERLOAD);
	if (!status && plan(request, change))
		status = 500;
	if (!status)
		apply(request, change);
	return status;
}

/* The status, with what goes with it in @lines; 0: the answer comes later. */
static int carry_out(struct call_engine *engine, struct register_request *request,
		     struct sip_strans *st, struct sip_out *lines)
{
	struct change change = { .registrar = engine->registrar, .job = store_job_alloc() };
	int status = 200, refusal = 0;

	if (!change.job || make_bindings(request)) {
		store_job_free(change.job);
		return 500;
	}
	location_open(engine->registrar->location, request->aor.user, request->aor.domain->name,
		      registrar_now_ms(), &change.ref);
	if (request->count || request->all)
		refusal = change_bindings(request, &change, lines);
	if (!refusal) {
		register_answer(request, &change.ref, lines);
		if (change.durable && submit(engine, &change, st, sip_out_text(lines)))
			status = 0;
	}
	location_close(&change.ref);
	store_job_free(change.job);
	return refusal ? refusal : status;
}

/* --- the request ------------------------------------------------------------------------------ */

/* Steps 1 to 5: 0 or the status. */
static int screen(struct call_engine *engine, const struct sip_strans *st,
		  struct register_request *request, struct sip_out *lines)
{
	const struct sip_msg *msg = request->msg;
	const struct cfg_domain *domain;
	struct view user = VIEW_NONE;
	struct sip_uri uri;
	int status;

	domain = sip_uri_parse(&uri, msg->ruri) ? NULL : aor_domain(engine->cfg, &uri);
	if (!domain || !domain->registrar ||
	    domain->realm != call_listener(request->from)->realm->cfg) {
		call_write_warning(lines, request->from, 399, "No registrar of this domain");
		return 404;
	}
	status = call_screen_require(msg, lines);
	if (!status && domain->auth == CFG_AUTH_DIGEST)
		status = call_authenticate(engine, st, domain, msg, request->from, false, lines,
					   &user);
	if (status)
		return status;
	if (sip_uri_parse(&uri, msg->to.uri) || aor_read(&request->aor, engine->cfg, &uri) ||
	    request->aor.domain != domain) {
		call_write_warning(lines, request->from, 399, "To names no user of this domain");
		return 404;
	}
	if (domain->auth == CFG_AUTH_DIGEST && !view_eq(view_str(request->aor.user), user)) {
		call_write_warning(lines, request->from, 399,
				   "To names somebody else than the credentials");
		return 403;
	}
	return 0;
}

/* What is left to a phone whose pings are late, or on their way (RFC 5626 s.4.4.1). */
#define GRACE_MAX_MS 15000
/* Of one that keeps no flow alive, but has to come back for the next registration. */
#define LATE_MS 30000

/* The connection is kept as long as somebody may be reached by it, and its end is known. */
static void watch_flow(const struct register_request *request)
{
	uint64_t silence_ms = 0;
	bool outbound = false;

	/* How long a proxy's connection lasts is between it and us, whoever registers by it. */
	if (!request->from->conn || request->path.len)
		return;
	for (unsigned int i = 0; i < request->count; i++) {
		outbound = outbound || (request->contact[i].reg_id && request->contact[i].expires);
		if ((uint64_t)request->contact[i].expires * 1000 > silence_ms)
			silence_ms = (uint64_t)request->contact[i].expires * 1000;
	}
	if (!silence_ms)
		return;
	if (outbound) {
		silence_ms = (uint64_t)request->aor.domain->flow_timer * 1000;
		silence_ms += silence_ms / 2 < GRACE_MAX_MS ? silence_ms / 2 : GRACE_MAX_MS;
	} else {
		silence_ms += LATE_MS;
	}
	tp_watch(request->from, silence_ms > UINT32_MAX ? UINT32_MAX : (uint32_t)silence_ms);
}

/* Who has proven to receive what is sent to this address is known to the kernel for as long. */
static void tell_proven(struct call_engine *engine, const struct register_request *request)
{
	uint32_t longest = 0;

	for (unsigned int i = 0; i < request->count; i++)
		if (request->contact[i].expires > longest)
			longest = request->contact[i].expires;
	if (longest && engine->hooks->proven)
		engine->hooks->proven(engine->hooks_arg, request->from, CALL_HAS_REGISTERED,
				      longest);
}

void call_receive_register(struct call_engine *engine, struct sip_strans *st,
			   const struct sip_msg *req, const struct tp_flow *from)
{
	struct register_request request = {
		.msg = req,
		.from = from,
		.gruu_key = &engine->registrar->gruu_key,
	};
	struct sip_out lines = call_headers(engine);
	int status;

	status = screen(engine, st, &request, &lines);
	if (!status)
		status = register_read(&request, &lines);
	if (status) {
		call_note_refused(engine, st, status, &lines);
		call_answer_bare(st, status, &lines);
		return;
	}
	status = carry_out(engine, &request, st, &lines);
	drop_bindings(&request);
	if (status <= 200)
		watch_flow(&request);
	if (status > 200) {
		call_note_refused(engine, st, status, &lines);
		call_answer_bare(st, status, &lines);
		return;
	}
	if (status)
		respond(st, 200, sip_out_text(&lines));
	if (request.aor.domain->auth == CFG_AUTH_DIGEST)
		tell_proven(engine, &request);
}
