// SPDX-License-Identifier: GPL-2.0-or-later
/* Credentials that peers are shown who ask for them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/crypto.h>

#include "config/check.h"

#define MAX_PASSWORD 255

void cfg_account_free(struct cfg_account *account)
{
	if (!account)
		return;
	if (account->password)
		OPENSSL_cleanse(account->password, strlen(account->password));
	free(account->password);
	free(account->user);
	free(account->realm);
	free(account);
}

/* What stands in quotes as it is (RFC 7616 s.3.4); a user ends before the first colon. */
static void check_text(struct cfg_check *check, struct cfg_pos pos, const char *key,
		       const char *text, const char *forbidden)
{
	for (const char *p = text; *p; p++) {
		if ((unsigned char)*p >= ' ' && *p != 0x7f && !strchr(forbidden, *p))
			continue;
		cfg_mistake(check->report, pos, "%s must not have a %s in it; leave it out", key,
			    *p == '"'  ? "quotation mark" :
			    *p == '\\' ? "backslash" :
			    *p == ':'  ? "colon" :
					 "control character");
		return;
	}
}

static int read_line(FILE *file, char line[MAX_PASSWORD + 2])
{
	size_t len;

	if (!fgets(line, MAX_PASSWORD + 2, file))
		return -EBADMSG;
	len = strcspn(line, "\r\n");
	if (!len || len > MAX_PASSWORD)
		return -EBADMSG;
	line[len] = '\0';
	return 0;
}

/* Its first line; a mistake is told. */
static void read_file(struct cfg_check *check, struct cfg_pos pos, const char *path,
		      char line[MAX_PASSWORD + 2])
{
	struct stat stat;
	FILE *file;

	line[0] = '\0';
	if (*path != '/') {
		cfg_mistake(check->report, pos, "\"%s\" is no absolute path; begin it with /",
			    path);
		return;
	}
	file = fopen(path, "re");
	if (!file || fstat(fileno(file), &stat))
		cfg_mistake(check->report, pos,
			    "%s cannot be read: %s; correct the path or its mode", path,
			    strerror(errno));
	else if (stat.st_mode & (S_IRWXO | S_IWGRP))
		cfg_mistake(check->report, pos,
			    "%s is open to others (mode %04o); chmod it to 0600, or 0640 with the "
			    "group that sipd runs as",
			    path, stat.st_mode & 07777);
	else if (read_line(file, line))
		cfg_mistake(
			check->report, pos,
			"%s has no password of 1 to %d octets in its first line; write it there",
			path, MAX_PASSWORD);
	if (file)
		fclose(file);
}

static int check_password(struct cfg_check *check, const char *place, const struct raw_account *raw,
			  struct cfg_account *account)
{
	char line[MAX_PASSWORD + 2];

	if (!raw->password == !raw->password_file)
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "%s.credentials", place),
			    "credentials need a password or a password-file, and not both; write "
			    "one of them");
	if (raw->password_file)
		read_file(check, cfg_tree_pos(check->tree, "%s.credentials.password-file", place),
			  raw->password_file, line);
	else
		snprintf(line, sizeof(line), "%s", raw->password ? raw->password : "");
	account->in_file = raw->password_file;
	account->password = strdup(line);
	OPENSSL_cleanse(line, sizeof(line));
	return account->password ? 0 : -ENOMEM;
}

int cfg_check_account(struct cfg_check *check, const char *place, const struct raw_account *raw,
		      struct cfg_account **out)
{
	struct cfg_account *account;

	if (!raw)
		return 0;
	account = calloc(1, sizeof(*account));
	*out = account;
	if (!account)
		return -ENOMEM;
	check_text(check, cfg_tree_pos(check->tree, "%s.credentials.user", place), "user",
		   raw->user, "\"\\:");
	account->user = strdup(raw->user);
	if (!account->user)
		return -ENOMEM;
	if (raw->realm) {
		check_text(check, cfg_tree_pos(check->tree, "%s.credentials.realm", place), "realm",
			   raw->realm, "\"\\");
		account->realm = strdup(raw->realm);
		if (!account->realm)
			return -ENOMEM;
	}
	return check_password(check, place, raw, account);
}
