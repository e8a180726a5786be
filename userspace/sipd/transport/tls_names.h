/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom a certificate is of (RFC 5922 s.7). */
#ifndef SIPD_TRANSPORT_TLS_NAMES_H
#define SIPD_TRANSPORT_TLS_NAMES_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "transport/transport.h"

/*
 * Is it that of the SIP domain @name? URIs of the subjectAltName come first, DNS names count when
 * it has no sip: URI, the common name when it has none of both. Wildcards do not count.
 */
bool tls_names_domain(X509 *cert, const char *name);
/* Does its subjectAltName have that address? */
bool tls_names_address(X509 *cert, const struct tp_addr *addr);

#endif
