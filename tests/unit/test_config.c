// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration: what is read from a right one, and what is told of wrong ones. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "config/config.h"
#include "config/near.h"
#include "config/value.h"

#define ARRAY_SIZE(array) (sizeof(array) / sizeof(*(array)))

static char told[8192];

static void collect(void *arg, const char *line)
{
	const char *path = arg;

	assert_int_equal(strncmp(line, path, strlen(path)), 0);
	assert_int_equal(line[strlen(line) - 1], '\n');
	strncat(told, line + strlen(path) + 1, sizeof(told) - strlen(told) - 1);
}

static struct cfg *load_octets(const char *text, size_t len)
{
	char path[] = "/tmp/test_config.XXXXXX";
	int fd = mkstemp(path);
	struct cfg *cfg;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
	told[0] = 0;
	cfg = cfg_load(path, collect, path);
	unlink(path);
	return cfg;
}

static struct cfg *load(const char *text)
{
	return load_octets(text, strlen(text));
}

static void assert_addr(const struct tp_addr *addr, const char *text)
{
	char buf[TP_ADDR_STRLEN];

	assert_string_equal(tp_addr_format(addr, buf), text);
}

static void everything_is_read(void **state)
{
	struct cfg *cfg = load("media: kernel\n"
			       "control: { socket: /tmp/x.sock }\n"
			       "timers: { t1: 20ms, t2: 100ms, t4: 1s, no-answer: 3m, media: 0,\n"
			       "          max-call: 2h, session-expires: 20m, min-se: 2m }\n"
			       "calls: { max: 7, keep-finished: 0 }\n"
			       "trace: { flows: 5000, messages: 3M, mask: [ keys, messages ] }\n"
			       "realms:\n"
			       "  - name: access\n"
			       "    listen: [ \"udp:10.0.1.1:5070\", udp:10.0.1.2 ]\n"
			       "    advertise: 203.0.113.7\n"
			       "    media: { address: 10.0.1.1, ports: 30000-39999, dscp: 34,\n"
			       "             learn: off }\n"
			       "    next-hop: { realm: core, address: 10.0.2.2:5090 }\n"
			       "  - name: core\n"
			       "    listen:\n"
			       "      - udp:10.0.2.1:5060\n"
			       "    media: { address: 10.0.2.1, ports: 1024-1025 }\n");
	char text[HOST_STRLEN];

	(void)state;
	assert_string_equal(told, "");
	assert_non_null(cfg);
	assert_true(cfg->media_kernel);
	assert_string_equal(cfg->control_socket, "/tmp/x.sock");
	assert_int_equal(cfg->t1_ms, 20);
	assert_int_equal(cfg->t2_ms, 100);
	assert_int_equal(cfg->t4_ms, 1000);
	assert_int_equal(cfg->no_answer_ms, 180000);
	assert_int_equal(cfg->media_timeout_ms, 0);
	assert_int_equal(cfg->max_duration_ms, 7200000);
	assert_int_equal(cfg->session_expires, 1200);
	assert_int_equal(cfg->min_se, 120);
	assert_int_equal(cfg->max_calls, 7);
	assert_int_equal(cfg->keep_finished, 0);
	assert_int_equal(cfg->trace.flows, 5000);
	assert_int_equal(cfg->trace.messages, 3 << 20);
	assert_int_equal(cfg->trace.mask, 1 << CFG_MASK_KEYS | 1 << CFG_MASK_MESSAGES);
	assert_int_equal(cfg->nrealms, 2);
	assert_string_equal(cfg->realms[0].name, "access");
	assert_int_equal(cfg->realms[0].nlisten, 2);
	assert_int_equal(cfg->realms[0].listen[0].proto, TP_UDP);
	assert_addr(&cfg->realms[0].listen[0].addr, "10.0.1.1:5070");
	assert_addr(&cfg->realms[0].listen[1].addr, "10.0.1.2:5060");
	assert_string_equal(cfg->realms[0].advertise, "203.0.113.7");
	host_format(&cfg->realms[0].media_address, text);
	assert_string_equal(text, "10.0.1.1");
	assert_int_equal(cfg->realms[0].media_port_min, 30000);
	assert_int_equal(cfg->realms[0].media_port_max, 39999);
	assert_int_equal(cfg->realms[0].media_dscp, 34);
	assert_int_equal(cfg->realms[0].media_learn, CFG_LEARN_OFF);
	assert_ptr_equal(cfg->realms[0].next_hop_realm, &cfg->realms[1]);
	assert_addr(&cfg->realms[0].next_hop.addr, "10.0.2.2:5090");
	assert_null(cfg->realms[1].advertise);
	assert_null(cfg->realms[1].next_hop_realm);
	assert_int_equal(cfg->realms[1].media_learn, CFG_LEARN_ONCE);
	assert_int_equal(cfg->realms[1].media_dscp, 46);
	cfg_free(cfg);
}

static void media_of_ipv6(void **state)
{
	struct cfg *cfg =
		load("media: kernel\nrealms:\n"
		     "- { name: a, listen: [ udp:10.0.0.1, \"udp:[2001:db8::1]\" ],\n"
		     "    advertise: 2001:DB8::7,\n"
		     "    media: { address: 2001:db8::1, ports: 6000-6999 } }\n"
		     "- { name: b, listen: [ udp:10.0.0.2 ], advertise: \"[2001:db8::8]\",\n"
		     "    media: { address: \"[2001:db8::2]\", ports: 6000-6999 } }\n");
	char text[HOST_STRLEN];

	(void)state;
	assert_string_equal(host_format(&cfg->realms[0].media_address, text), "2001:db8::1");
	assert_string_equal(cfg->realms[0].advertise, "[2001:db8::7]");
	assert_string_equal(host_format(&cfg->realms[0].advertise_host, text), "2001:db8::7");
	assert_string_equal(host_format(&cfg->realms[1].media_address, text), "2001:db8::2");
	assert_string_equal(cfg->realms[1].advertise, "[2001:db8::8]");
	cfg_free(cfg);
}

#define ROUTED_REALMS                                                                              \
	"media: none\nrealms: [ { name: a, listen: [ udp:127.0.0.1:5060 ] },\n"                    \
	"  { name: b, listen: [ udp:127.0.0.2:5060 ], next-hop: { realm: a, address: 127.0.0.9,\n" \
	"    redirect: pass }, transfer: refuse } ]\n"

/* Shows: 3261/18.2.1b */
static void sip_listens_by_udp_and_tcp(void **state)
{
	struct cfg *cfg = load("media: none\nrealms:\n"
			       "  - { name: a, listen: [ \"sip:[::1]:5070\", udp:127.0.0.1,\n"
			       "      sip:127.0.0.2 ] }\n");
	static const struct {
		enum tp_proto proto;
		const char *addr;
	} listen[] = { { TP_UDP, "[::1]:5070" },
		       { TP_TCP, "[::1]:5070" },
		       { TP_UDP, "127.0.0.1:5060" },
		       { TP_UDP, "127.0.0.2:5060" },
		       { TP_TCP, "127.0.0.2:5060" } };

	(void)state;
	assert_non_null(cfg);
	assert_int_equal(cfg->realms[0].nlisten, 5);
	for (size_t i = 0; i < 5; i++) {
		assert_int_equal(cfg->realms[0].listen[i].proto, listen[i].proto);
		assert_addr(&cfg->realms[0].listen[i].addr, listen[i].addr);
	}
	cfg_free(cfg);
}

