// SPDX-License-Identifier: GPL-2.0-or-later
#include "config/config.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/crypto.h>

#include "config/check.h"
#include "config/raw.h"
#include "config/report.h"
#include "config/tree.h"
#include "transport/tls.h"

#define MAX_FILE (1024 * 1024)

/* libcyaml logs what is wrong first, then a backtrace, whose first place is the nearest one. */
struct cyaml_trouble {
	char what[256];
	struct cfg_pos pos;
};

static void note_trouble(cyaml_log_t level, void *ctx, const char *format, va_list args)
{
	struct cyaml_trouble *trouble = ctx;
	const char *place;
	char line[256];

	(void)level;
	vsnprintf(line, sizeof(line), format, args);
	line[strcspn(line, "\n")] = 0;
	place = strstr(line, "(line: ");
	if (!place && !trouble->what[0])
		snprintf(trouble->what, sizeof(trouble->what), "%s",
			 strncmp(line, "Load: ", 6) ? line : line + 6);
	if (place && !trouble->pos.line)
		sscanf(place, "(line: %zu, column: %zu", &trouble->pos.line, &trouble->pos.column);
}

static void cyaml_setup(cyaml_config_t *config, struct cyaml_trouble *trouble)
{
	*config = (cyaml_config_t){
		.log_fn = note_trouble,
		.log_ctx = trouble,
		.mem_fn = cyaml_mem,
		.log_level = CYAML_LOG_ERROR,
		/* They are told by cfg_tree_check(). */
		.flags = CYAML_CFG_IGNORE_UNKNOWN_KEYS,
	};
}

static void tell_trouble(const struct cyaml_trouble *trouble, cyaml_err_t err,
			 struct cfg_report *report)
{
	const char *what = trouble->what[0] ? trouble->what : cyaml_strerror(err);

	if (trouble->pos.line)
		cfg_mistake(report, trouble->pos, "%s; correct it", what);
	else
		cfg_mistake_file(report, "%s; correct it", what);
}

static double unix_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct cfg *from_raw(struct cfg_tree *tree, const struct raw_cfg *raw,
			    const struct cfg *present, struct cfg_report *report)
{
	struct cfg_check check = { .report = report, .tree = tree, .raw = raw, .present = present };

	check.cfg = calloc(1, sizeof(*check.cfg));
	if (!check.cfg || cfg_check(&check)) {
		cfg_mistake_file(report, "out of memory; free some and try again");
	} else if (!report->mistakes) {
		atomic_init(&check.cfg->refs, 1);
		check.cfg->loaded = unix_time();
		cfg_check_next(&check);
	}
	if (report->mistakes) {
		cfg_free(check.cfg);
		return NULL;
	}
	return check.cfg;
}

static struct cfg *from_text(const char *text, size_t len, const struct cfg *present,
			     struct cfg_report *report)
{
	struct cyaml_trouble trouble = { 0 };
	struct raw_cfg *raw = NULL;
	struct cfg *cfg = NULL;
	cyaml_config_t config;
	struct cfg_tree tree;
	cyaml_err_t err;

	if (cfg_tree_init(&tree, text, len, report))
		return NULL;
	cfg_tree_check(&tree, &cfg_schema, report);
	cyaml_setup(&config, &trouble);
	err = cyaml_load_data((const uint8_t *)text, len, &config, &cfg_schema, (void **)&raw,
			      NULL);
	if (!err && raw)
		cfg = from_raw(&tree, raw, present, report);
	else if (!report->mistakes)
		tell_trouble(&trouble, err, report);
	if (!err)
		cyaml_free(&config, &cfg_schema, raw, 0);
	cfg_tree_clean(&tree);
	return cfg;
}

static char *read_file(const char *path, size_t *len, struct cfg_report *report)
{
	FILE *file = fopen(path, "re");
	char *text;

	if (!file) {
		cfg_mistake_file(report, "%s; name a readable file with -f", strerror(errno));
		return NULL;
	}
	text = malloc(MAX_FILE + 1);
	if (!text) {
		cfg_mistake_file(report, "out of memory; free some and try again");
		goto out;
	}
	*len = fread(text, 1, MAX_FILE + 1, file);
	if (ferror(file)) {
		cfg_mistake_file(report, "%s; name a readable file with -f", strerror(errno));
	} else if (*len > MAX_FILE) {
		cfg_mistake_file(report, "greater than 1 MiB; is it a configuration?");
	} else {
		goto out;
	}
	free(text);
	text = NULL;
out:
	fclose(file);
	return text;
}

struct cfg *cfg_load_next(const char *path, const struct cfg *present,
			  void (*report)(void *arg, const char *line), void *arg)
{
	struct cfg_report out = { .path = path, .cb = report, .arg = arg };
	struct cfg *cfg;
	char *text, *all;
	size_t len;

	all = read_file(path, &len, &out);
	if (!all)
		return NULL;
	text = realloc(all, len + 1);
	if (!text)
		text = all;
	cfg = from_text(text, len, present, &out);
	if (!cfg) {
		free(text);
		return NULL;
	}
	cfg->text = text;
	cfg->len = len;
	cfg->path = strdup(path);
	if (cfg->path)
		return cfg;
	cfg_mistake_file(&out, "out of memory; free some and try again");
	cfg_free(cfg);
	return NULL;
}

struct cfg *cfg_load(const char *path, void (*report)(void *arg, const char *line), void *arg)
{
	return cfg_load_next(path, NULL, report, arg);
}

void cfg_free(struct cfg *cfg)
{
	unsigned int i;

	if (!cfg)
		return;
	for (i = 0; i < cfg->nrealms; i++) {
		free(cfg->realms[i].name);
		free(cfg->realms[i].listen);
		free(cfg->realms[i].advertise);
		cfg_peer_clean(&cfg->realms[i].next_hop);
		cfg_ws_clean(&cfg->realms[i].ws);
		cfg_codecs_clean(&cfg->realms[i].codecs);
		tp_tls_free(cfg->realms[i].tls);
		tp_tls_free(cfg->realms[i].tls_next);
	}
	cfg_groups_clean(cfg);
	for (i = 0; i < cfg->ndomains; i++) {
		free(cfg->domains[i].name);
		free(cfg->domains[i].voicemail);
	}
	free(cfg->domains);
	free(cfg->realms);
	for (i = 0; i < cfg->ntrunks; i++) {
		cfg_peer_clean(&cfg->trunks[i].address);
		cfg_codecs_clean(&cfg->trunks[i].codecs);
		cfg_registration_free(cfg->trunks[i].registration);
		free(cfg->trunks[i].name);
	}
	free(cfg->trunks);
	for (i = 0; i < cfg->nroutes; i++) {
		free(cfg->routes[i].match);
		free(cfg->routes[i].to);
	}
	free(cfg->routes);
	free(cfg->store_path);
	free(cfg->control_socket);
	free(cfg->path);
	if (cfg->text)
		OPENSSL_cleanse(cfg->text, cfg->len);
	free(cfg->text);
	free(cfg);
}

const struct cfg_domain *cfg_find_domain(const struct cfg *cfg, struct view name)
{
	for (unsigned int i = 0; i < cfg->ndomains; i++)
		if (view_ieq(view_str(cfg->domains[i].name), name))
			return &cfg->domains[i];
	return NULL;
}
