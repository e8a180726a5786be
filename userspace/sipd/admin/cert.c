// SPDX-License-Identifier: GPL-2.0-or-later
/* "cert list" and "cert reload": what realms prove themselves by over TLS. */
#include <errno.h>
#include <time.h>

#include "admin/cert.h"
#include "admin/request.h"
#include "admin/text.h"
#include "config/certs.h"

#define DAY_S 86400
/* So long before its end a certificate that nobody has renewed is a fault. */
#define SOON_DAYS 7

/* Whole days, down to -1 for the last one that is over. */
static int days_left(int64_t not_after)
{
	int64_t left = not_after - (int64_t)time(NULL);

	return (int)(left < 0 ? -1 - (-left - 1) / DAY_S : left / DAY_S);
}

struct listing {
	const struct cfg_realm *realm;
	json_t *list;
};

static void add_certificate(void *arg, const struct tp_tls_certificate *cert)
{
	const struct listing *listing = arg;

	json_array_append_new(
		listing->list,
		json_pack("{s:s, s:o, s:o, s:o, s:I, s:I, s:i}", "realm", listing->realm->name,
			  "file", admin_text(cert->file), "subject", admin_text(cert->subject),
			  "names", admin_text(cert->names), "not_before",
			  (json_int_t)cert->not_before, "not_after", (json_int_t)cert->not_after,
			  "days_left", days_left(cert->not_after)));
}

static void add_trouble(void *arg, const struct tp_tls_certificate *cert)
{
	const struct listing *listing = arg;
	int64_t left = cert->not_after - (int64_t)time(NULL);

	if (left < 0)
		json_array_append_new(listing->list,
				      json_sprintf("the certificate %s of realm %s has expired",
						   cert->file, listing->realm->name));
	else if (left < SOON_DAYS * DAY_S)
		json_array_append_new(listing->list,
				      json_sprintf("the certificate %s of realm %s expires in %d "
						   "day%s",
						   cert->file, listing->realm->name,
						   (int)((left + DAY_S - 1) / DAY_S),
						   left > DAY_S ? "s" : ""));
}

static void each_certificate(const struct cfg *cfg,
			     void (*cb)(void *arg, const struct tp_tls_certificate *cert),
			     struct listing *listing)
{
	for (unsigned int i = 0; i < cfg->nrealms; i++) {
		listing->realm = &cfg->realms[i];
		if (cfg->realms[i].tls)
			tp_tls_each(cfg->realms[i].tls, cb, listing);
	}
}

void admin_cert_trouble(const struct cfg *cfg, json_t *degraded)
{
	each_certificate(cfg, add_trouble, &(struct listing){ .list = degraded });
}

json_t *admin_cert_list(struct admin_request *request)
{
	struct listing listing = { .list = json_array() };

	each_certificate(admin_cfg(request), add_certificate, &listing);
	return json_pack("{s:o}", "certificates", listing.list);
}

static json_t *realm_object(const struct cfg_certs_realm *realm)
{
	if (!realm->ret)
		return json_pack("{s:s, s:b, s:n, s:n}", "realm", realm->realm->name, "ok", 1,
				 "file", "error");
	return json_pack("{s:s, s:b, s:o, s:o}", "realm", realm->realm->name, "ok", 0, "file",
			 admin_text(realm->file), "error", admin_text(realm->error.text));
}

static void reloaded(void *arg, const struct cfg_certs_realm *realms, unsigned int count)
{
	struct admin_request *request = arg;
	json_t *list = json_array();

	for (unsigned int i = 0; realms && i < count; i++)
		json_array_append_new(list, realm_object(&realms[i]));
	request->kept = json_pack("{s:o}", "realms", list);
	admin_resume(request, realms);
}

static json_t *finish_reload(struct admin_request *request)
{
	return json_incref(request->kept);
}

json_t *admin_cert_reload(struct admin_request *request)
{
	int err = cfg_certs_reload(request->context.certs, reloaded, request);

	if (err == -EBUSY)
		return admin_refuse(request, "failed",
				    "certificates are being read already; try again");
	if (err)
		return admin_refuse(request, "failed",
				    "no thread can be had to read them; try again");
	return admin_wait(request, finish_reload);
}
