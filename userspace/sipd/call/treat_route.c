// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/treat_route.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/registrar.h"

#define URI_SIZE (2 * CFG_DESTINATION_MAX + 8)

/* --- whom it is sent on to --- */

static enum call_diversion diversion_of(const struct call_callee *callee, enum treat_key key)
{
	switch (key) {
	case TREAT_ALWAYS:
		return CALL_DIVERTED_ALWAYS;
	case TREAT_BUSY:
		return callee->treat.dnd ? CALL_DIVERTED_DND : CALL_DIVERTED_BUSY;
	case TREAT_NO_ANSWER:
		return CALL_DIVERTED_NO_ANSWER;
	default:
		return CALL_DIVERTED_AWAY;
	}
}

static int cause_of(enum treat_key key, int status)
{
	switch (key) {
	case TREAT_ALWAYS:
		return 302;
	case TREAT_NO_ANSWER:
		return 408;
	default:
		return status ? status : 480;
	}
}

/* What the voicemail is told (RFC 4458 s.2.2). */
static unsigned int voicemail_cause(enum treat_key key, int status)
{
	switch (key) {
	case TREAT_ALWAYS:
		return 302;
	case TREAT_BUSY:
		return 486;
	case TREAT_NO_ANSWER:
		return 408;
	default:
		return status ? 503 : 404;
	}
}

/* In a parameter of a URI (RFC 3261 s.25.1), whatever else stays as it is. */
static void write_escaped(struct sip_out *out, const char *text)
{
	for (; *text; text++) {
		char c[] = { *text, '\0' };

		if (!strchr("@;=&+$,?%", *c)) {
			sip_out_str(out, c);
			continue;
		}
		sip_out_str(out, "%");
		c[0] = "0123456789ABCDEF"[(unsigned char)*text >> 4];
		sip_out_str(out, c);
		c[0] = "0123456789ABCDEF"[*text & 15];
		sip_out_str(out, c);
	}
}

/* Whose voice is kept there, and why (RFC 4458 s.2). */
static void write_params(struct sip_out *out, const struct call_callee *callee, unsigned int cause)
{
	sip_out_str(out, ";target=");
	write_escaped(out, callee->uri);
	sip_out_str(out, ";cause=");
	sip_out_u32(out, cause);
}

bool call_treat_aor(const struct call_choice *choice, const struct cfg_destination *destination,
		    char uri[], size_t size, struct sip_uri *parsed, struct aor *aor)
{
	snprintf(uri, size, "sip:%s@%s", destination->user, destination->domain->name);
	return !sip_uri_parse(parsed, view_str(uri)) &&
	       !aor_read(aor, choice->settings->cfg, parsed);
}

/* To a user of ours, or as he might have called that number himself. */
static int lead_to_user(struct call_engine *engine, const struct call_callee *callee,
			const struct cfg_destination *destination, struct call_choice *choice)
{
	struct call_targets *targets = &choice->targets;
	const struct call_target_trait trait = targets->trait;
	char text[URI_SIZE];
	struct sip_uri uri;
	struct aor aor;
	int ret;

	if (!call_treat_aor(choice, destination, text, sizeof(text), &uri, &aor))
		return -ENETUNREACH;
	ret = destination->domain->registrar ? call_treat_enter(engine, &aor, choice) : -ESRCH;
	if (ret != -ESRCH)
		return ret;
	call_callees_free(&targets->callees, callee);
	targets->trait = trait;
	return call_route_out(engine, call_realm_of(engine, callee->aor.domain->realm), &uri,
			      CFG_MAX_ROUTE_TRUNKS, choice);
}

static int lead_to(struct call_engine *engine, const struct call_callee *callee,
		   const struct cfg_destination *destination, struct call_choice *choice)
{
	if (destination->trunk)
		return call_route_trunk(engine, destination->trunk, view_str(destination->user),
					&choice->targets);
	return lead_to_user(engine, callee, destination, choice);
}

static void explain(struct call_choice *choice, const struct call_callee *callee, const char *to,
		    const char *why)
{
	/* Who is farther on the way has said it already. */
	if (!choice->why[0])
		snprintf(choice->why, sizeof(choice->why), "%s is forwarded to %s: %s",
			 call_callee_name(callee), to, why);
}

