// SPDX-License-Identifier: GPL-2.0-or-later
#include "sipctl/session_words.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "sipctl/forward_words.h"
#include "sipctl/names.h"
#include "sipctl/parse.h"

/* The sentence of a failure: what, where, what to do. */
struct why {
	char *text;
	size_t size;
};

struct words {
	struct sf_session *session;
	struct sf_endpoint *endpoint; /* the last one begun, NULL before */
	bool change;
	bool has_owner;
	int argc;
	char **argv;
	struct why why;
};

enum scope {
	ADD = 1 << 0,
	SET = 1 << 1,
	BOTH = ADD | SET,
};

struct keyword {
	const char *name;
	const char *give; /* what its value may be; NULL: it has none */
	const char *const *choices; /* for completion, or NULL */
	enum scope scope;
	uint32_t has; /* noted in the endpoint; given twice is an error */
	int (*read)(struct words *words, const char *value);
};

static int fail(const struct words *words, const char *what, const char *word, const char *todo)
{
	char where[48];

	if (words->endpoint)
		snprintf(where, sizeof(where), "endpoint %" PRIu32, words->endpoint->id);
	else
		snprintf(where, sizeof(where), "session %" PRIu64, words->session->id);
	snprintf(words->why.text, words->why.size, "%s \"%s\", %s, %s", what, word, where, todo);
	return -EINVAL;
}

static int read_owner(struct words *words, const char *value)
{
	words->has_owner = true;
	return parse_owner(value, &words->session->owner);
}

static int read_timeout(struct words *words, const char *value)
{
	words->session->has_timeout = true;
	return parse_duration(value, &words->session->timeout_ms);
}

static int read_endpoint(struct words *words, const char *value)
{
	struct sf_session *session = words->session;
	struct sf_endpoint *ep = &session->endpoints[session->nendpoints];
	uint64_t id;

	if (parse_number(value, 1, UINT32_MAX, &id))
		return -EINVAL;
	words->endpoint = NULL;
	for (unsigned int i = 0; i < session->nendpoints; i++)
		if (session->endpoints[i].id == id)
			return fail(words, "repeated endpoint", value,
				    "say all about it at one place");
	if (session->nendpoints == SIPFAST_MAX_ENDPOINTS)
		return fail(words, "one too many endpoint", value, "32 is the most");
	*ep = (struct sf_endpoint){ .id = id };
	session->nendpoints++;
	words->endpoint = ep;
	return 0;
}

static int read_local(struct words *words, const char *value)
{
	return parse_address_port(value, &words->endpoint->local);
}

static int read_remote(struct words *words, const char *value)
{
	return parse_address_port(value, &words->endpoint->remote);
}

static int read_component(struct words *words, const char *value)
{
	int component = name_find(component_names, value);

	words->endpoint->component = component;
	return component < 0 ? component : 0;
}

static int read_learn(struct words *words, const char *value)
{
	int learn = name_find(learn_names, value);

	words->endpoint->learn = learn;
	return learn < 0 ? learn : 0;
}

static int read_from(struct words *words, const char *value)
{
	return parse_prefix(value, &words->endpoint->learn_addr, &words->endpoint->learn_prefix);
}

static int read_for(struct words *words, const char *value)
{
	uint32_t ms;

	if (parse_duration(value, &ms) || !ms || ms > 600000)
		return -EINVAL;
	words->endpoint->learn_ms = ms;
	return 0;
}

static int read_inactive(struct words *words, const char *value)
{
	return parse_duration(value, &words->endpoint->inactive_ms);
}

static int read_dtmf(struct words *words, const char *value)
{
	uint64_t type = SF_DTMF_NONE;

	if (strcmp(value, "none") && parse_number(value, 0, 127, &type))
		return -EINVAL;
	words->endpoint->dtmf_type = type;
	return 0;
}

static int read_source(struct words *words, const char *value)
{
	int source = name_find(source_names, value);

	words->endpoint->source = source;
	return source < 0 ? source : 0;
}

