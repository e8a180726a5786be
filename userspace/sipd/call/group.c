// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Hunt groups: their members are called by the strategy. What members have set for calls to
 * themselves is not done to those of a group, or else one forwarding would take all calls away from
 * the others; but who does not want to be disturbed is not.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "call/registrar.h"
#include "call/treat_route.h"

/* The first one that is called. */
static unsigned int first_member(const struct call_engine *engine, const struct cfg_group *group)
{
	atomic_uint *turn = &engine->registrar->turns[group->slot];

	if (group->strategy != CFG_IN_TURN)
		return 0;
	return atomic_fetch_add_explicit(turn, 1, memory_order_relaxed) % group->nmembers;
}

static int add_user(struct call_engine *engine, const struct aor *aor, struct call_targets *targets)
{
	struct registrar_targets *bindings;
	struct treat treat;
	bool enabled;
	int ret;

	if (!users_treat(engine->registrar->users, aor->user, aor->domain->name, &treat,
			 &enabled) &&
	    treat.dnd)
		return -EAGAIN;
	ret = registrar_lookup(engine->registrar, aor, NULL, &bindings);
	if (ret)
		return ret;
	ret = call_route_bindings(engine, bindings, targets);
	free(bindings);
	return ret;
}

/* 0, or why he cannot be called. A number goes by the first trunk of its route. */
static int add_member(struct call_engine *engine, const struct cfg_group *group, const char *member,
		      struct call_choice *choice)
{
	char text[2 * CFG_DESTINATION_MAX + 8];
	struct cfg_destination destination;
	struct call_choice number = { .settings = choice->settings };
	struct sip_uri uri;
	struct aor aor;
	int ret;

	if (cfg_destination_read(&destination, choice->settings->cfg, group->domain, member))
		return -ENETUNREACH;
	if (destination.trunk)
		return call_route_trunk(engine, destination.trunk, view_str(destination.user),
					&choice->targets);
	if (!call_treat_aor(choice, &destination, text, sizeof(text), &uri, &aor))
		return -ENETUNREACH;
	ret = add_user(engine, &aor, &choice->targets);
	if (ret != -ENOENT)
		return ret;
	number.targets = choice->targets;
	ret = call_route_out(engine, call_realm_of(engine, group->domain->realm), &uri, 1, &number);
	choice->targets = number.targets;
	return ret;
}

/* How many can be called. */
static unsigned int add_members(struct call_engine *engine, const struct cfg_group *group,
				const struct call_callee *callee, struct call_choice *choice)
{
	struct call_target_trait *trait = &choice->targets.trait;
	unsigned int first = first_member(engine, group), count = 0;

	*trait = (struct call_target_trait){
		.by = &callee->past,
		.contact = true,
		.no_answer_ms = group->member_timeout_ms,
		.silence_ms = choice->settings->cfg->failover_ms,
		.ranked = true,
		.hunted = true,
	};
	for (unsigned int i = 0; i < group->nmembers; i++) {
		const char *member = group->members[(first + i) % group->nmembers];

		trait->q = group->strategy == CFG_RING_ALL ? CALL_Q_MAX :
							     (uint16_t)(CALL_Q_MAX - i);
		trait->label = view_str(member);
		count += !add_member(engine, group, member, choice);
	}
	*trait = (struct call_target_trait){ .by = NULL };
	return count;
}

int call_group_enter(struct call_engine *engine, const struct cfg_group *group,
		     const struct aor *aor, struct call_choice *choice)
{
	struct call_callee *callee =
		call_callee_add(&choice->targets, aor, NULL, choice->diversions);
	unsigned int count;

	if (!callee)
		return -ENOMEM;
	callee->group = group;
	for (enum treat_key key = TREAT_BUSY; group->overflow && key < TREAT_FORWARDS; key++)
		snprintf(callee->treat.to[key], sizeof(callee->treat.to[key]), "%s",
			 group->overflow);
	count = add_members(engine, group, callee, choice);
	snprintf(choice->why, sizeof(choice->why),
		 "group %s, %s: %u of its %u members can be called", call_callee_name(callee),
		 cfg_hunting_name(group->strategy), count, group->nmembers);
	if (count)
		return 0;
	return group->overflow ? call_treat_forward(engine, callee, TREAT_UNREACHABLE, 0, choice) :
				 -EAGAIN;
}
