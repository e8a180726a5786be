// SPDX-License-Identifier: GPL-2.0-or-later
#include "dns/locate.h"

#include <errno.h>
#include <stdio.h>

#define SIP_PORT 5060
#define SIPS_PORT 5061

/* One walk through the procedure. */
struct pass {
	struct dns_request *request;
	struct dns_random random; /* the same for each pass, so that none asks for something else */
	bool waiting; /* for an answer */
	bool failed; /* a server did, so that what is missing may be there */
};

/* What the SRV records of a service came to. */
enum service {
	SERVICE_NONE, /* there are no records */
	SERVICE_UNKNOWN, /* not known yet, or never */
	SERVICE_KNOWN, /* there are: what they say is all there is */
};

static bool reaches(const struct dns_request *request, enum tp_proto proto)
{
	return request->reach.families[proto];
}

static enum tp_proto preset_proto(const struct dns_request *request)
{
	if (request->where.has_proto)
		return request->where.sips ? TP_TLS : request->where.proto;
	if (request->where.sips)
		return TP_TLS;
	if (!reaches(request, TP_UDP) && reaches(request, TP_TCP))
		return TP_TCP;
	return !reaches(request, TP_UDP) && reaches(request, TP_TLS) ? TP_TLS : TP_UDP;
}

static uint16_t port_of(const struct dns_request *request, enum tp_proto proto)
{
	if (request->where.port)
		return request->where.port;
	return proto == TP_TLS ? SIPS_PORT : SIP_PORT;
}

static void note(struct pass *pass, const char *name, enum dns_type type, const char *what)
{
	/* A failure says more than what is merely not there. */
	if (!pass->failed)
		snprintf(pass->request->why, sizeof(pass->request->why), "%s %s: %s",
			 dns_type_name(type), name, what);
}

/* The answer behind any aliases; NULL: it must be waited for, or there is no memory for it. */
static const struct dns_answer *lookup(struct pass *pass, const char *name, enum dns_type type)
{
	struct dns_request *request = pass->request;
	struct dns_cache *cache = &request->dns->cache;
	const struct dns_answer *answer;
	uint64_t left;
	int ret;

	for (unsigned int i = 0; i <= DNS_MAX_ALIASES; i++) {
		ret = dns_cache_get(cache, name, type, &request->waiter, &answer);
		if (ret == -EINPROGRESS) {
			pass->waiting = true;
			return NULL;
		}
		if (ret) {
			note(pass, name, type, "out of memory");
			pass->failed = true;
			return NULL;
		}
		left = dns_cache_left(cache, name, type);
		if (left < request->fresh_ms)
			request->fresh_ms = left;
		if (answer->result != DNS_ALIAS)
			break;
		name = dns_record_name(answer, &answer->records[0]);
	}
	if (answer->result == DNS_ALIAS) {
		note(pass, name, type, "too many aliases in a row");
		pass->failed = true;
		return NULL;
	}
	if (answer->result != DNS_FOUND)
		note(pass, name, type, dns_result_name(answer->result));
	if (dns_result_is_failure(answer->result))
		pass->failed = true;
	return answer;
}

static void add_target(struct pass *pass, const struct dns_target *target)
{
	struct dns_request *request = pass->request;

	for (unsigned int i = 0; i < request->count; i++)
		if (dns_target_eq(&request->targets[i], target))
			return;
	if (request->count < DNS_MAX_TARGETS)
		request->targets[request->count++] = *target;
}

/* One host's: not unspecified, of a group, or an IPv4 address in disguise. */
static bool is_host(const struct tp_addr *addr)
{
	const struct in6_addr *v6 = &addr->in6.sin6_addr;
	uint32_t v4 = ntohl(addr->in.sin_addr.s_addr);

	if (addr->sa.sa_family == AF_INET6)
		return !IN6_IS_ADDR_UNSPECIFIED(v6) && !IN6_IS_ADDR_MULTICAST(v6) &&
		       !IN6_IS_ADDR_V4MAPPED(v6);
	return v4 >> 24 && !IN_MULTICAST(v4) && v4 != INADDR_BROADCAST;
}

static void add_addresses(struct pass *pass, const char *name, enum dns_type type,
			  enum tp_proto proto, uint16_t port)
{
	const struct dns_answer *answer = lookup(pass, name, type);
	uint8_t order[DNS_MAX_RECORDS];
	unsigned int count;

