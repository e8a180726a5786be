// SPDX-License-Identifier: GPL-2.0-or-later
/* What users want to be done with calls to them: of the noun "user"; and the noun "group". */
#include <errno.h>
#include <string.h>

#include "admin/change.h"
#include "admin/text.h"

/* --- a user's settings --- */

static bool number_arg(struct admin_request *request, const char *name, uint32_t preset,
		       uint32_t *number)
{
	const json_t *value = json_object_get(request->args, name);

	*number = preset;
	if (!value)
		return true;
	if (!json_is_integer(value) || json_integer_value(value) < 0 ||
	    json_integer_value(value) > UINT32_MAX) {
		admin_refuse(request, "usage", "\"%s\" is no number that it can be", name);
		return false;
	}
	*number = (uint32_t)json_integer_value(value);
	return true;
}

/* May calls of @aor be sent on to @to? */
static bool check_target(struct admin_request *request, const struct aor *aor, const char *to)
{
	struct cfg_destination destination;
	int ret = cfg_destination_read(&destination, admin_cfg(request), aor->domain, to);

	if (ret) {
		admin_refuse(request, ret == -EINVAL ? "usage" : "failed", "\"%.80s\" %s", to,
			     cfg_destination_error(ret));
		return false;
	}
	if (destination.domain != aor->domain || strcmp(destination.user, aor->user))
		return true;
	admin_refuse(request, "failed", "\"%.80s\" is the user himself; name somebody else", to);
	return false;
}

static bool read_forward(struct admin_request *request, const struct aor *aor,
			 struct treat_setting *setting)
{
	const char *when = admin_string_arg(request, "when");
	const json_t *to = json_object_get(request->args, "to");

	if (!when)
		return false;
	setting->key = treat_find(when);
	if (setting->key >= TREAT_FORWARDS) {
		admin_refuse(request, "usage",
			     "\"%.40s\" is no time to forward; write always, busy, no-answer or "
			     "unreachable",
			     when);
		return false;
	}
	if (!number_arg(request, "after_s", TREAT_AFTER_S, &setting->number))
		return false;
	if (setting->key == TREAT_NO_ANSWER &&
	    (!setting->number || setting->number > TREAT_MAX_AFTER_S)) {
		admin_refuse(request, "usage", "it cannot ring for %u s; choose 1 to %u",
			     setting->number, TREAT_MAX_AFTER_S);
		return false;
	}
	setting->to = to ? json_string_value(to) : "";
	if (!setting->to) {
		admin_refuse(request, "usage", "\"to\" is no string; leave it out for none");
		return false;
	}
	return !*setting->to || check_target(request, aor, setting->to);
}

static bool read_dnd(struct admin_request *request, struct treat_setting *setting)
{
	setting->key = TREAT_DND;
	setting->to = "";
	if (!number_arg(request, "code", 0, &setting->number))
		return false;
	if (!setting->number || treat_dnd_ok(setting->number))
		return true;
	admin_refuse(request, "usage", "calls cannot be refused with %u; choose 480, 486 or 603",
		     setting->number);
	return false;
}

static json_t *set(struct admin_request *request, bool dnd)
{
	struct treat_setting setting;
	struct registrar *registrar;
	struct admin_change *change;
	struct aor aor;

	registrar = admin_account(request, &aor);
	if (!registrar || !admin_user_exists(request, registrar, &aor, NULL))
		return NULL;
	if (dnd ? !read_dnd(request, &setting) : !read_forward(request, &aor, &setting))
		return NULL;
	change = admin_change_alloc(request, registrar, &aor);
	if (change) {
		change->kind = ADMIN_SETS;
		change->setting = setting;
	}
	return admin_change_submit(change);
}

json_t *admin_user_forward(struct admin_request *request)
{
	return set(request, false);
}

json_t *admin_user_dnd(struct admin_request *request)
{
	return set(request, true);
}

static unsigned int count_bindings(const struct registrar *registrar, const struct aor *aor)
{
	struct location_ref ref;
	unsigned int count;

	location_open(registrar->location, aor->user, aor->domain->name, registrar_now_ms(), &ref);
	count = ref.count;
	location_close(&ref);
	return count;
}

static json_t *forward_object(const struct treat *treat)
{
	json_t *forward = json_object();

	for (enum treat_key key = TREAT_ALWAYS; key < TREAT_FORWARDS; key++)
		if (treat_forwards(treat, key))
			json_object_set_new(forward, treat_word(key), admin_text(treat->to[key]));
	return forward;
}

json_t *admin_user_show(struct admin_request *request)
{
	struct treat treat = { .dnd = 0 };
	struct registrar *registrar;
	struct user_secret secret;
	struct aor aor;
	bool enabled;

	registrar = admin_account(request, &aor);
	if (!registrar || !admin_user_exists(request, registrar, &aor, &secret))
		return NULL;
	users_treat(registrar->users, aor.user, aor.domain->name, &treat, &enabled);
	return json_pack("{s:o, s:s, s:b, s:i, s:o, s:i, s:i}", "user", admin_text(aor.user),
			 "domain", aor.domain->name, "enabled", (int)secret.enabled,
			 "registrations", (int)count_bindings(registrar, &aor), "forward",
			 forward_object(&treat), "after_s",
			 treat_forwards(&treat, TREAT_NO_ANSWER) ? (int)treat.after_s : 0, "dnd",
			 (int)treat.dnd);
}

/* --- groups --- */

/* Can he be called? "number" goes by a route or trunk. */
static const char *member_state(const struct registrar *registrar, const struct cfg *cfg,
				const struct cfg_group *group, const char *member)
{
	struct cfg_destination destination;
	struct treat treat = { .dnd = 0 };
	struct sip_uri uri;
	char text[2 * CFG_DESTINATION_MAX + 8];
	struct aor aor;
	bool enabled;

	if (cfg_destination_read(&destination, cfg, group->domain, member) || destination.trunk)
		return "number";
	snprintf(text, sizeof(text), "sip:%s@%s", destination.user, destination.domain->name);
	if (sip_uri_parse(&uri, view_str(text)) || aor_read(&aor, cfg, &uri))
		return "number";
	if (users_treat(registrar->users, aor.user, aor.domain->name, &treat, &enabled) == -ENOENT)
		return count_bindings(registrar, &aor) ? "registered" : "number";
	if (treat.dnd)
		return "do not disturb";
	return count_bindings(registrar, &aor) ? "registered" : "not registered";
}

static json_t *group_object(const struct registrar *registrar, const struct cfg *cfg,
			    const struct cfg_group *group)
{
	json_t *members = json_array();

	for (unsigned int i = 0; i < group->nmembers; i++)
		json_array_append_new(
			members,
			json_pack("{s:o, s:s}", "member", admin_text(group->members[i]), "state",
				  member_state(registrar, cfg, group, group->members[i])));
	return json_pack("{s:s, s:s, s:s, s:i, s:o, s:o}", "name", group->name, "domain",
			 group->domain->name, "strategy", cfg_hunting_name(group->strategy),
			 "member_timeout_ms", (int)group->member_timeout_ms, "overflow",
			 group->overflow ? admin_text(group->overflow) : json_null(), "members",
			 members);
}

json_t *admin_group_list(struct admin_request *request)
{
	struct registrar *registrar = admin_registrar(request);
	const struct cfg *cfg = admin_cfg(request);
	json_t *list;

	if (!registrar)
		return NULL;
	list = json_array();
	for (unsigned int i = 0; i < cfg->ngroups; i++)
		json_array_append_new(list, group_object(registrar, cfg, &cfg->groups[i]));
	return json_pack("{s:o}", "groups", list);
}
