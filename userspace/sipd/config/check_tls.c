// SPDX-License-Identifier: GPL-2.0-or-later
/* The TLS of a realm: the files are read, so that what is wrong with them is told. */
#include <errno.h>
#include <string.h>

#include "config/check.h"
#include "transport/tls.h"

/* Where the file of an error is named. */
static struct cfg_pos file_pos(struct cfg_check *check, unsigned int realm,
			       const struct tp_tls_error *error)
{
	static const char *const keys[] = {
		[TP_TLS_CERTIFICATE] = "certificate",
		[TP_TLS_KEY] = "key",
		[TP_TLS_CA] = "ca",
	};

	if (error->file != TP_TLS_CA && error->index)
		return cfg_tree_pos(check->tree, "realms[%u].tls.more[%u].%s", realm,
				    error->index - 1, keys[error->file]);
	return cfg_tree_pos(check->tree, "realms[%u].tls.%s", realm, keys[error->file]);
}

static void tell(struct cfg_check *check, unsigned int realm, const struct tp_tls *tls,
		 const struct tp_tls_error *error)
{
	static const char *const what[] = {
		[TP_TLS_CERTIFICATE] = "name a readable PEM file with the certificate and those "
				       "that signed it",
		[TP_TLS_KEY] = "name a readable PEM file with the key of that certificate, without "
			       "a pass phrase",
		[TP_TLS_CA] = "name a readable PEM file with the certificates to trust",
	};

	cfg_mistake(check->report, file_pos(check, realm, error), "\"%s\" cannot be used: %s; %s",
		    tp_tls_file(tls, error), error->text, what[error->file]);
}

static bool is_absolute(struct cfg_check *check, unsigned int realm, const struct tp_tls *tls,
			const struct tp_tls_config *config)
{
	struct tp_tls_error error = { 0 };
	bool ok = true;

	for (unsigned int i = 0; i < config->npairs; i++) {
		error.index = i;
		for (error.file = TP_TLS_CERTIFICATE; error.file <= TP_TLS_CA; error.file++) {
			if ((error.file == TP_TLS_CA && (i || !config->ca)) ||
			    *tp_tls_file(tls, &error) == '/')
				continue;
			cfg_mistake(check->report, file_pos(check, realm, &error),
				    "\"%s\" is no absolute path; begin it with /",
				    tp_tls_file(tls, &error));
			ok = false;
		}
	}
	return ok;
}

static bool listens_by_tls(const struct cfg_realm *realm)
{
	for (unsigned int i = 0; i < realm->nlisten; i++)
		if (tp_is_tls(realm->listen[i].proto))
			return true;
	return false;
}

static void read_raw(struct tp_tls_config *config, const struct raw_tls *raw)
{
	*config = (struct tp_tls_config){
		.ca = raw->ca,
		.verify_client = raw->verify_client == RAW_TRUE,
		.verify_server = raw->verify_server != RAW_NOT_SO,
		.pairs[0] = { raw->certificate, raw->key },
		.npairs = 1 + raw->nmore,
	};
	for (unsigned int i = 0; i < raw->nmore; i++)
		config->pairs[1 + i] =
			(struct tp_tls_pair){ raw->more[i].certificate, raw->more[i].key };
}

int cfg_check_tls(struct cfg_check *check, unsigned int index)
{
	const struct raw_tls *raw = check->raw->realms[index].tls;
	struct cfg_realm *realm = &check->cfg->realms[index];
	struct tp_tls_config config;
	struct tp_tls_error error;

	if (!raw) {
		if (listens_by_tls(realm))
			cfg_mistake(
				check->report,
				cfg_tree_pos(check->tree, "realms[%u].listen", index),
				"realm \"%s\" listens by TLS without a certificate; add \"tls: { "
				"certificate: FILE, key: FILE }\"",
				realm->name);
		return 0;
	}
	if (!listens_by_tls(realm))
		cfg_mistake(check->report, cfg_tree_pos(check->tree, "realms[%u].tls", index),
			    "realm \"%s\" does not listen by TLS; add \"tls:ADDRESS:PORT\" or "
			    "\"wss:ADDRESS:PORT\" to listen, or leave tls out",
			    realm->name);
	read_raw(&config, raw);
	realm->tls = tp_tls_alloc(&config);
	if (!realm->tls)
		return -ENOMEM;
	if (is_absolute(check, index, realm->tls, &config) && tp_tls_load(realm->tls, &error))
		tell(check, index, realm->tls, &error);
	return 0;
}