static void assert_border(const struct cfg_border *border, bool trusted, bool withhold)
{
	assert_int_equal(border->trusted, trusted);
	assert_int_equal(border->withhold, withhold);
}

static void trust_of_a_trunk_is_its_realms_unless_said(void **state)
{
	struct cfg *cfg = load("media: none\nrealms:\n"
			       "  - { name: a, listen: [ udp:127.0.0.1:5060 ] }\n"
			       "  - { name: b, listen: [ udp:127.0.0.2:5060 ], trust: full,\n"
			       "      privacy: apply, path: true }\n"
			       "trunks:\n"
			       "  - { name: c, realm: a, address: 10.0.0.1 }\n"
			       "  - { name: d, realm: b, address: 10.0.0.2 }\n"
			       "  - { name: e, realm: b, address: 10.0.0.3, trust: none }\n"
			       "  - { name: f, realm: a, address: 10.0.0.4, privacy: apply }\n");

	(void)state;
	assert_non_null(cfg);
	assert_false(cfg->realms[0].path);
	assert_true(cfg->realms[1].path);
	assert_true(cfg->has_store);
	assert_false(cfg->has_registrar);
	assert_border(&cfg->realms[0].border, false, false);
	assert_border(&cfg->realms[1].border, true, true);
	assert_border(&cfg->trunks[0].border, false, false);
	assert_border(&cfg->trunks[1].border, true, true);
	assert_border(&cfg->trunks[2].border, false, true);
	assert_border(&cfg->trunks[3].border, false, true);
	assert_true(cfg->trunk_borders);
	cfg_free(cfg);
	cfg = load(ROUTED_REALMS
		   "trunks: [ { name: one, realm: a, address: 10.0.0.1, trust: none } ]\n");
	assert_non_null(cfg);
	assert_false(cfg->trunk_borders);
	cfg_free(cfg);
}

static void routes_are_read(void **state)
{
	struct cfg *cfg = load(ROUTED_REALMS
			       "trunks:\n"
			       "  - { name: one, realm: a, address: 10.0.0.1 }\n"
			       "  - { name: two, realm: b, address: 10.0.0.2:5070, weight: 7,\n"
			       "      no-answer: 20s, redirect: recurse }\n"
			       "routes:\n"
			       "  - { match: \"^\\\\+44\", from-realm: b, to: [ two, one ],\n"
			       "      strategy: round-robin, failover: [ 486, 5xx ] }\n"
			       "  - to: [ one ]\n");
	const struct cfg_route *route;

	(void)state;
	assert_string_equal(told, "");
	assert_non_null(cfg);
	assert_int_equal(cfg->realms[1].next_hop_redirect, CFG_REDIRECT_PASS);
	assert_int_equal(cfg->realms[0].transfer, CFG_TRANSFER_HANDLE);
	assert_int_equal(cfg->realms[1].transfer, CFG_TRANSFER_REFUSE);
	assert_int_equal(cfg->ntrunks, 2);
	assert_string_equal(cfg->trunks[0].name, "one");
	assert_ptr_equal(cfg->trunks[0].realm, &cfg->realms[0]);
	assert_addr(&cfg->trunks[0].address.addr, "10.0.0.1:5060");
	assert_int_equal(cfg->trunks[0].weight, 1);
	assert_int_equal(cfg->trunks[0].no_answer_ms, 0);
	assert_int_equal(cfg->trunks[0].redirect, CFG_REDIRECT_REFUSE);
	assert_ptr_equal(cfg->trunks[1].realm, &cfg->realms[1]);
	assert_addr(&cfg->trunks[1].address.addr, "10.0.0.2:5070");
	assert_int_equal(cfg->trunks[1].weight, 7);
	assert_int_equal(cfg->trunks[1].no_answer_ms, 20000);
	assert_int_equal(cfg->trunks[1].redirect, CFG_REDIRECT_RECURSE);
	assert_int_equal(cfg->nroutes, 2);
	route = &cfg->routes[0];
	assert_string_equal(route->match, "^\\+44");
	assert_ptr_equal(route->from, &cfg->realms[1]);
	assert_int_equal(route->nto, 2);
	assert_ptr_equal(route->to[0], &cfg->trunks[1]);
	assert_ptr_equal(route->to[1], &cfg->trunks[0]);
	assert_int_equal(route->strategy, CFG_ROUND_ROBIN);
	for (int status = 0; status < 800; status++)
		assert_int_equal(cfg_status_in(&route->failover, status),
				 status == 486 || status / 100 == 5);
	route = &cfg->routes[1];
	assert_null(route->match);
	assert_null(route->from);
	assert_int_equal(route->strategy, CFG_PRIORITY);
	for (int status = 0; status < 800; status++)
		assert_int_equal(cfg_status_in(&route->failover, status),
				 status == 408 || (status / 100 == 5 && status != 505 &&
						   status != 513 && status != 580));
	cfg_free(cfg);
}

static void wrong_routes_are_told(void **state)
{
	(void)state;
	assert_null(
		load(ROUTED_REALMS
		     "trunks:\n"
		     "  - { name: one, realm: c, address: name.example }\n"
		     "  - { name: one, realm: a, address: 10.0.0.2, weight: 0, no-answer: soon }\n"
		     "  - { name: o/e, realm: a, address: 127.0.0.1:5060, weight: 1001 }\n"
		     "routes:\n"
		     "  - { match: \"^[44\", from-realm: aa, to: [ one, on, one, four ] }\n"
		     "  - { match: \"(a)\\\\1\", to: [ one ], failover: [ 486, 399, 6xx, x ] }\n"));
	assert_string_equal(
		told, "6:25: there is no realm \"c\"; name one of this file, or add it\n"
		      "6:37: trunk address cannot be \"name.example\"; write ADDRESS:PORT in "
		      "numbers, such as 192.0.2.10:5060, with udp:, tcp: or tls: before it if need "
		      "be, or for a name uri: \"sip:NAME\"\n"
		      "7:13: there is a trunk \"one\" already, in line 6; choose another name\n"
		      "7:55: weight cannot be 0; choose 1 to 1000\n"
		      "7:69: no-answer cannot be \"soon\"; write a number with ms, s, m or h "
		      "of at most 3600s, such as 20s, or 0\n"
		      "8:13: \"o/e\" is no name of a trunk; use up to 32 letters, digits, - _ "
		      "and .\n"
		      "8:37: trunk 127.0.0.1:5060 is a listen address of this file, calls "
		      "would loop; write the peer's address\n"
		      "8:61: weight cannot be 1001; choose 1 to 1000\n"
		      "10:34: there is no realm \"aa\"; name one of this file, or add it\n"
		      "10:14: \"^[44\" is no extended regular expression: Unmatched [, [^, [:, "
		      "[., or [=; see regex(7)\n"
		      "10:49: there is no trunk \"on\"; did you mean \"one\"?\n"
		      "10:53: trunk \"one\" is in this route already; name it once\n"
		      "10:58: there is no trunk \"four\"; name one of this file, or add it\n"
		      "11:54: failover cannot be \"399\"; write codes from 400 to 599, 4xx or "
		      "5xx\n"
		      "11:59: failover cannot be \"6xx\"; write codes from 400 to 599, 4xx or "
		      "5xx\n"
		      "11:64: failover cannot be \"x\"; write codes from 400 to 599, 4xx or 5xx\n"
		      "11:14: \"(a)\\1\" refers back to a part of itself, which is not "
		      "supported; write the pattern out\n");
}