int call_treat_forward(struct call_engine *engine, struct call_callee *callee, enum treat_key key,
		       int status, struct call_choice *choice)
{
	const char *text = callee->treat.to[key];
	struct cfg_destination destination;
	char params[URI_SIZE];
	struct sip_out out;
	int ret;

	callee->why = key;
	callee->past.cause = (uint16_t)cause_of(key, status);
	callee->past.reason = (uint8_t)diversion_of(callee, key);
	choice->why[0] = '\0';
	if (callee->level >= CALL_MAX_DIVERSIONS) {
		explain(choice, callee, text, "it has been forwarded too often");
		return -ELOOP;
	}
	ret = cfg_destination_read(&destination, choice->settings->cfg, callee->aor.domain, text);
	if (ret) {
		explain(choice, callee, text, cfg_destination_error(ret));
		return -ENETUNREACH;
	}
	sip_out_init(&out, params, sizeof(params));
	if (destination.voicemail)
		write_params(&out, callee, voicemail_cause(key, status));
	choice->targets.trait = (struct call_target_trait){
		.by = &callee->past,
		.params = sip_out_ok(&out) ? sip_out_text(&out) : VIEW_NONE,
	};
	ret = lead_to(engine, callee, &destination, choice);
	choice->targets.trait = (struct call_target_trait){ .by = NULL };
	if (ret == -ENOENT || ret == -EAFNOSUPPORT) {
		explain(choice, callee, text, "no route leads there");
		ret = -ENETUNREACH;
	} else if (ret == -ELOOP) {
		explain(choice, callee, text, "the call has been there: a loop");
	}
	return ret;
}

/* --- a user --- */

/* Where he is, or where calls go while he is nowhere. */
static int ring(struct call_engine *engine, const struct aor *aor, struct call_callee *callee,
		struct call_choice *choice)
{
	struct call_target_trait *trait = &choice->targets.trait;
	struct registrar_targets *bindings;
	int ret = registrar_lookup(engine->registrar, aor, NULL, &bindings);

	if (ret == -EAGAIN && callee && treat_forwards(&callee->treat, TREAT_UNREACHABLE))
		return call_treat_forward(engine, callee, TREAT_UNREACHABLE, 0, choice);
	if (ret)
		return ret == -ENOENT ? -ESRCH : ret;
	if (callee) {
		trait->by = &callee->past;
		trait->contact = true;
		trait->label = callee->next ? view_str(call_callee_name(callee)) : VIEW_NONE;
		if (treat_forwards(&callee->treat, TREAT_NO_ANSWER))
			trait->no_answer_ms = callee->treat.after_s * 1000u;
		if (treat_forwards(&callee->treat, TREAT_UNREACHABLE))
			trait->silence_ms = choice->settings->cfg->failover_ms;
	}
	ret = call_route_bindings(engine, bindings, &choice->targets);
	*trait = (struct call_target_trait){ .by = NULL };
	free(bindings);
	if (ret == -ENOTCONN && callee && treat_forwards(&callee->treat, TREAT_UNREACHABLE))
		return call_treat_forward(engine, callee, TREAT_UNREACHABLE, 0, choice);
	if (!ret)
		snprintf(choice->why, sizeof(choice->why), "the registration of %s@%s", aor->user,
			 aor->domain->name);
	return ret;
}

static int refuse(struct call_engine *engine, struct call_callee *callee,
		  struct call_choice *choice)
{
	if (treat_forwards(&callee->treat, TREAT_BUSY))
		return call_treat_forward(engine, callee, TREAT_BUSY, 486, choice);
	choice->refused = callee->treat.dnd;
	snprintf(choice->why, sizeof(choice->why), "%s does not want to be disturbed",
		 call_callee_name(callee));
	return -EBUSY;
}

static int enter_user(struct call_engine *engine, const struct aor *aor, struct call_choice *choice)
{
	struct call_callee *callee = NULL;
	struct treat treat;
	bool enabled, set;

	set = !users_treat(engine->registrar->users, aor->user, aor->domain->name, &treat,
			   &enabled);
	if (choice->targets.callees || set) {
		/* Who may not call may not let others call for him either. */
		callee = call_callee_add(&choice->targets, aor, set && enabled ? &treat : NULL,
					 choice->diversions);
		if (!callee)
			return -ENOMEM;
		if (treat_forwards(&callee->treat, TREAT_ALWAYS))
			return call_treat_forward(engine, callee, TREAT_ALWAYS, 302, choice);
		if (callee->treat.dnd)
			return refuse(engine, callee, choice);
	}
	return ring(engine, aor, callee, choice);
}

int call_treat_enter(struct call_engine *engine, const struct aor *aor, struct call_choice *choice)
{
	const struct cfg_group *group =
		cfg_find_group(choice->settings->cfg, aor->domain, aor->user);

	if (call_callee_has(choice->targets.callees, aor))
		return -ELOOP;
	return group ? call_group_enter(engine, group, aor, choice) :
		       enter_user(engine, aor, choice);
}
