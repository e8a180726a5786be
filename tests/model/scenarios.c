// SPDX-License-Identifier: GPL-2.0-or-later
#include "world.h"

#define A_DOES(what)            \
	{                       \
		0, MODEL_##what \
	}
#define B_DOES(what)            \
	{                       \
		1, MODEL_##what \
	}

const struct model_scenario model_scenarios[] = {
	{ "a call", {}, 0, 2, 1 },
	{ "refused", { B_DOES(REFUSE) }, 1, 1, 1 },
	{ "cancelled", { A_DOES(CANCEL) }, 1, 1, 1 },
	{ "ended by the caller", { A_DOES(BYE) }, 1, 1, 1 },
	{ "ended by the callee", { B_DOES(BYE) }, 1, 1, 1 },
	{ "changed by the caller", { A_DOES(REINVITE) }, 1, 1, 1 },
	{ "changed by the callee", { B_DOES(REINVITE) }, 1, 1, 1 },
	{ "ended by both", { A_DOES(BYE), B_DOES(BYE) }, 2, 1, 0 },
	{ "ended by both", { A_DOES(BYE), B_DOES(BYE) }, 2, 0, 1 },
	{ "cancelled and refused", { A_DOES(CANCEL), B_DOES(REFUSE) }, 2, 1, 0 },
	{ "cancelled and refused", { A_DOES(CANCEL), B_DOES(REFUSE) }, 2, 0, 1 },
	{ "cancelled and ended", { A_DOES(CANCEL), B_DOES(BYE) }, 2, 1, 0 },
	{ "cancelled and ended", { A_DOES(CANCEL), B_DOES(BYE) }, 2, 0, 1 },
	{ "changed by both", { A_DOES(REINVITE), B_DOES(REINVITE) }, 2, 1, 0 },
	{ "changed by both", { A_DOES(REINVITE), B_DOES(REINVITE) }, 2, 0, 1 },
	{ "changed and cancelled", { A_DOES(REINVITE), A_DOES(CANCEL) }, 2, 1, 0 },
	{ "changed and cancelled", { A_DOES(REINVITE), A_DOES(CANCEL) }, 2, 0, 1 },
	{ "changed by the callee and cancelled", { B_DOES(REINVITE), B_DOES(CANCEL) }, 2, 1, 0 },
	{ "changed by the callee and cancelled", { B_DOES(REINVITE), B_DOES(CANCEL) }, 2, 0, 1 },
	{ "changed and refused", { B_DOES(REINVITE), A_DOES(REFUSE) }, 2, 1, 0 },
	{ "changed and refused", { B_DOES(REINVITE), A_DOES(REFUSE) }, 2, 0, 1 },
	{ "changed and ended", { A_DOES(REINVITE), A_DOES(BYE) }, 2, 1, 0 },
	{ "changed and ended", { A_DOES(REINVITE), A_DOES(BYE) }, 2, 0, 1 },
	{ "changed and ended by who is asked", { A_DOES(REINVITE), B_DOES(BYE) }, 2, 1, 0 },
	{ "changed and ended by who is asked", { A_DOES(REINVITE), B_DOES(BYE) }, 2, 0, 1 },
	{ "changed by the callee and ended", { B_DOES(REINVITE), A_DOES(BYE) }, 2, 1, 0 },
	{ "changed by the callee and ended", { B_DOES(REINVITE), A_DOES(BYE) }, 2, 0, 1 },
};

const unsigned int model_nscenarios = sizeof(model_scenarios) / sizeof(*model_scenarios);
