// SPDX-License-Identifier: GPL-2.0-or-later
/* Finished calls, kept for questions after the fact: the last ones, as many as configured. */
#include "call/state.h"

void call_record(struct call *call)
{
	struct call_engine *engine = call->engine;

	TAILQ_INSERT_HEAD(&engine->finished, call, link);
	engine->counts.finished_kept++;
	while (engine->counts.finished_kept > engine->keep_finished) {
		call = TAILQ_LAST(&engine->finished, call_list);
		TAILQ_REMOVE(&engine->finished, call, link);
		engine->counts.finished_kept--;
		call_free(call);
	}
}

void call_records_free(struct call_engine *engine)
{
	struct call *call;

	while ((call = TAILQ_FIRST(&engine->finished))) {
		TAILQ_REMOVE(&engine->finished, call, link);
		engine->counts.finished_kept--;
		call_free(call);
	}
}