/* Realm "a" in line 2; what follows is of line 3. */
#define ONE_REALM "media: none\nrealms: [ { name: a, listen: [ udp:10.0.0.1:5060 ] } ]\n"

static void domains_are_read(void **state)
{
	struct cfg *cfg = load(ONE_REALM "store: { path: /tmp/x.db }\n"
					 "domains:\n"
					 "  - { name: Example.COM, realm: a, registrar: true,\n"
					 "      min-expires: 30s, max-expires: 2h,\n"
					 "      default-expires: 10m, flow-timer: 90s }\n"
					 "  - { name: b, realm: a, auth: none, registrar: false }\n"
					 "  - { name: c, realm: a, max-expires: 45s }\n"
					 "  - { name: d, realm: a, min-expires: 1h }\n");

	(void)state;
	assert_string_equal(told, "");
	assert_non_null(cfg);
	assert_string_equal(cfg->store_path, "/tmp/x.db");
	assert_int_equal(cfg->ndomains, 4);
	assert_string_equal(cfg->domains[0].name, "example.com");
	assert_ptr_equal(cfg->domains[0].realm, &cfg->realms[0]);
	assert_true(cfg->domains[0].registrar);
	assert_int_equal(cfg->domains[0].auth, CFG_AUTH_DIGEST);
	assert_int_equal(cfg->domains[0].min_expires, 30);
	assert_int_equal(cfg->domains[0].max_expires, 7200);
	assert_int_equal(cfg->domains[0].default_expires, 600);
	assert_int_equal(cfg->domains[0].flow_timer, 90);
	assert_false(cfg->domains[1].registrar);
	assert_int_equal(cfg->domains[1].auth, CFG_AUTH_NONE);
	assert_int_equal(cfg->domains[1].min_expires, 60);
	assert_int_equal(cfg->domains[1].max_expires, 7200);
	assert_int_equal(cfg->domains[1].default_expires, 3600);
	assert_int_equal(cfg->domains[1].flow_timer, 120);
	/* Not less than the shortest, which was not written either. */
	assert_int_equal(cfg->domains[3].min_expires, 3600);
	assert_ptr_equal(cfg_find_domain(cfg, VIEW_LIT("EXAMPLE.com")), &cfg->domains[0]);
	assert_null(cfg_find_domain(cfg, VIEW_LIT("example.co")));
	cfg_free(cfg);
}

static void modes_are_read(void **state)
{
	static const char routes[] = "trunks: [ { name: t, realm: a, address: 10.0.0.9 } ]\n"
				     "routes: [ { to: [ t ], mode: redirect } ]\n"
				     "domains: [ { name: x, realm: a, registrar: true, mode: proxy "
				     "} ]\n";
	struct cfg *cfg = load(ONE_REALM), *other;
	char text[1024];

	(void)state;
	assert_false(cfg->modes);
	snprintf(text, sizeof(text), "%s%s", ONE_REALM, routes);
	other = load(text);
	assert_string_equal(told, "");
	assert_true(other->modes);
	assert_int_equal(other->routes[0].mode, CFG_MODE_REDIRECT);
	assert_int_equal(other->domains[0].mode, CFG_MODE_PROXY);
	/* Each start has a key of its own, unless there is a file. */
	assert_memory_not_equal(&cfg->proxy_key, &other->proxy_key, sizeof(cfg->proxy_key));
	cfg_free(cfg);
	cfg_free(other);
	snprintf(text, sizeof(text), "%sproxy: { key-file: %s }\n", ONE_REALM, "/proc/self/exe");
	cfg = load(text);
	other = load(text);
	assert_memory_equal(&cfg->proxy_key, &other->proxy_key, sizeof(cfg->proxy_key));
	cfg_free(cfg);
	cfg_free(other);
}

static void mistakes_in_domains_are_told(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
		{ "domains: [ { name: x, realm: b } ]\n",
		  "3:30: there is no realm \"b\"; name one of this file, or add it\n" },
		{ "domains: [ { name: -x, realm: a } ]\n",
		  "3:20: \"-x\" is no name of a domain; write what follows the @ in its users' "
		  "addresses, such as example.com\n" },
		{ "domains:\n - { name: x.y, realm: a }\n - { name: X.Y, realm: a }\n",
		  "5:12: there is a domain \"X.Y\" already, in line 4; leave one out\n" },
		{ "domains: [ { name: x, realm: a, min-expires: 2h } ]\n",
		  "3:46: min-expires of 2h is out of range; choose 1s to 3600s\n" },
		{ "domains: [ { name: x, realm: a, max-expires: soon } ]\n",
		  "3:46: max-expires cannot be \"soon\"; write a number with s, m or h, such as "
		  "60s\n" },
		{ "domains: [ { name: x, realm: a, min-expires: 2m, max-expires: 1m } ]\n",
		  "3:63: max-expires (60s) is less than min-expires (120s); make it at least as "
		  "long\n" },
		{ "domains: [ { name: x, realm: a, default-expires: 30s } ]\n",
		  "3:50: default-expires of 30s is not between min-expires (60s) and max-expires "
		  "(7200s)\n" },
		{ "domains: [ { name: x, realm: a, mode: proxy } ]\n",
		  "3:39: mode is for what a registrar's users are called; add registrar: true, or "
		  "give the route or next-hop that leads to \"x\" this mode\n" },
		{ "proxy: { key-file: /nowhere/key }\n",
		  "3:20: key-file /nowhere/key: No such file or directory; make one with: openssl "
		  "rand -out /nowhere/key 32\n" },
		{ "proxy: { key-file: /dev/null }\n",
		  "3:20: key-file /dev/null has 0 octets, a key has at least 16; make one with: "
		  "openssl rand -out /dev/null 32\n" },
		{ "store: { path: x.db }\n",
		  "3:16: path \"x.db\" is no absolute path; begin it with /\n" },
		{ "domains: [ { name: x, realm: a, auth: plain } ]\n", "3:39: auth cannot be " },
		{ "domains: [ { name: x, realm: a, registrar: yes } ]\n",
		  "3:44: registrar cannot be " },
		{ "domains: [ { realm: a } ]\n", "3:12: " },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		char text[512];

		snprintf(text, sizeof(text), ONE_REALM "%s", cases[i].text);
		assert_null(load(text));
		told[strlen(cases[i].expected)] = '\0';
		assert_string_equal(told, cases[i].expected);
	}
}

