// SPDX-License-Identifier: GPL-2.0-or-later
/* The noun "reg": who is registered where. */
#include "admin/account.h"
#include "admin/text.h"

static json_t *text_of(const struct location_binding *binding, enum location_text which)
{
	return admin_text(location_text(binding, which).p);
}

/* As calls to it see it. */
static bool is_reachable(const struct location_binding *binding)
{
	return !binding->flow.pinned || location_text(binding, LOCATION_PATH).len ||
	       !atomic_load_explicit(&binding->flow_lost, memory_order_relaxed);
}

static json_t *binding_object(const char *user, const char *domain,
			      const struct location_binding *binding, uint64_t now_ms)
{
	uint64_t left = binding->expires_ms > now_ms ? binding->expires_ms - now_ms : 0;

	return json_pack("{s:o, s:s, s:o, s:I, s:f, s:o, s:b, s:o, s:o, s:i, s:o, s:o, s:I}",
			 "user", admin_text(user), "domain", domain, "contact",
			 text_of(binding, LOCATION_CONTACT), "expires_ms", (json_int_t)left, "q",
			 binding->q / 1000.0, "flow", admin_addr(&binding->flow.remote),
			 "reachable", (int)is_reachable(binding), "path",
			 text_of(binding, LOCATION_PATH), "instance",
			 text_of(binding, LOCATION_INSTANCE), "reg_id", (int)binding->reg_id,
			 "user_agent", text_of(binding, LOCATION_USER_AGENT), "call_id",
			 text_of(binding, LOCATION_CALL_ID), "cseq", (json_int_t)binding->cseq);
}

struct listing {
	json_t *list;
	uint64_t now_ms;
};

static void list_binding(void *arg, const char *user, const char *domain,
			 const struct location_binding *binding)
{
	struct listing *listing = arg;

	json_array_append_new(listing->list,
			      binding_object(user, domain, binding, listing->now_ms));
}

json_t *admin_reg_list(struct admin_request *request)
{
	struct registrar *registrar = admin_registrar(request);
	struct listing listing = { .now_ms = registrar_now_ms() };
	unsigned int from;

	if (!registrar || !admin_page_arg(request, &from))
		return NULL;
	listing.list = json_array();
	from = location_each(registrar->location, from, ADMIN_PAGE, listing.now_ms, list_binding,
			     &listing);
	return admin_page("registrations", listing.list, from);
}

json_t *admin_reg_show(struct admin_request *request)
{
	struct listing listing = { .now_ms = registrar_now_ms() };
	const struct location_binding *binding;
	struct registrar *registrar;
	struct location_ref ref;
	struct aor aor;

	registrar = admin_account(request, &aor);
	if (!registrar)
		return NULL;
	listing.list = json_array();
	location_open(registrar->location, aor.user, aor.domain->name, listing.now_ms, &ref);
	for (binding = location_first(&ref); binding; binding = binding->next)
		list_binding(&listing, aor.user, aor.domain->name, binding);
	location_close(&ref);
	if (json_array_size(listing.list))
		return json_pack("{s:o}", "registrations", listing.list);
	json_decref(listing.list);
	return admin_refuse(request, "not-found", "%s@%s is not registered", aor.user,
			    aor.domain->name);
}

json_t *admin_reg_remove(struct admin_request *request)
{
	const char *contact = json_string_value(json_object_get(request->args, "contact"));
	struct registrar *registrar;
	struct aor aor;
	int removed;

	registrar = admin_account(request, &aor);
	if (!registrar)
		return NULL;
	removed = registrar_remove(registrar, aor.user, aor.domain->name, contact);
	if (removed < 0)
		return NULL;
	if (!removed)
		return admin_refuse(request, "not-found", "%s@%s is not registered%s", aor.user,
				    aor.domain->name, contact ? " there" : "");
	return json_pack("{s:o, s:s, s:i}", "user", admin_text(aor.user), "domain",
			 aor.domain->name, "removed", removed);
}
