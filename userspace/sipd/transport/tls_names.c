// SPDX-License-Identifier: GPL-2.0-or-later
#include "transport/tls_names.h"

#include <openssl/x509v3.h>
#include <string.h>
#include <strings.h>

/* A text with a NUL in it is a trick. */
static bool string_view(const ASN1_STRING *string, struct view *text)
{
	text->p = (const char *)ASN1_STRING_get0_data(string);
	text->len = (size_t)ASN1_STRING_length(string);
	return text->len && !memchr(text->p, 0, text->len);
}

/* The host of "sip:example.com"; with a user it is of somebody else (s.7.1). */
static bool sip_domain(struct view uri, struct view *host)
{
	static const char scheme[] = "sip:";
	size_t len = sizeof(scheme) - 1;

	if (uri.len <= len || strncasecmp(uri.p, scheme, len) || memchr(uri.p, '@', uri.len))
		return false;
	*host = (struct view){ uri.p + len, uri.len - len };
	for (size_t i = 0; i < host->len; i++)
		if (host->p[i] == ':' || host->p[i] == ';' || host->p[i] == '?')
			host->len = i;
	return true;
}

struct search {
	struct view name;
	bool uris, uri_fits; /* there is a SIP domain as URI */
	bool dns, dns_fits;
};

static void look_at(struct search *search, const GENERAL_NAME *general)
{
	struct view text, host;

	if (general->type == GEN_URI && string_view(general->d.uniformResourceIdentifier, &text) &&
	    sip_domain(text, &host)) {
		search->uris = true;
		search->uri_fits |= view_ieq(host, search->name);
	} else if (general->type == GEN_DNS && string_view(general->d.dNSName, &text)) {
		search->dns = true;
		search->dns_fits |= view_ieq(text, search->name);
	}
}

static bool common_name_is(const X509 *cert, struct view name)
{
	const X509_NAME *subject = X509_get_subject_name(cert);
	int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
	struct view text;

	return at >= 0 &&
	       string_view(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)), &text) &&
	       view_ieq(text, name);
}

bool tls_names_domain(X509 *cert, const char *name)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
	struct search search = { .name = view_str(name) };

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
		look_at(&search, sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
	if (search.uris)
		return search.uri_fits;
	return search.dns ? search.dns_fits : common_name_is(cert, search.name);
}

bool tls_names_address(X509 *cert, const struct tp_addr *addr)
{
	const unsigned char *octets = (const unsigned char *)&addr->in6.sin6_addr;
	size_t len = 16;

	if (addr->sa.sa_family == AF_INET) {
		octets = (const unsigned char *)&addr->in.sin_addr;
		len = 4;
	}
	return X509_check_ip(cert, octets, len, 0) == 1;
}