static void what_is_left_out_has_its_default(void **state)
{
	struct cfg *cfg = load("media: none\nrealms: [ { name: a, listen: [ udp:127.0.0.1:5060 ] "
			       "} ]\n");

	(void)state;
	assert_string_equal(told, "");
	assert_non_null(cfg);
	assert_false(cfg->media_kernel);
	assert_string_equal(cfg->control_socket, "/run/sipfast/sipd.sock");
	assert_int_equal(cfg->t1_ms, 500);
	assert_int_equal(cfg->t2_ms, 4000);
	assert_int_equal(cfg->t4_ms, 5000);
	assert_int_equal(cfg->no_answer_ms, 180000);
	assert_int_equal(cfg->media_timeout_ms, 60000);
	assert_int_equal(cfg->max_duration_ms, 0);
	assert_int_equal(cfg->session_expires, 1800);
	assert_int_equal(cfg->min_se, 90);
	assert_int_equal(cfg->realms[0].session_timers, CFG_SESSION_TIMERS_ACCEPT);
	assert_int_equal(cfg->keep_finished, 1000);
	assert_int_equal(cfg->trace.flows, 20000);
	assert_int_equal(cfg->trace.messages, 16 << 20);
	assert_int_equal(cfg->trace.mask,
			 1 << CFG_MASK_CREDENTIALS | 1 << CFG_MASK_KEYS | 1 << CFG_MASK_DTMF);
	assert_int_equal(cfg->max_calls, 0);
	assert_int_equal(cfg->shards, 1);
	assert_int_equal(cfg->realms[0].media_address.family, AF_UNSPEC);
	assert_int_equal(cfg->failover_ms, 4000);
	assert_int_equal(cfg->dns.nservers, 0);
	assert_int_equal(cfg->dns.timeout_ms, 1000);
	assert_int_equal(cfg->dns.attempts, 2);
	assert_int_equal(cfg->dns.cache.min_ttl_s, 5);
	assert_int_equal(cfg->dns.cache.max_ttl_s, 3600);
	assert_int_equal(cfg->dns.cache.max_negative_ttl_s, 60);
	assert_int_equal(cfg->dns.cache.stale_ms, 3600000);
	assert_int_equal(cfg->dns.dead_ms, 60000);
	cfg_free(cfg);
}

static void names_are_read(void **state)
{
	struct cfg *cfg =
		load("media: none\n"
		     "timers: { failover: 0 }\n"
		     "dns: { servers: [ 192.0.2.53, \"[2001:db8::53]:5353\" ], timeout: 2s,\n"
		     "       attempts: 3, min-ttl: 1s, max-ttl: 2h, max-negative-ttl: 30s,\n"
		     "       serve-stale: 0, avoid-failed: 10s }\n"
		     "realms:\n"
		     "  - name: a\n"
		     "    listen: [ udp:10.0.1.1 ]\n"
		     "    next-hop: { realm: a, uri: \"sip:Sip.Example.COM\" }\n"
		     "  - name: b\n"
		     "    listen: [ udp:10.0.1.2 ]\n"
		     "    next-hop: { realm: a,\n"
		     "                uri: \"sip:[2001:db8::1]:5070;transport=UDP\" }\n"
		     "trunks:\n"
		     "  - { name: one, realm: b, uri: \"sip:carrier.example:5080\" }\n");

	(void)state;
	assert_string_equal(told, "");
	assert_non_null(cfg);
	assert_string_equal(cfg->trunks[0].address.uri.where.host, "carrier.example");
	assert_int_equal(cfg->trunks[0].address.uri.where.port, 5080);
	assert_int_equal(cfg->failover_ms, 0);
	assert_int_equal(cfg->dns.nservers, 2);
	assert_addr(&cfg->dns.servers[0], "192.0.2.53:53");
	assert_addr(&cfg->dns.servers[1], "[2001:db8::53]:5353");
	assert_int_equal(cfg->dns.timeout_ms, 2000);
	assert_int_equal(cfg->dns.attempts, 3);
	assert_int_equal(cfg->dns.cache.min_ttl_s, 1);
	assert_int_equal(cfg->dns.cache.max_ttl_s, 7200);
	assert_int_equal(cfg->dns.cache.max_negative_ttl_s, 30);
	assert_int_equal(cfg->dns.cache.stale_ms, 0);
	assert_int_equal(cfg->dns.dead_ms, 10000);
	assert_ptr_equal(cfg->realms[0].next_hop_realm, &cfg->realms[0]);
	assert_string_equal(cfg->realms[0].next_hop.uri.host, "Sip.Example.COM");
	assert_string_equal(cfg->realms[0].next_hop.uri.target, "Sip.Example.COM");
	assert_int_equal(cfg->realms[0].next_hop.uri.where.port, 0);
	assert_false(cfg->realms[0].next_hop.uri.where.has_proto);
	assert_string_equal(cfg->realms[1].next_hop.uri.where.host, "2001:db8::1");
	assert_int_equal(cfg->realms[1].next_hop.uri.where.port, 5070);
	assert_true(cfg->realms[1].next_hop.uri.where.has_proto);
	cfg_free(cfg);
}

static void nothing_may_be_masked(void **state)
{
	struct cfg *cfg =
		load("media: none\ntrace: { mask: [ none ] }\nrealms: [ { name: a, listen: [ "
		     "udp:127.0.0.1:5060 ] } ]\n");

	(void)state;
	assert_string_equal(told, "");
	assert_non_null(cfg);
	assert_int_equal(cfg->trace.mask, 0);
	assert_int_equal(cfg->trace.flows, 20000);
	cfg_free(cfg);
}

/* Realm "a" in line 2, with @more keys, and "core" in line 3. */
#define TWO_REALMS(media, more)                                                     \
	"media: " media "\nrealms: [ { name: a, listen: [ udp:10.0.0.1:5060 ]" more \
	" },\n { name: core, listen: [ udp:10.0.0.2:5060 ] } ]\n"

struct mistake {
	const char *text;
	const char *told; /* all of it, without the file's name */
};

