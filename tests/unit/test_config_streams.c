// SPDX-License-Identifier: GPL-2.0-or-later
/* The configuration of TCP and TLS. */
#include "config_fixture.h"

static void transports_are_read(void **state)
{
	struct cfg *cfg =
		load("media: none\nrealms:\n"
		     "- name: a\n"
		     "  listen: [ udp:10.0.0.1, tcp:10.0.0.1, \"TCP:[2001:db8::1]:5080\" ]\n"
		     "  next-hop: { realm: b, address: 10.0.0.9 }\n"
		     "- { name: b, listen: [ udp:10.0.0.2, tcp:10.0.0.2 ],\n"
		     "    next-hop: { realm: a, address: tcp:10.0.0.8:5099 } }\n");

	(void)state;
	if (!cfg)
		fail_msg("%s", told);
	assert_int_equal(cfg->realms[0].listen[0].proto, TP_UDP);
	assert_int_equal(cfg->realms[0].listen[1].proto, TP_TCP);
	assert_int_equal(cfg->realms[0].listen[2].proto, TP_TCP);
	assert_int_equal(tp_addr_port(&cfg->realms[0].listen[1].addr), 5060);
	assert_int_equal(tp_addr_port(&cfg->realms[0].listen[2].addr), 5080);
	assert_int_equal(cfg->realms[0].next_hop.proto, TP_UDP);
	assert_true(cfg->realms[0].next_hop.any_proto);
	assert_int_equal(cfg->realms[1].next_hop.proto, TP_TCP);
	assert_false(cfg->realms[1].next_hop.any_proto);
	assert_null(cfg->realms[1].next_hop.tls_name);
	assert_null(cfg->realms[1].tls);
	assert_int_equal(cfg->connections.max, 20000);
	assert_int_equal(cfg->connections.per_source, 1000);
	assert_int_equal(cfg->connections.idle_ms, 1800000);
	assert_int_equal(cfg->connections.message_ms, 10000);
	assert_int_equal(cfg->connections.connect_ms, 5000);
	assert_int_equal(cfg->connections.handshake_ms, 10000);
	cfg_free(cfg);
}

/* Where the file does not say which, what the realm has. */
static void websockets_are_read(void **state)
{
	struct cfg *cfg =
		load("media: none\nrealms:\n"
		     "- { name: a, listen: [ udp:10.0.0.1, ws:10.0.0.1, ws:10.0.0.1:8080 ],\n"
		     "    websocket: { path: /sip, origins: [ https://a, https://b:8443 ] } }\n"
		     "- { name: b, listen: [ ws:10.0.0.2 ] }\n");

	(void)state;
	if (!cfg)
		fail_msg("%s", told);
	assert_int_equal(cfg->realms[0].listen[1].proto, TP_WS);
	assert_int_equal(tp_addr_port(&cfg->realms[0].listen[1].addr), 80);
	assert_int_equal(tp_addr_port(&cfg->realms[0].listen[2].addr), 8080);
	assert_string_equal(cfg->realms[0].ws.path, "/sip");
	assert_int_equal(cfg->realms[0].ws.norigins, 2);
	assert_string_equal(cfg->realms[0].ws.origins[1], "https://b:8443");
	assert_null(cfg->realms[1].ws.path);
	assert_int_equal(cfg->realms[1].ws.norigins, 0);
	cfg_free(cfg);
}

static void next_hop_takes_what_the_realm_has(void **state)
{
	struct cfg *cfg = load("media: none\n"
			       "connections: { max: 7, per-source: 3, idle: 1m, message: 2s,\n"
			       "  connect: 3s, handshake: 4s }\n"
			       "realms:\n"
			       "- name: a\n"
			       "  listen: [ tcp:10.0.0.1 ]\n"
			       "  next-hop: { realm: a, address: 10.0.0.9 }\n");

	(void)state;
	if (!cfg)
		fail_msg("%s", told);
	assert_int_equal(cfg->realms[0].next_hop.proto, TP_TCP);
	assert_int_equal(cfg->connections.max, 7);
	assert_int_equal(cfg->connections.per_source, 3);
	assert_int_equal(cfg->connections.idle_ms, 60000);
	assert_int_equal(cfg->connections.message_ms, 2000);
	assert_int_equal(cfg->connections.connect_ms, 3000);
	assert_int_equal(cfg->connections.handshake_ms, 4000);
	cfg_free(cfg);
}

#define REALM(keys) "media: none\nrealms:\n- { name: a, " keys " }\n"

