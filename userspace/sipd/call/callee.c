// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/callee.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call/target.h"

struct call_callee *call_callee_add(struct call_targets *targets, const struct aor *aor,
				    const struct treat *treat, unsigned int more)
{
	size_t size = strlen(aor->user) + strlen(aor->domain->name) + sizeof("sip:@");
	struct call_callee *callee = calloc(1, sizeof(*callee) + size), *by = targets->callees;

	if (!callee)
		return NULL;
	snprintf(callee->uri, size, "sip:%s@%s", aor->user, aor->domain->name);
	callee->aor = *aor;
	if (treat)
		callee->treat = *treat;
	callee->past.uri = view_str(callee->uri);
	callee->past.by = by ? &by->past : NULL;
	callee->past.ours = true;
	callee->past.more = by ? 0 : (uint16_t)more;
	callee->level = by ? by->level + 1 : callee->past.more;
	callee->next = by;
	call_targets_count_in(targets, &callee->past);
	targets->callees = callee;
	return callee;
}

bool call_callee_has(const struct call_callee *callees, const struct aor *aor)
{
	for (; callees; callees = callees->next)
		if (callees->aor.domain == aor->domain && !strcmp(callees->aor.user, aor->user))
			return true;
	return false;
}

void call_callees_free(struct call_callee **callees, const struct call_callee *until)
{
	struct call_callee *callee;

	while ((callee = *callees) && callee != until) {
		*callees = callee->next;
		free(callee);
	}
}