static const struct mistake mistakes[] = {
	{ "", "1:1: the file is empty; write at least \"realms:\" with one realm\n" },
	{ "# only a comment\n",
	  "1:1: the file is empty; write at least \"realms:\" with one realm\n" },
	{ "just text\n", "1:1: the file must be keys with values, such as \"key: value\"\n" },
	{ "media: none\n", "1:1: \"realms\" is missing in the file; add it\n" },
	{ "realms: []\n", "1:9: realms has 0 entries; it takes 1 to 64\n" },
	{ "realms: [\n",
	  "2:1: not valid YAML: did not find expected node content; correct the syntax, while "
	  "parsing a flow node\n" },
	{ "realms:\n  - name: a\n\tlisten: x\n",
	  "3:1: not valid YAML: found a tab character that violates indentation; correct the "
	  "syntax, while scanning a plain scalar\n" },
	{ TWO_REALMS("none", "") "--- \nb: c\n",
	  "5:1: a second document begins; put everything into one, without \"---\"\n" },
	{ TWO_REALMS("kernle", ""),
	  "1:8: media cannot be \"kernle\"; write one of kernel, none\n" },
	{ "mdia: none\n" TWO_REALMS("none", ""),
	  "1:1: unknown key \"mdia\" in the file; did you mean \"media\"?\n" },
	{ TWO_REALMS("none", ", zzzzzz: 1"),
	  "2:53: unknown key \"zzzzzz\" in realms[0]; known here are name, listen, inspect, "
	  "session-timers, advertise, 100rel, media, codecs, video-codecs, tls, websocket, "
	  "next-hop, transfer, trust, privacy, path\n" },
	{ TWO_REALMS("none", ", trust: all"),
	  "2:60: trust cannot be \"all\"; write one of none, full\n" },
	{ TWO_REALMS("none", ", privacy: on"),
	  "2:62: privacy cannot be \"on\"; write one of pass, apply\n" },
	{ TWO_REALMS("none",
		     "") "trunks: [ { name: t, realm: a, address: 10.0.0.9, trust: yes } ]\n",
	  "4:58: trust cannot be \"yes\"; write one of none, full\n" },
	{ TWO_REALMS("none", ", 100rel: yes"),
	  "2:61: 100rel cannot be \"yes\"; write one of follow, always, never\n" },
	{ TWO_REALMS("none", ", inspect: strict"),
	  "2:62: inspect cannot be \"strict\"; write one of off, observe, enforce\n" },
	{ "timers: { no_answer: 3s }\n" TWO_REALMS("none", ""),
	  "1:11: unknown key \"no_answer\" in timers; did you mean \"no-answer\"?\n" },
	{ "media: none\n" TWO_REALMS("none", ""),
	  "2:1: \"media\" is here a second time; keep this one or that of line 1\n" },
	{ "calls: { max: 010 }\n" TWO_REALMS("none", ""),
	  "1:15: max cannot be \"010\"; write a decimal number from 0 to 4294967295\n" },
	{ "calls: { max: -1 }\n" TWO_REALMS("none", ""),
	  "1:15: max cannot be \"-1\"; write a decimal number from 0 to 4294967295\n" },
	{ "trace: { flows: 10000001 }\n" TWO_REALMS("none", ""),
	  "1:17: flows of 10000001 takes too much memory; choose at most 10000000\n" },
	{ "trace: { messages: 16MB }\n" TWO_REALMS("none", ""),
	  "1:20: messages cannot be \"16MB\"; write a number of octets, such as 16M, or 0\n" },
	{ "trace: { messages: 100K }\n" TWO_REALMS("none", ""),
	  "1:20: messages of 100K is out of range; choose 0, or 256K to 16G\n" },
	{ "shards: 4\ntrace: { messages: 512K }\n" TWO_REALMS("none", ""),
	  "2:20: messages of 512K is out of range; choose 0, or 1024K to 16G\n" },
	{ "trace: { mask: [ keys, secrets ] }\n" TWO_REALMS("none", ""),
	  "1:24: mask[1] cannot be \"secrets\"; write one of credentials, keys, dtmf, "
	  "messages, none\n" },
	{ "calls: { keep-finished: 1000001 }\n" TWO_REALMS("none", ""),
	  "1:25: keep-finished of 1000001 takes too much memory; choose at most 1000000\n" },
	{ "shards: 0\n" TWO_REALMS("none", ""),
	  "1:9: shards cannot be \"0\"; write a number from 1 to 64, or auto\n" },
	{ "shards: 65\n" TWO_REALMS("none", ""),
	  "1:9: shards cannot be \"65\"; write a number from 1 to 64, or auto\n" },
	{ "shards: 010\n" TWO_REALMS("none", ""),
	  "1:9: shards cannot be \"010\"; write a number from 1 to 64, or auto\n" },
	{ "shards: all\n" TWO_REALMS("none", ""),
	  "1:9: shards cannot be \"all\"; write a number from 1 to 64, or auto\n" },
	{ "shards: 64\n" TWO_REALMS("none", ", media: { address: 10.0.0.1, ports: 30000-30126 }"),
	  "3:88: ports 30000-30126 hold fewer pairs for RTP and RTCP than there are shards (64); "
	  "give each one its part\n" },
	{ "control: /run/x\n" TWO_REALMS("none", ""),
	  "1:10: control must be keys with values, such as \"key: value\"\n" },
	{ "control: { socket: x.sock }\n" TWO_REALMS("none", ""),
	  "1:20: socket \"x.sock\" is no absolute path; begin it with /\n" },
	{ "timers: { t1: 5 }\n" TWO_REALMS("none", ""),
	  "1:15: t1 cannot be \"5\"; write a number with ms, s, m or h, such as 500ms\n" },
	{ "timers: { session-expires: 60s }\n" TWO_REALMS("none", ""),
	  "1:28: session-expires (60 s) is less than min-se (90 s); make it at least as long\n" },
	{ "timers: { min-se: 1500ms }\n" TWO_REALMS("none", ""),
	  "1:19: session-expires and min-se are whole seconds on the wire; write a number with s, "
	  "m or h\n" },
	{ "timers: { max-call: soon }\n" TWO_REALMS("none", ""),
	  "1:21: max-call cannot be \"soon\"; write a number with ms, s, m or h, such as 500ms, "
	  "or 0\n" },
	{ "timers: { t1: 0 }\n" TWO_REALMS("none", ""),
	  "1:15: t1 of 0 is out of range; choose 1ms to 10s\n" },
	{ "timers: { t1: 5s }\n" TWO_REALMS("none", ""),
	  "1:15: t2 (4000 ms) is less than t1 (5000 ms); t2 is the longest retransmission "
	  "interval, make it at least t1\n" },
	{ "media: none\nrealms: [ { listen: [ udp:10.0.0.1 ] } ]\n",
	  "2:11: \"name\" is missing in realms[0]; add it\n" },
	{ "media: none\nrealms: [ { name: a b, listen: [ udp:10.0.0.1 ] } ]\n",
	  "2:19: \"a b\" is no name of a realm; use up to 32 letters, digits, - _ and .\n" },
	{ "media: none\nrealms:\n- { name: a, listen: [ udp:10.0.0.1 ] }\n"
	  "- { name: a, listen: [ udp:10.0.0.2 ] }\n",
	  "4:11: there is a realm \"a\" already, in line 3; choose another name\n" },
	{ "media: none\nrealms: [ { name: a, listen: udp:10.0.0.1 } ]\n",
	  "2:30: listen must be a list, such as \"[ one, two ]\"\n" },
	{ "media: none\nrealms: [ { name: a, listen: [ sctp:10.0.0.1 ] } ]\n",
	  "2:32: \"sctp:10.0.0.1\" begins with no transport known here; write sip:ADDRESS:PORT, "
	  "udp:ADDRESS:PORT, tcp:ADDRESS:PORT or tls:ADDRESS:PORT, or of WebSocket "
	  "ws:ADDRESS:PORT or wss:ADDRESS:PORT\n" },
	{ "media: none\nrealms: [ { name: a, listen: [ \"sip:\" ] } ]\n",
	  "2:32: \"sip:\" begins with no transport known here; write sip:ADDRESS:PORT, "
	  "udp:ADDRESS:PORT, tcp:ADDRESS:PORT or tls:ADDRESS:PORT, or of WebSocket "
	  "ws:ADDRESS:PORT or wss:ADDRESS:PORT\n" },
	{ "media: none\nrealms: [ { name: a, listen: [ sip:0.0.0.0:5060 ] } ]\n",
	  "2:32: \"sip:0.0.0.0:5060\" is no address that peers can answer to; write one of this "
	  "host's\n" },
	{ "media: none\nrealms:\n- { name: a, listen: [ tcp:10.0.0.2, sip:10.0.0.1 ] }\n"
	  "- { name: b, listen: [ udp:10.0.0.3,\n tcp:10.0.0.1:5060 ] }\n",
	  "5:2: \"tcp:10.0.0.1:5060\" is listened on already, in line 3; give each its own "
	  "address or port\n" },
	{ "media: none\nrealms: [ { name: a, listen: [ udp:localhost ] } ]\n",
	  "2:32: \"udp:localhost\" is no listen address; write udp:ADDRESS:PORT, such as "
	  "udp:192.0.2.1:5060\n" },
	{ "media: none\nrealms: [ { name: a, listen: [ udp:10.0.0.1:70000 ] } ]\n",
	  "2:32: \"udp:10.0.0.1:70000\" is no listen address; write udp:ADDRESS:PORT, such as "
	  "udp:192.0.2.1:5060\n" },
	{ "media: none\nrealms: [ { name: a, listen: [ udp:0.0.0.0:5060 ] } ]\n",
	  "2:32: \"udp:0.0.0.0:5060\" is no address that peers can answer to; write one of this "
	  "host's\n" },
	{ "media: none\nrealms:\n- { name: a, listen: [ udp:10.0.0.1 ] }\n"
	  "- { name: b, listen: [ udp:10.0.0.1:5060 ] }\n",
	  "4:24: \"udp:10.0.0.1:5060\" is listened on already, in line 3; give each its own "
	  "address or port\n" },
	{ TWO_REALMS("none", ", advertise: example.com"),
	  "2:64: advertise cannot be \"example.com\"; write the IPv4 or IPv6 address that "
	  "peers see, without a port\n" },
	{ TWO_REALMS("none", ", advertise: 2001:db8::7"),
	  "2:64: advertise is an IPv6 address, but realm \"a\" has none of that family that it "
	  "could stand for\n" },
	{ "media: none\nrealms: [ { name: a, listen: [ \"udp:[2001:db8::1]:5060\" ],\n"
	  "  advertise: 203.0.113.7, media: { address: 2001:db8::1, ports: 6000-6999 } } ]\n",
	  "3:14: advertise is an IPv4 address, but realm \"a\" has none of that family that it "
	  "could stand for\n" },
	{ "media: none\nrealms: [ { name: a, listen: [ \"udp:[2001:db8::1]:5060\" ],\n"
	  "  media: { address: 2001:db8::1, ports: 4000-5999 } } ]\n",
	  "2:32: \"udp:[2001:db8::1]:5060\" lies among the media ports of realm \"a\"; move one of "
	  "the two\n" },
	{ TWO_REALMS("none", ", media: { address: fe80::1, ports: 30000-39999 }"),
	  "2:71: media address cannot be \"fe80::1\"; write an IPv4 or IPv6 address of this "
	  "host\n" },
	{ TWO_REALMS("none", ", media: { address: \"[10.0.0.1]\", ports: 30000-39999 }"),
	  "2:71: media address cannot be \"[10.0.0.1]\"; write an IPv4 or IPv6 address of this "
	  "host\n" },
	{ TWO_REALMS("kernel", ", media: { address: 10.0.0.1, ports: 30000-30001 }"),
	  "3:2: realm \"core\" has no media; add \"media: { address: ADDRESS, ports: FIRST-LAST "
	  "}\", or \"media: none\" for the whole file\n" },
	{ TWO_REALMS("none", ", media: { address: x, ports: 30000-39999 }"),
	  "2:71: media address cannot be \"x\"; write an IPv4 or IPv6 address of this host\n" },
	{ TWO_REALMS("none", ", media: { address: 10.0.0.1, ports: 30001-39999 }"),
	  "2:88: ports 30001-39999 begin with an odd one; RTP takes even ports, begin with "
	  "30002\n" },
	{ TWO_REALMS("none", ", media: { address: 10.0.0.1, ports: 30000-30000 }"),
	  "2:88: ports 30000-30000 hold no pair for RTP and RTCP; make the last port greater "
	  "than the first\n" },
	{ TWO_REALMS("none", ", media: { address: 10.0.0.1, ports: 80-90 }"),
	  "2:88: ports 80-90 reach below 1024, where services live; begin at 1024 or above\n" },
	{ TWO_REALMS("none", ", media: { address: 10.0.0.1, ports: 30000 }"),
	  "2:88: ports cannot be \"30000\"; write FIRST-LAST, such as 30000-39999\n" },
	{ TWO_REALMS("none", ", media: { address: 10.0.0.1, ports: 30000-39999, dscp: 64 }"),
	  "2:107: dscp cannot be 64; choose 0 to 63 (46 is expedited forwarding)\n" },
	{ TWO_REALMS("none", ", media: { address: 10.0.0.1, ports: 4000-6000 }"),
	  "2:32: \"udp:10.0.0.1:5060\" lies among the media ports of realm \"a\"; move one of "
	  "the two\n" },
	{ "media: none\nrealms:\n"
	  "- { name: a, listen: [ udp:10.0.0.1 ], media: { address: 10.0.0.1, ports: 6000-6999 } "
	  "}\n"
	  "- { name: b, listen: [ udp:10.0.0.2 ], media: { address: 10.0.0.1, ports: 6998-7999 } "
	  "}\n",
	  "4:75: ports 6998-7999 overlap with those of realm \"a\" on the same address; divide "
	  "them\n" },
	{ TWO_REALMS("none", ", next-hop: { realm: cor, address: 10.0.0.9 }"),
	  "2:72: there is no realm \"cor\"; did you mean \"core\"?\n" },
	{ TWO_REALMS("none", ", next-hop: { realm: outside, address: 10.0.0.9 }"),
	  "2:72: there is no realm \"outside\"; name one of this file, or add it\n" },
	{ TWO_REALMS("none", ", next-hop: { realm: core, address: sip.example.com }"),
	  "2:87: next-hop address cannot be \"sip.example.com\"; write ADDRESS:PORT in numbers, "
	  "such as 192.0.2.10:5060, with udp:, tcp: or tls: before it if need be, or for a name "
	  "uri: \"sip:NAME\"\n" },
	{ TWO_REALMS("none", ", next-hop: { realm: core, address: 10.0.0.1:5060 }"),
	  "2:87: next-hop 10.0.0.1:5060 is a listen address of this file, calls would loop; "
	  "write the peer's address\n" },
	{ TWO_REALMS("none", ", next-hop: { realm: core, address: \"[2001:db8::1]:5060\" }"),
	  "2:87: realm \"core\" listens on no IPv6 address to reach [2001:db8::1]:5060 from; add "
	  "one\n" },
	{ TWO_REALMS("none", ", next-hop: { realm: core }"),
	  "2:63: next-hop has neither address nor uri; write either address: ADDRESS:PORT or "
	  "uri: \"sip:NAME\"\n" },
	{ TWO_REALMS("none", ", next-hop: { realm: core, address: 10.0.0.9, uri: \"sip:x\" }"),
	  "2:63: next-hop has both an address and a uri; write either address: ADDRESS:PORT or "
	  "uri: \"sip:NAME\"\n" },
	{ TWO_REALMS("none", ", next-hop: { realm: core, uri: \"sip:x\", tls-name: y }"),
	  "2:102: tls-name is of use with an address only; leave it out, the certificate must "
	  "have the name in uri\n" },
	{ TWO_REALMS("none", "") "trunks: [ { name: t, realm: core } ]\n",
	  "4:11: trunk has neither address nor uri; write either address: ADDRESS:PORT or uri: "
	  "\"sip:NAME\"\n" },
	{ TWO_REALMS("none", "") "trunks: [ { name: t, realm: core, uri: \"sip:x@y\" } ]\n",
	  "4:40: trunk uri cannot be \"sip:x@y\"; write sip:HOST or sips:HOST, and if need be "
	  ":PORT and ;transport=udp, tcp or tls (sips: not udp)\n" },
	{ TWO_REALMS("none", ", next-hop: { realm: cor, uri: \"sip:x\" }"),
	  "2:72: there is no realm \"cor\"; did you mean \"core\"?\n" },
#define WRONG_URI(uri)                                                               \
	{                                                                            \
		TWO_REALMS("none", ", next-hop: { realm: core, uri: \"" uri "\" }"), \
			"2:83: next-hop uri cannot be \"" uri                        \
			"\"; write sip:HOST or sips:HOST, and if need be :PORT and " \
			";transport=udp, tcp or tls (sips: not udp)\n"               \
	}
	WRONG_URI("sip.example.com"),
	WRONG_URI("tel:+15550100"),
	WRONG_URI("sip:user@example.com"),
	WRONG_URI("sip:example.com?x=y"),
	WRONG_URI("sip:example.com:0"),
	WRONG_URI("sip:example.com;transport=sctp"),
	WRONG_URI("sip:example.com;lr"),
	WRONG_URI("sip:example.com;lr;transport=udp"),
	WRONG_URI("sip:example.com;transport=udp;lr"),
	WRONG_URI("sips:example.com;transport=udp"),
	WRONG_URI("sip:0.0.0.0"),
	WRONG_URI("sip:a..b"),
	{ TWO_REALMS("none", ", next-hop: { realm: core, uri: \"sip:x;transport=tcp\" }"),
	  "2:83: realm \"core\" does not listen on tcp, which \"sip:x;transport=tcp\" needs; add "
	  "it\n" },
	{ TWO_REALMS("none", ", next-hop: { realm: core, uri: \"sips:x\" }"),
	  "2:83: realm \"core\" does not listen on tls, which \"sips:x\" needs; add it\n" },
	{ "dns: { servers: [ ns.example ] }\n" TWO_REALMS("none", ""),
	  "1:19: \"ns.example\" is no address of a DNS server; write it in numbers, such as "
	  "192.0.2.53\n" },
	{ "dns: { servers: [] }\n" TWO_REALMS("none", ""),
	  "1:17: servers has 0 entries; it takes 1 to 8\n" },
	{ "dns: { timeout: 1 }\n" TWO_REALMS("none", ""),
	  "1:17: timeout cannot be \"1\"; write a number with ms, s, m or h, such as 500ms\n" },
	{ "dns: { timeout: 10ms }\n" TWO_REALMS("none", ""),
	  "1:17: timeout of 10ms is out of range; choose 50ms to 30s\n" },
	{ "dns: { attempts: 0 }\n" TWO_REALMS("none", ""),
	  "1:18: attempts cannot be 0; choose 1 to 10\n" },
	{ "dns: { max-ttl: 2s }\n" TWO_REALMS("none", ""),
	  "1:17: max-ttl (2 s) is less than min-ttl (5 s); make it at least as long\n" },
	{ "timers: { failover: 2h }\n" TWO_REALMS("none", ""),
	  "1:21: failover of 2h is out of range; choose 0ms to 60s\n" },
	{ TWO_REALMS("none", ", advertise: \"\""),
	  "2:64: advertise is empty; give it a value or leave it out\n" },
#define TRUNK(credentials)     \
	TWO_REALMS("none", "") \
	"trunks: [ { name: t, realm: a, address: 10.0.0.9, credentials: { " credentials " } } ]\n"
	{ TRUNK("user: al"),
	  "4:64: credentials need a password or a password-file, and not both; write one of "
	  "them\n" },
	{ TRUNK("user: al, password: x, password-file: /x"),
	  "4:64: credentials need a password or a password-file, and not both; write one of "
	  "them\n"
	  "4:104: /x cannot be read: No such file or directory; correct the path or its mode\n" },
	{ TRUNK("user: \"a:l\", password: x"),
	  "4:72: user must not have a colon in it; leave it out\n" },
	{ TRUNK("user: al, password: x, realm: 'a\"b'"),
	  "4:96: realm must not have a quotation mark in it; leave it out\n" },
	{ TRUNK("user: al, password-file: x.key"),
	  "4:91: \"x.key\" is no absolute path; begin it with /\n" },
	{ TRUNK("user: al, password-file: /dev/null"),
	  "4:91: /dev/null is open to others (mode 0666); chmod it to 0600, or 0640 with the "
	  "group that sipd runs as\n" },
	/* Several at once, of shape and of meaning, in one go. */
	{ "media: none\ntimers: { t1: x, t9: 1s }\nrealms:\n- name: a\n  listen: [ udp:x ]\n"
	  "  next-hop: { realm: c, address: 10.0.0.3 }\n",
	  "2:18: unknown key \"t9\" in timers; did you mean \"t1\"?\n"
	  "2:15: t1 cannot be \"x\"; write a number with ms, s, m or h, such as 500ms\n"
	  "5:13: \"udp:x\" is no listen address; write udp:ADDRESS:PORT, such as "
	  "udp:192.0.2.1:5060\n"
	  "6:22: there is no realm \"c\"; name one of this file, or add it\n" },
};

