// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/sip_warning.h"

#include <stdio.h>

#include "libsipfast/libsipfast_sip.h"
#include "sipctl/command.h"

json_t *sip_warnings(struct ctl *ctl)
{
	json_t *warnings = json_array();
	char why[512];

	if (sf_sip_helper_check(why, sizeof(why))) {
		fflush(stdout);
		fprintf(stderr, "sipctl: %s: warning: %s\n", ctl->command->path, why);
		json_array_append_new(warnings, json_string(why));
	}
	return json_pack("{s:o}", "warnings", warnings);
}