	if (!answer || answer->result != DNS_FOUND)
		return;
	count = dns_order_addresses(answer, &pass->random, order);
	for (unsigned int i = 0; i < count; i++) {
		const struct dns_record *record = &answer->records[order[i]];
		struct dns_target target = { .proto = proto };

		if (type == DNS_A) {
			target.addr.in.sin_family = AF_INET;
			target.addr.in.sin_addr = record->v4;
		} else {
			target.addr.in6.sin6_family = AF_INET6;
			target.addr.in6.sin6_addr = record->v6;
		}
		tp_addr_set_port(&target.addr, port);
		if (is_host(&target.addr))
			add_target(pass, &target);
		else
			note(pass, name, type, "no address of a host");
	}
}

/* RFC 3263 s.4.2: both families, IPv6 first (RFC 6724 s.10.3). */
static void add_host(struct pass *pass, const char *name, enum tp_proto proto, uint16_t port)
{
	uint8_t families = pass->request->reach.families[proto];

	/* Enough for every call: what stands behind would not be tried, and is not asked for. */
	if (pass->request->count >= DNS_MAX_TARGETS)
		return;
	if (families & DNS_IPV6)
		add_addresses(pass, name, DNS_AAAA, proto, port);
	if (families & DNS_IPV4)
		add_addresses(pass, name, DNS_A, proto, port);
}

static enum service add_service(struct pass *pass, const char *name, enum tp_proto proto)
{
	const struct dns_answer *answer = lookup(pass, name, DNS_SRV);
	uint8_t order[DNS_MAX_RECORDS];
	unsigned int count;

	if (!answer || dns_result_is_failure(answer->result))
		return SERVICE_UNKNOWN;
	if (answer->result != DNS_FOUND)
		return SERVICE_NONE;
	count = dns_order_srv(answer, &pass->random, order);
	/* RFC 2782: a target of "." alone. */
	if (!count)
		note(pass, name, DNS_SRV, "the service is not offered");
	if (count > DNS_MAX_TARGETS)
		count = DNS_MAX_TARGETS;
	for (unsigned int i = 0; i < count; i++) {
		const struct dns_record *record = &answer->records[order[i]];

		add_host(pass, dns_record_name(answer, record), proto, record->port);
	}
	return SERVICE_KNOWN;
}

/* RFC 3263 s.4.1: "_sip._udp.example.com" */
static enum service add_own_service(struct pass *pass, enum tp_proto proto)
{
	static const char *const prefixes[] = {
		[TP_UDP] = "_sip._udp.",
		[TP_TCP] = "_sip._tcp.",
		[TP_TLS] = "_sips._tcp.",
	};
	char name[DNS_NAME_STRLEN + 16];

	snprintf(name, sizeof(name), "%s%s", prefixes[proto], pass->request->host);
	return strlen(name) < DNS_NAME_STRLEN ? add_service(pass, name, proto) : SERVICE_NONE;
}

static bool service_proto(const struct dns_request *request, const char *service,
			  enum tp_proto *proto)
{
	if (!strcasecmp(service, "SIPS+D2T"))
		*proto = TP_TLS;
	else if (request->where.sips)
		return false;
	else if (!strcasecmp(service, "SIP+D2U"))
		*proto = TP_UDP;
	else if (!strcasecmp(service, "SIP+D2T"))
		*proto = TP_TCP;
	else
		return false;
	return reaches(request, *proto);
}

static bool is_usable(const struct dns_request *request, const struct dns_answer *answer,
		      const struct dns_record *record, enum tp_proto *proto)
{
	return record->terminal && *dns_record_name(answer, record) &&
	       service_proto(request, answer->text + record->service, proto);
}

/* The next usable record in the order of use, after @last; NULL: there is none. */
static const struct dns_record *next_naptr(const struct dns_request *request,
					   const struct dns_answer *answer,
					   const struct dns_record *last, enum tp_proto *proto)
{
	const struct dns_record *best = NULL;

	for (unsigned int i = 0; i < answer->nrecords; i++) {
		const struct dns_record *record = &answer->records[i];
		enum tp_proto of_record;
		uint32_t key = (uint32_t)record->order << 16 | record->preference;

		if (last && (record->order != last->order ||
			     key < ((uint32_t)last->order << 16 | last->preference) ||
			     (record->preference == last->preference && record <= last)))
			continue;
		if (!is_usable(request, answer, record, &of_record))
			continue;
		if (best && key >= ((uint32_t)best->order << 16 | best->preference))
			continue;
		best = record;
		*proto = of_record;
	}
	return best;
}