static void every_mistake_is_told(void **state)
{
	struct cfg *cfg;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(mistakes); i++) {
		cfg = load(mistakes[i].text);
		if (cfg || strcmp(told, mistakes[i].told))
			print_error("in:\n%s", mistakes[i].text);
		assert_null(cfg);
		assert_string_equal(told, mistakes[i].told);
	}
}

static void passwords_from_files(void **state)
{
	char path[] = "/tmp/test_config_key.XXXXXX", text[512];
	int fd = mkstemp(path);
	struct cfg *cfg;

	(void)state;
	assert_true(fd >= 0);
	snprintf(text, sizeof(text), TRUNK("user: al, realm: r, password-file: %s"), path);
	assert_null(load(text));
	assert_non_null(strstr(told, "has no password of 1 to 255 octets"));
	assert_int_equal(write(fd, "pass word\r\nnot this\n", 21), 21);
	cfg = load(text);
	assert_non_null(cfg);
	assert_string_equal(cfg->trunks[0].address.account->password, "pass word");
	assert_string_equal(cfg->trunks[0].address.account->user, "al");
	assert_string_equal(cfg->trunks[0].address.account->realm, "r");
	cfg_free(cfg);
	assert_int_equal(fchmod(fd, 0640), 0);
	cfg = load(text);
	assert_non_null(cfg);
	cfg_free(cfg);
	assert_int_equal(fchmod(fd, 0644), 0);
	assert_null(load(text));
	close(fd);
	unlink(path);
}

