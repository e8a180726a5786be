// SPDX-License-Identifier: GPL-2.0-or-later
#include "transport/ws_handshake.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>

/* 16 octets in Base64. */
#define KEY_LEN 24
#define SHA1_SIZE 20

struct request {
	struct view method, target, version;
	struct view host, key, protocol_version, origin;
	unsigned int hosts, keys, versions, origins;
	bool upgrade, connection, sip, body;
};

static const char *reason(int status)
{
	switch (status) {
	case 403:
		return "Forbidden";
	case 404:
		return "Not Found";
	case 405:
		return "Method Not Allowed";
	case 426:
		return "Upgrade Required";
	case 431:
		return "Request Header Fields Too Large";
	case 505:
		return "HTTP Version Not Supported";
	default:
		return "Bad Request";
	}
}

static enum ws_result refuse(struct ws_answer *answer, int status, const char *why)
{
	const char *more = "";

	if (status == 405)
		more = "Allow: GET\r\n";
	if (status == 426)
		more = "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
	answer->status = status;
	answer->why = why;
	answer->len =
		(size_t)snprintf(answer->text, sizeof(answer->text),
				 "HTTP/1.1 %d %s\r\nConnection: close%s\r\n%s"
				 "Content-Type: text/plain\r\nContent-Length: %zu\r\n\r\n%s\n",
				 status, reason(status), status == 426 ? ", Upgrade" : "", more,
				 strlen(why) + 1, why);
	return WS_REFUSED;
}

/* RFC 6455 s.4.2.2 step 5 */
static void write_accept(struct view key, char accept[32])
{
	static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	unsigned char digest[EVP_MAX_MD_SIZE];
	char text[KEY_LEN + sizeof(guid)];

	memcpy(text, key.p, KEY_LEN);
	memcpy(text + KEY_LEN, guid, sizeof(guid));
	*accept = '\0';
	if (EVP_Digest(text, strlen(text), digest, NULL, EVP_sha1(), NULL) == 1)
		EVP_EncodeBlock((unsigned char *)accept, digest, SHA1_SIZE);
}

static enum ws_result accept_request(struct ws_answer *answer, const struct request *request)
{
	char accept[32];

	write_accept(request->key, accept);
	answer->status = 101;
	answer->len = (size_t)snprintf(answer->text, sizeof(answer->text),
				       "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
				       "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n"
				       "Sec-WebSocket-Protocol: sip\r\n\r\n",
				       accept);
	return WS_OPEN;
}

/* --- lines ------------------------------------------------------------------------------------ */

/* Takes what stands before the next @c, or all, off @rest. */
static struct view until(struct view *rest, char c)
{
	const char *end = rest->len ? memchr(rest->p, c, rest->len) : NULL;
	struct view part = { rest->p, end ? (size_t)(end - rest->p) : rest->len };
	size_t gone = part.len + !!end;

	rest->p += gone;
	rest->len -= gone;
	return part;
}

static bool next_line(struct view *rest, struct view *line)
{
	const char *end = rest->len > 1 ? memmem(rest->p, rest->len, "\r\n", 2) : NULL;

	if (!end || end == rest->p)
		return false;
	*line = (struct view){ rest->p, (size_t)(end - rest->p) };
	rest->p += line->len + 2;
	rest->len -= line->len + 2;
	return true;
}

/* Visible or a space, no octet that ends lines elsewhere. */
static bool is_clean(struct view text)
{
	for (size_t i = 0; i < text.len; i++)
		if (((unsigned char)text.p[i] < ' ' && text.p[i] != '\t') || text.p[i] == 0x7f)
			return false;
	return true;
}

static bool read_request_line(struct view line, struct request *request)
{
	request->method = until(&line, ' ');
	request->target = until(&line, ' ');
	request->version = line;
	return request->method.len && request->target.len && request->version.len > 5 &&
	       !memcmp(request->version.p, "HTTP/", 5) &&
	       !memchr(request->version.p, ' ', request->version.len);
}

/* --- headers ---------------------------------------------------------------------------------- */

static bool has_word(struct view list, struct view word)
{
	while (list.len)
		if (view_ieq(view_trim(until(&list, ',')), word))
			return true;
	return false;
}

/* "sip" is compared as it is written (RFC 7118 s.4). */
static bool has_sip(struct view list)
{
	while (list.len)
		if (view_eq(view_trim(until(&list, ',')), VIEW_LIT("sip")))
			return true;
	return false;
}

