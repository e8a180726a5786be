// SPDX-License-Identifier: GPL-2.0-or-later
#include "call/treat.h"

#include <stdio.h>
#include <string.h>

static const char *const words[TREAT_KEYS] = {
	[TREAT_ALWAYS] = "always",	     [TREAT_BUSY] = "busy", [TREAT_NO_ANSWER] = "no-answer",
	[TREAT_UNREACHABLE] = "unreachable", [TREAT_DND] = "dnd",
};

const char *treat_word(enum treat_key key)
{
	return words[key];
}

enum treat_key treat_find(const char *word)
{
	enum treat_key key = TREAT_ALWAYS;

	while (key < TREAT_KEYS && strcmp(words[key], word))
		key++;
	return key;
}

bool treat_dnd_ok(uint32_t status)
{
	return status == 480 || status == 486 || status == 603;
}

void treat_set(struct treat *treat, const struct treat_setting *setting)
{
	if (setting->key == TREAT_DND) {
		treat->dnd = (uint16_t)setting->number;
		return;
	}
	snprintf(treat->to[setting->key], sizeof(treat->to[setting->key]), "%s", setting->to);
	if (setting->key == TREAT_NO_ANSWER)
		treat->after_s = setting->number && setting->number <= TREAT_MAX_AFTER_S ?
					 (uint16_t)setting->number :
					 TREAT_AFTER_S;
}

bool treat_is_empty(const struct treat *treat)
{
	for (enum treat_key key = TREAT_ALWAYS; key < TREAT_FORWARDS; key++)
		if (treat_forwards(treat, key))
			return false;
	return !treat->dnd;
}