static void algorithms_of_domains(void **state)
{
	struct cfg *cfg = load(TWO_REALMS(
		"none",
		"") "domains: [ { name: a.b, realm: a }, { name: c.d, realm: a, algorithms: "
		    "[ MD5 ] }, { name: e.f, realm: a, algorithms: [ MD5, SHA-256 ] } ]\n");

	(void)state;
	assert_non_null(cfg);
	assert_false(cfg->domains[0].no_sha256 || cfg->domains[0].no_md5);
	assert_true(cfg->domains[1].no_sha256);
	assert_false(cfg->domains[1].no_md5);
	assert_false(cfg->domains[2].no_sha256 || cfg->domains[2].no_md5);
	cfg_free(cfg);
}

static void shards_by_number_or_processor(void **state)
{
	struct cfg *cfg = load("shards: 64\n" TWO_REALMS(
		"none", ", media: { address: 10.0.0.1, ports: 30000-30127 }"));

	(void)state;
	assert_non_null(cfg);
	assert_int_equal(cfg->shards, 64);
	cfg_free(cfg);
	cfg = load("shards: auto\n" TWO_REALMS("none", ""));
	assert_non_null(cfg);
	assert_in_range(cfg->shards, 1, CFG_MAX_SHARDS);
	cfg_free(cfg);
}

