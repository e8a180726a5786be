// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/pages.h"

#include <stdlib.h>
#include <string.h>

#include "sipctl/field.h"

static int by_name(const void *a, const void *b)
{
	const json_t *one = *(json_t *const *)a, *other = *(json_t *const *)b;
	int order = strcmp(field_text(one, "domain"), field_text(other, "domain"));

	return order ? order : strcmp(field_text(one, "user"), field_text(other, "user"));
}

/* Takes @list. */
static json_t *sorted(json_t *list)
{
	size_t count = json_array_size(list);
	json_t **entries = calloc(count ? count : 1, sizeof(*entries));
	json_t *result = json_array();

	if (!entries || !result)
		abort();
	for (size_t i = 0; i < count; i++)
		entries[i] = json_array_get(list, i);
	qsort(entries, count, sizeof(*entries), by_name);
	for (size_t i = 0; i < count; i++)
		json_array_append(result, entries[i]);
	free(entries);
	json_decref(list);
	return result;
}

int ctl_daemon_pages(struct ctl *ctl, const char *noun, const char *name, json_t **list)
{
	json_t *all = json_array(), *next = json_integer(0), *page;
	int code = CTL_OK;

	while (!code && json_is_integer(next)) {
		code = ctl_daemon(ctl, noun, "list", json_pack("{s:o}", "from", next), &page);
		if (code)
			break;
		json_array_extend(all, json_object_get(page, name));
		next = json_incref(json_object_get(page, "next"));
		json_decref(page);
	}
	if (code) {
		json_decref(all);
		return code;
	}
	json_decref(next);
	*list = sorted(all);
	return CTL_OK;
}