static void take_header(struct request *request, struct view name, struct view value)
{
	if (view_ieq(name, VIEW_LIT("Host"))) {
		request->host = value;
		request->hosts++;
	} else if (view_ieq(name, VIEW_LIT("Upgrade"))) {
		request->upgrade |= has_word(value, VIEW_LIT("websocket"));
	} else if (view_ieq(name, VIEW_LIT("Connection"))) {
		request->connection |= has_word(value, VIEW_LIT("Upgrade"));
	} else if (view_ieq(name, VIEW_LIT("Sec-WebSocket-Key"))) {
		request->key = value;
		request->keys++;
	} else if (view_ieq(name, VIEW_LIT("Sec-WebSocket-Version"))) {
		request->protocol_version = value;
		request->versions++;
	} else if (view_ieq(name, VIEW_LIT("Sec-WebSocket-Protocol"))) {
		request->sip |= has_sip(value);
	} else if (view_ieq(name, VIEW_LIT("Origin"))) {
		request->origin = value;
		request->origins++;
	} else if (view_ieq(name, VIEW_LIT("Transfer-Encoding"))) {
		request->body = true;
	} else if (view_ieq(name, VIEW_LIT("Content-Length"))) {
		request->body |= !view_eq(value, VIEW_LIT("0"));
	}
}

/* False: malformed. A space before the colon hides a header from others, so it is none. */
static bool read_headers(struct view rest, struct request *request)
{
	struct view line, name;
	unsigned int count = 0;

	while (next_line(&rest, &line)) {
		if (!memchr(line.p, ':', line.len) || !is_clean(line) || ++count > WS_MAX_HEADERS)
			return false;
		name = until(&line, ':');
		if (!name.len || memchr(name.p, ' ', name.len) || memchr(name.p, '\t', name.len))
			return false;
		take_header(request, name, view_trim(line));
	}
	return true;
}

/* --- what is right ---------------------------------------------------------------------------- */

static bool is_key(struct view key)
{
	static const char base64[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	if (key.len != KEY_LEN || key.p[KEY_LEN - 2] != '=' || key.p[KEY_LEN - 1] != '=')
		return false;
	for (size_t i = 0; i < KEY_LEN - 2; i++)
		if (!memchr(base64, key.p[i], sizeof(base64) - 1))
			return false;
	return true;
}

static bool is_path(const struct tp_ws_policy *policy, struct view target)
{
	return !policy || !policy->path || view_eq(until(&target, '?'), view_str(policy->path));
}

static bool is_origin(const struct tp_ws_policy *policy, const struct request *request)
{
	if (!policy || !policy->norigins)
		return true;
	for (unsigned int i = 0; i < policy->norigins; i++)
		if (view_ieq(request->origin, view_str(policy->origins[i])))
			return true;
	return false;
}

static enum ws_result judge(const struct tp_ws_policy *policy, const struct request *request,
			    struct ws_answer *answer)
{
	if (!view_eq(request->version, VIEW_LIT("HTTP/1.1")))
		return refuse(answer, 505, "HTTP/1.1 is spoken here");
	if (!view_eq(request->method, VIEW_LIT("GET")))
		return refuse(answer, 405, "A WebSocket begins with GET");
	if (*request->target.p != '/')
		return refuse(answer, 400, "The request names no path");
	if (request->hosts != 1 || !request->host.len)
		return refuse(answer, 400, "There must be one Host");
	if (request->body)
		return refuse(answer, 400, "A GET has no body");
	if (!is_path(policy, request->target))
		return refuse(answer, 404, "Nothing is here but SIP, at another path");
	if (!request->upgrade || !request->connection)
		return refuse(answer, 426, "SIP over WebSocket is spoken here");
	if (request->versions != 1 || !view_eq(request->protocol_version, VIEW_LIT("13")))
		return refuse(answer, 426, "Version 13 of WebSocket is spoken here");
	if (request->keys != 1 || !is_key(request->key))
		return refuse(answer, 400, "Sec-WebSocket-Key is not 16 octets in Base64");
	if (request->origins > 1 || !is_origin(policy, request))
		return refuse(answer, 403, "Pages of this origin are not welcome");
	if (!request->sip)
		return refuse(answer, 400, "Sec-WebSocket-Protocol does not offer sip");
	return accept_request(answer, request);
}

enum ws_result ws_handshake(const struct tp_ws_policy *policy, const char *p, size_t len,
			    struct ws_answer *answer)
{
	struct request request = { .body = false };
	struct view rest, line;
	const char *end;

	*answer = (struct ws_answer){ .status = 0 };
	end = memmem(p, len < WS_MAX_REQUEST ? len : WS_MAX_REQUEST, "\r\n\r\n", 4);
	if (!end && len >= WS_MAX_REQUEST)
		return refuse(answer, 431, "The request is too large");
	if (!end)
		return WS_MORE;
	answer->taken = (size_t)(end - p) + 4;
	rest = (struct view){ p, answer->taken };
	if (!next_line(&rest, &line) || !is_clean(line) || !read_request_line(line, &request))
		return refuse(answer, 400, "The request line is malformed");
	if (!read_headers(rest, &request))
		return refuse(answer, 400, "A header is malformed, or there are too many");
	return judge(policy, &request, answer);
}