static void hostile_files_are_refused(void **state)
{
	static const char nul[] = "media: \"no\\0ne\"\nrealms: \"\\0\"\n";
	static const char cycle[] = "realms: &a [ *a ]\n";
	static const char binary[] = "media: \xff\xfe\n";
	size_t len = 2 * 1024 * 1024;
	char *large = malloc(len);

	(void)state;
	assert_null(load(nul));
	assert_null(load(cycle));
	assert_null(load_octets(binary, sizeof(binary)));
	assert_int_equal(strncmp(told, "1:8: not valid YAML: ", 21), 0);
	memset(large, '#', len);
	assert_null(load_octets(large, len));
	assert_string_equal(told, " greater than 1 MiB; is it a configuration?\n");
	memset(large, '[', 100000);
	assert_null(load_octets(large, 100000));
	free(large);
}

static void aliases_work(void **state)
{
	struct cfg *cfg = load("media: none\nrealms:\n"
			       "- { name: a, listen: [ udp:10.0.0.1 ], media: &m { address: "
			       "10.0.0.1,\n"
			       "    ports: 6000-6999 }, advertise: &x 192.0.2.1 }\n"
			       "- { name: b, listen: [ udp:10.0.0.2 ], advertise: *x }\n");

	(void)state;
	assert_string_equal(told, "");
	assert_non_null(cfg);
	assert_string_equal(cfg->realms[1].advertise, "192.0.2.1");
	cfg_free(cfg);
}

static void a_missing_file_is_told(void **state)
{
	static char path[] = "/nonexistent/sipd.yaml";

	(void)state;
	told[0] = 0;
	assert_null(cfg_load(path, collect, path));
	assert_string_equal(told, " No such file or directory; name a readable file with -f\n");
}

static void durations(void **state)
{
	static const struct {
		const char *text;
		int ret;
		uint32_t ms;
	} cases[] = {
		{ "0", 0, 0 },		{ "0s", 0, 0 },
		{ "1ms", 0, 1 },	{ "500ms", 0, 500 },
		{ "30s", 0, 30000 },	{ "2m", 0, 120000 },
		{ "1h", 0, 3600000 },	{ "720h", 0, 2592000000 },
		{ "721h", -ERANGE, 0 }, { "4294967296s", -ERANGE, 0 },
		{ "", -EINVAL, 0 },	{ "s", -EINVAL, 0 },
		{ "-1s", -EINVAL, 0 },	{ "1 s", -EINVAL, 0 },
		{ "1S", -EINVAL, 0 },	{ "1.5s", -EINVAL, 0 },
		{ "10", -EINVAL, 0 },
	};
	uint32_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(cfg_duration_parse(cases[i].text, &ms), cases[i].ret);
		if (!cases[i].ret)
			assert_int_equal(ms, cases[i].ms);
	}
}

static const char *nearest(const char *word)
{
	static const char *const words[] = { "name", "listen", "advertise", "media", "next-hop" };
	struct near near;
	size_t i;

	near_init(&near, word);
	for (i = 0; i < ARRAY_SIZE(words); i++)
		near_offer(&near, words[i]);
	return near.best ? near.best : "";
}

static void near_words(void **state)
{
	(void)state;
	assert_string_equal(nearest("listne"), "listen");
	assert_string_equal(nearest("Listen"), "listen");
	assert_string_equal(nearest("advertis"), "advertise");
	assert_string_equal(nearest("nexthop"), "next-hop");
	assert_string_equal(nearest("next_hop"), "next-hop");
	assert_string_equal(nearest("nme"), "name");
	assert_string_equal(nearest("transport"), "");
	assert_string_equal(nearest("x"), "");
	assert_string_equal(nearest(""), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_read),
		cmocka_unit_test(media_of_ipv6),
		cmocka_unit_test(sip_listens_by_udp_and_tcp),
		cmocka_unit_test(trust_of_a_trunk_is_its_realms_unless_said),
		cmocka_unit_test(routes_are_read),
		cmocka_unit_test(wrong_routes_are_told),
		cmocka_unit_test(domains_are_read),
		cmocka_unit_test(modes_are_read),
		cmocka_unit_test(mistakes_in_domains_are_told),
		cmocka_unit_test(what_is_left_out_has_its_default),
		cmocka_unit_test(nothing_may_be_masked),
		cmocka_unit_test(names_are_read),
		cmocka_unit_test(every_mistake_is_told),
		cmocka_unit_test(passwords_from_files),
		cmocka_unit_test(algorithms_of_domains),
		cmocka_unit_test(shards_by_number_or_processor),
		cmocka_unit_test(hostile_files_are_refused),
		cmocka_unit_test(aliases_work),
		cmocka_unit_test(a_missing_file_is_told),
		cmocka_unit_test(durations),
		cmocka_unit_test(near_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