/*
 * RFC 3263 s.4.1: the services that the domain prefers. Of the lowest order that has a usable one,
 * all are taken (RFC 3403 s.4.1), so that there is somewhere to go if the first ones fail.
 */
static enum service add_naptr(struct pass *pass)
{
	struct dns_request *request = pass->request;
	const struct dns_answer *answer = lookup(pass, request->host, DNS_NAPTR);
	const struct dns_record *record;
	enum service found = SERVICE_NONE;
	enum tp_proto proto = TP_UDP;

	/* Some servers refuse the type. Where all are silent they would be for SRV. */
	if (!answer || answer->result == DNS_SILENT)
		return SERVICE_UNKNOWN;
	pass->failed = false;
	if (answer->result != DNS_FOUND)
		return SERVICE_NONE;
	for (record = next_naptr(request, answer, NULL, &proto); record;
	     record = next_naptr(request, answer, record, &proto)) {
		add_service(pass, dns_record_name(answer, record), proto);
		found = SERVICE_KNOWN;
	}
	return found;
}

/* Without NAPTR: what there is of the services that can be used, else the host itself. */
static void add_by_srv(struct pass *pass)
{
	static const enum tp_proto protos[] = { TP_UDP, TP_TCP };
	struct dns_request *request = pass->request;
	enum service found = SERVICE_NONE, service;

	if (request->where.sips || !(reaches(request, TP_UDP) || reaches(request, TP_TCP))) {
		found = add_own_service(pass, TP_TLS);
	} else {
		for (unsigned int i = 0; i < sizeof(protos) / sizeof(*protos); i++) {
			if (!reaches(request, protos[i]))
				continue;
			service = add_own_service(pass, protos[i]);
			if (service > found)
				found = service;
		}
	}
	if (found == SERVICE_NONE) {
		enum tp_proto proto = preset_proto(request);

		add_host(pass, request->host, proto, port_of(request, proto));
	}
}

static void add_name(struct pass *pass)
{
	struct dns_request *request = pass->request;
	enum tp_proto proto = preset_proto(request);

	if (request->where.port)
		add_host(pass, request->host, proto, request->where.port);
	else if (!request->where.has_proto && add_naptr(pass) == SERVICE_NONE)
		add_by_srv(pass);
	else if (request->where.has_proto && add_own_service(pass, proto) == SERVICE_NONE)
		add_host(pass, request->host, proto, port_of(request, proto));
}

/* True: the host is an address. */
static bool add_numeric(struct pass *pass)
{
	struct dns_request *request = pass->request;
	enum tp_proto proto = preset_proto(request);
	struct dns_target target = { .proto = proto };
	uint8_t family;

	if (tp_addr_parse(&target.addr, view_str(request->where.host), SIP_PORT))
		return false;
	tp_addr_set_port(&target.addr, port_of(request, proto));
	family = target.addr.sa.sa_family == AF_INET ? DNS_IPV4 : DNS_IPV6;
	if (request->reach.families[proto] & family)
		add_target(pass, &target);
	return true;
}

/* What is dead goes behind what is not; else the order stays. */
static void put_dead_last(struct dns_request *request)
{
	struct dns_target dead[DNS_MAX_TARGETS];
	unsigned int alive = 0, ndead = 0;
	uint64_t now = loop_now_ms(request->dns->loop);

	for (unsigned int i = 0; i < request->count; i++) {
		if (dns_dead_has(&request->dns->dead, &request->targets[i], now))
			dead[ndead++] = request->targets[i];
		else
			request->targets[alive++] = request->targets[i];
	}
	for (unsigned int i = 0; i < ndead; i++)
		request->targets[alive++] = dead[i];
}

int dns_locate(struct dns_request *request)
{
	struct pass pass = { .request = request, .random = { request->seed } };
	size_t len = strlen(request->where.host);

	request->count = 0;
	request->fresh_ms = UINT64_MAX;
	snprintf(request->why, sizeof(request->why), "no listener of the realm reaches %s",
		 request->where.host);
	if (!reaches(request, preset_proto(request)) || add_numeric(&pass))
		return 0;
	if (dns_name_normalize(request->where.host, len, request->host)) {
		snprintf(request->why, sizeof(request->why), "no name of a host");
		return 0;
	}
	add_name(&pass);
	if (pass.waiting)
		return -EINPROGRESS;
	put_dead_last(request);
	return 0;
}