static int read_dscp(struct words *words, const char *value)
{
	uint64_t number;

	if (parse_number(value, 0, 63, &number))
		return -EINVAL;
	words->endpoint->dscp = number;
	return 0;
}

static int read_ttl(struct words *words, const char *value)
{
	uint64_t number;

	if (parse_number(value, 1, 255, &number))
		return -EINVAL;
	words->endpoint->ttl = number;
	return 0;
}

static int read_clock(struct words *words, const char *value)
{
	uint64_t number;

	if (parse_number(value, 1000, 192000, &number))
		return -EINVAL;
	words->endpoint->clock_rate = number;
	return 0;
}

static int read_forward(struct words *words, const char *value)
{
	struct sf_endpoint *ep = words->endpoint;
	struct forward_fault fault;

	if ((ep->has & SF_HAS_FORWARDS) && !ep->nforwards)
		return fail(words, "after no-forwards a forward", value, "give one of them");
	ep->has |= SF_HAS_FORWARDS;
	if (!forward_words_parse(ep, value, &fault))
		return 0;
	return fault.what[0] ? fail(words, fault.what, fault.word, fault.todo) : -EINVAL;
}

static const struct keyword session_keywords[] = {
	{ "owner", "operator, sipd or a number", (const char *const[]){ "operator", "sipd", NULL },
	  ADD, 0, read_owner },
	{ "timeout", "a time such as 500ms, 30s, 5m, 2h or never", NULL, BOTH, 0, read_timeout },
	{ "endpoint", "a number from 1 up", NULL, BOTH, 0, read_endpoint },
	{ .name = NULL },
};

/* "from" and "for" belong to "learn", and stand beside it for want of a better place. */
static const struct keyword endpoint_keywords[] = {
	{ "local", "ADDRESS:PORT or [ADDRESS6]:PORT", NULL, BOTH, SF_HAS_LOCAL, read_local },
	{ "remote", "ADDRESS:PORT or [ADDRESS6]:PORT", NULL, BOTH, SF_HAS_REMOTE, read_remote },
	{ "component", "rtp, rtcp, mux or transparent", component_names, BOTH, SF_HAS_COMPONENT,
	  read_component },
	{ "learn", "off, once or window", learn_names, BOTH, SF_HAS_LEARN, read_learn },
	{ "from", "ADDRESS, ADDRESS/LENGTH or any", (const char *const[]){ "any", NULL }, BOTH,
	  SF_HAS_LEARN_FROM, read_from },
	{ "for", "a time such as 500ms, 30s or 10m, the most", NULL, BOTH, SF_HAS_LEARN_MS,
	  read_for },
	{ "source", "strict or accept", source_names, BOTH, SF_HAS_SOURCE, read_source },
	{ "dscp", "a number from 0 to 63", NULL, BOTH, SF_HAS_DSCP, read_dscp },
	{ "ttl", "a number from 1 to 255", NULL, BOTH, SF_HAS_TTL, read_ttl },
	{ "clock", "Hz from 1000 to 192000", NULL, BOTH, SF_HAS_CLOCK_RATE, read_clock },
	{ "inactive", "a time such as 500ms, 30s, 5m, 2h or never", NULL, BOTH, SF_HAS_INACTIVE,
	  read_inactive },
	{ "dtmf", "a payload type from 0 to 127 or none", (const char *const[]){ "none", NULL },
	  BOTH, SF_HAS_DTMF_TYPE, read_dtmf },
	{ "forward", "endpoint numbers such as 2 or 2,3 or, with options, 2,dscp=46", NULL, BOTH, 0,
	  read_forward },
	{ "no-forwards", NULL, NULL, SET, SF_HAS_FORWARDS, NULL },
	{ "delete", NULL, NULL, SET, SF_DELETE, NULL },
	{ .name = NULL },
};

static const struct keyword *find(const struct keyword *keyword, const struct words *words,
				  const char *word)
{
	for (; keyword->name; keyword++)
		if ((keyword->scope & (words->change ? SET : ADD)) && !strcmp(keyword->name, word))
			return keyword;
	return NULL;
}