static const struct {
	const char *text, *told;
} mistakes[] = {
	{ "connections: { max: 0, idle: 2d, message: 2m }\n" REALM("listen: [ tcp:10.0.0.1 ]"),
	  "1:21: max cannot be 0; choose 1 to 1000000\n"
	  "1:30: idle cannot be \"2d\"; write a number with ms, s, m or h, such as 500ms\n"
	  "1:43: message of 2m is out of range; choose 100ms to 60s\n" },
	{ REALM("listen: [ tcp:10.0.0.1, udp:10.0.0.1 ], next-hop: { realm: a, address: "
		"tls:10.0.0.9 }"),
	  "3:85: realm \"a\" listens on no IPv4 address by TLS to reach tls:10.0.0.9 from; add "
	  "one\n" },
	{ REALM("listen: [ tcp:10.0.0.1 ], next-hop: { realm: a, address: tcp:10.0.0.1 }"),
	  "3:71: next-hop tcp:10.0.0.1 is a listen address of this file, calls would loop; write "
	  "the peer's address\n" },
	{ REALM("listen: [ tcp:10.0.0.1 ], next-hop: { realm: a, address: 10.0.0.9, tls-name: "
		"x.example }"),
	  "3:91: tls-name is of use with TLS only; write the address as tls:ADDRESS:PORT, or "
	  "leave it out\n" },
	{ REALM("listen: [ tls:10.0.0.1 ]"),
	  "3:22: realm \"a\" listens by TLS without a certificate; add \"tls: { certificate: "
	  "FILE, key: FILE }\"\n" },
	{ REALM("listen: [ tcp:10.0.0.1:5061, tls:10.0.0.1 ], tls: { certificate: x, key: /y/z, "
		"ca: /y/a, verify-client: yes }"),
	  "3:118: verify-client cannot be \"yes\"; write one of true, false\n" },
	{ REALM("listen: [ tcp:10.0.0.1:5061, tls:10.0.0.1 ], tls: { certificate: x, key: /y/z }"),
	  "3:79: \"x\" is no absolute path; begin it with /\n"
	  "3:43: \"tls:10.0.0.1\" is listened on already, in line 3; give each its own address "
	  "or port\n" },
	{ REALM("listen: [ tls:10.0.0.1 ], tls: { certificate: /no/such.pem, key: /no/such.key }"),
	  "3:60: \"/no/such.pem\" cannot be used: No such file or directory; name a readable PEM "
	  "file with the certificate and those that signed it\n" },
	{ REALM("listen: [ udp:10.0.0.1 ], tls: { certificate: /no/such.pem, key: /no/such.key }"),
	  "3:45: realm \"a\" does not listen by TLS; add \"tls:ADDRESS:PORT\" or "
	  "\"wss:ADDRESS:PORT\" to listen, or leave tls out\n"
	  "3:60: \"/no/such.pem\" cannot be used: No such file or directory; name a readable PEM "
	  "file with the certificate and those that signed it\n" },
	{ REALM("listen: [ udp:10.0.0.1 ], tls: { key: /x }"),
	  "3:45: \"certificate\" is missing in tls; add it\n" },
	{ REALM("listen: [ wss:10.0.0.1 ]"),
	  "3:22: realm \"a\" listens by TLS without a certificate; add \"tls: { certificate: "
	  "FILE, key: FILE }\"\n" },
	{ REALM("listen: [ tcp:10.0.0.1:80, ws:10.0.0.1 ]"),
	  "3:41: \"ws:10.0.0.1\" is listened on already, in line 3; give each its own address "
	  "or port\n" },
	{ REALM("listen: [ ws:10.0.0.1 ], next-hop: { realm: a, address: ws:10.0.0.9 }"),
	  "3:70: next-hop address cannot be \"ws:10.0.0.9\"; write ADDRESS:PORT in numbers, such "
	  "as 192.0.2.10:5060, with udp:, tcp: or tls: before it if need be, or for a name uri: "
	  "\"sip:NAME\"\n" },
	{ REALM("listen: [ ws:10.0.0.1 ], next-hop: { realm: a, address: 10.0.0.9 }"),
	  "3:70: realm \"a\" listens on no IPv4 address to reach 10.0.0.9 from; add one\n" },
	{ REALM("listen: [ tcp:10.0.0.1 ], websocket: { path: /sip }"),
	  "3:51: realm \"a\" does not listen by WebSocket; add \"ws:ADDRESS:PORT\" or "
	  "\"wss:ADDRESS:PORT\" to listen, or leave websocket out\n" },
	{ REALM("listen: [ ws:10.0.0.1 ], websocket: { path: sip?x }"),
	  "3:58: path \"sip?x\" is none that a browser asks for; begin it with /, and leave out "
	  "what stands behind ?\n" },
	{ REALM("listen: [ ws:10.0.0.1 ], websocket: { origins: [ https://a, b.example ] }"),
	  "3:74: \"b.example\" is no origin of pages; write it as browsers do, such as "
	  "https://phone.example.com\n" },
};

static void every_mistake_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		assert_null(load(mistakes[i].text));
		if (strcmp(told, mistakes[i].told))
			fail_msg("in:\n%sexpected:\n%sgot:\n%s", mistakes[i].text, mistakes[i].told,
				 told);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(transports_are_read),
		cmocka_unit_test(websockets_are_read),
		cmocka_unit_test(next_hop_takes_what_the_realm_has),
		cmocka_unit_test(every_mistake_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
