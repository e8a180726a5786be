// SPDX-License-Identifier: GPL-2.0-or-later
#include "sip_mutate.h"

#include <ctype.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const char *const snippets[] = {
	"\r\n ",
	"\r\n\t ",
	" ",
	"\t",
	"  ",
	";x",
	";x=y",
	";tag=t1",
	";branch=z9hG4bKb",
	";rport",
	";received=192.0.2.9",
	";received=2001:db8::1",
	";x=\"a>;tag=n\"",
	";x=\"\\\"\"",
	";ttl=1",
	",",
	", SIP/2.0/TCP i;branch=c",
	"\"",
	"\">;tag=n\" ",
	"\"a\\\"b\" ",
	"<",
	">",
	"(c)",
	"?",
	"\xc3\xa4",
	"\xff",
	"a",
	"0",
	"-",
	"'",
	"%41",
	"[2001:db8::1]",
	":5070",
	"=",
	";",
	":",
	"\r\n",
	"\n",
	"\r",
};

static const char *const lines[] = {
	"Via: SIP/2.0/UDP h:5070;branch=z9hG4bKa;rport\r\n",
	"v:SIP/2.0/TCP h\r\n",
	"Via: SIP/2.0/WS [::1]:1;x;branch=b,SIP / 2.0 / UDP i\r\n",
	"From: \"A\" <sip:a@example.com>;tag=f1\r\n",
	"f:sip:a@example.com;tag=f2\r\n",
	"To: <sip:b@example.com>\r\n",
	"t: B B <sips:b>;tag=t1;x\r\n",
	"Call-ID: c1@example.com\r\n",
	"i:c2\r\n",
	"CSeq: 1 INVITE\r\n",
	"CSeq: 2147483647 BYE\r\n",
	"CSeq:1 SUBSCRIBE\r\n",
	"Max-Forwards: 70\r\n",
	"Max-Forwards:0\r\n",
	"Content-Length: 0\r\n",
	"l:1\r\n",
	"Expires: 3600\r\n",
	"Expires: soon\r\n",
	"User-Agent: Phone (1)\r\n",
	"Authorization: Digest a=\"b\"\r\n",
	"Proxy-Authorization : x\r\n",
	"Contact: <sip:a@192.0.2.1>;q=0.5, sip:b\r\n",
	"Route: <sip:p;lr>\r\n",
	"X: y\r\n",
	"Content-Type: application/sdp\r\n",
	"Call-Info: <http://a>\r\n",
	"Userdata:\r\n z\r\n",
	"INVITE sip:b@example.com SIP/2.0\r\n",
	"BYE tel:+1 SIP/2.0\r\n",
	"SUBSCRIBE sips:[::1]:5061;x=y SIP/2.0\r\n",
	"SIP/2.0 200 OK\r\n",
	"FOO sip:a SIP/2.0\r\n",
};

static unsigned int draw(unsigned int *seed, size_t n)
{
	*seed = *seed * 1664525 + 1013904223;
	return (unsigned int)((*seed >> 8) % n);
}

/* Puts @text where @cut octets at @at were. */
static size_t splice(uint8_t *data, size_t size, size_t max, size_t at, size_t cut,
		     const char *text)
{
	size_t len = strlen(text);

	if (size - cut + len > max)
		return size;
	memmove(data + at + len, data + at + cut, size - at - cut);
	memcpy(data + at, text, len);
	return size - cut + len;
}

/* A place where one thing ends and the next begins. */
static size_t some_boundary(const uint8_t *data, size_t size, unsigned int *seed)
{
	size_t at = draw(seed, size + 1);

	while (at < size && isalnum(data[at]))
		at++;
	return at;
}

/* The beginning of a line. */
static size_t some_line(const uint8_t *data, size_t size, unsigned int *seed)
{
	size_t at = draw(seed, size + 1);

	while (at > 0 && data[at - 1] != '\n')
		at--;
	return at;
}

size_t sip_mutate(uint8_t *data, size_t size, size_t max, unsigned int seed)
{
	size_t at = some_line(data, size, &seed), len = 0;

	while (at + len < size && data[at + len] != '\n')
		len++;
	len += at + len < size;
	switch (draw(&seed, 8)) {
	case 0:
	case 1:
	case 2:
		at = some_boundary(data, size, &seed);
		return splice(data, size, max, at, 0, snippets[draw(&seed, COUNT(snippets))]);
	case 3:
		return splice(data, size, max, at, 0, lines[draw(&seed, COUNT(lines))]);
	case 4:
		return splice(data, size, max, at, len, lines[draw(&seed, COUNT(lines))]);
	case 5:
		return splice(data, size, max, at, len, "");
	case 6:
		at = some_boundary(data, size, &seed);
		return splice(data, size, max, at, at < size, "");
	default:
		at = draw(&seed, size + 1);
		if (at < size && isalpha(data[at]))
			data[at] ^= 0x20;
		return size;
	}
}