static bool given_twice(const struct words *words, const struct keyword *keyword)
{
	if (keyword->read == read_owner)
		return words->has_owner;
	if (keyword->read == read_timeout)
		return words->session->has_timeout;
	return words->endpoint && (words->endpoint->has & keyword->has);
}

/* The keyword's value; the reader may have told more than that it is bad. */
static int read_value(struct words *words, const struct keyword *keyword, const char *value)
{
	char what[32], todo[96];

	words->why.text[0] = '\0';
	if (!keyword->read(words, value))
		return 0;
	if (words->why.text[0])
		return -EINVAL;
	snprintf(what, sizeof(what), "bad %s", keyword->name);
	snprintf(todo, sizeof(todo), "give %s", keyword->give);
	return fail(words, what, value, todo);
}

static int unknown(const struct words *words, const char *word)
{
	if (!words->endpoint)
		return fail(words, "unknown word", word,
			    words->change ? "give timeout or endpoint" :
					    "give owner, timeout or endpoint");
	return fail(words, "unknown word", word,
		    words->change ? "see \"sipctl help session set\"" :
				    "see \"sipctl help session add\"");
}

/* One keyword with its value; returns the number of words. */
static int read_keyword(struct words *words, int at)
{
	const char *word = words->argv[at];
	const struct keyword *keyword = find(session_keywords, words, word);
	char todo[96];

	if (!keyword && words->endpoint)
		keyword = find(endpoint_keywords, words, word);
	if (!keyword)
		return unknown(words, word);
	if (given_twice(words, keyword))
		return fail(words, "repeated word", word, "give it once");
	if (keyword->give && at + 1 == words->argc) {
		snprintf(todo, sizeof(todo), "give %s after it", keyword->give);
		return fail(words, "incomplete", word, todo);
	}
	if (keyword->give && read_value(words, keyword, words->argv[at + 1]))
		return -EINVAL;
	if (words->endpoint)
		words->endpoint->has |= keyword->has;
	return keyword->give ? 2 : 1;
}

int session_words_parse(struct sf_session *session, bool change, int argc, char **argv, char *why,
			size_t size)
{
	struct words words = { .session = session,
			       .change = change,
			       .argc = argc,
			       .argv = argv,
			       .why = { why, size } };
	int ret;

	memset(session, 0, sizeof(*session));
	if (parse_number(argv[0], 1, UINT64_MAX, &session->id)) {
		snprintf(why, size, "bad ID \"%s\", first word, give a number from 1 up", argv[0]);
		return -EINVAL;
	}
	for (int at = 1; at < argc; at += ret) {
		ret = read_keyword(&words, at);
		if (ret < 0)
			return ret;
	}
	return 0;
}

static void print_names(FILE *out, const struct keyword *keyword, unsigned int scope)
{
	for (; keyword->name; keyword++)
		if (keyword->scope & scope)
			fprintf(out, "%s\n", keyword->name);
}

void session_words_complete(bool change, int argc, char **argv, FILE *out)
{
	unsigned int scope = change ? SET : ADD;
	struct words words = { .change = change };
	const struct keyword *keyword = NULL;
	bool endpoint = false;

	for (int at = 1; at < argc; at++) {
		keyword = find(session_keywords, &words, argv[at]);
		if (!keyword)
			keyword = find(endpoint_keywords, &words, argv[at]);
		if (!keyword)
			return;
		endpoint |= keyword->read == read_endpoint;
		if (!keyword->give || at + 1 == argc)
			continue;
		keyword = NULL;
		at++;
	}
	if (!argc)
		return;
	if (keyword && keyword->give) {
		for (int i = 0; keyword->choices && keyword->choices[i]; i++)
			fprintf(out, "%s\n", keyword->choices[i]);
		return;
	}
	print_names(out, session_keywords, scope);
	if (endpoint)
		print_names(out, endpoint_keywords, scope);
}
