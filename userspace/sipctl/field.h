/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fields of sipd's answers. What is missing or of another type reads as nothing, so that
 * sipctl gets along with an older or newer sipd. Strings are borrowed from the object.
 */
#ifndef SIPCTL_FIELD_H
#define SIPCTL_FIELD_H

#include <jansson.h>
#include <stdio.h>

static inline const char *field_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text ? text : "";
}

static inline long long field_int(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

/* sipd's answers are bounded; tells how much did not go in. */
static inline void field_print_omitted(const json_t *result)
{
	if (field_int(result, "omitted") > 0)
		printf("and %lld more\n", field_int(result, "omitted"));
}

#endif /* SIPCTL_FIELD_H */
