// SPDX-License-Identifier: GPL-2.0-or-later
/* sipd: options, start and end. */
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "admin/admin.h"
#include "base/log.h"
#include "base/loop.h"
#include "config/certs.h"
#include "config/config.h"
#include "notify.h"
#include "reload.h"
#include "shards.h"

#define DEFAULT_CONFIG "/etc/sipfast/sipd.yaml"

enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,
	EXIT_USAGE = 2,
	EXIT_UNREACHABLE = 5, /* the kernel module */
	EXIT_CONFIG = 7,
};

struct options {
	const char *config;
	bool check;
};

struct sipd {
	struct shards *shards;
	struct loop *loop; /* of the first one */
	struct cfg *cfg; /* a reference, until all have their own */
	struct cfg_certs *certs;
	struct reload *reload;
	int signal_fd;
	struct loop_fd signals;
};

static void usage(FILE *out)
{
	fputs("usage: sipd [-t] [-f FILE] [-d LEVEL]\n"
	      "       sipd -V | -h\n"
	      "\n"
	      "Session border controller; runs in the foreground and logs to standard error.\n"
	      "\n"
	      "  -f FILE   configuration, " DEFAULT_CONFIG " unless given\n"
	      "  -t        check the configuration and exit\n"
	      "  -d LEVEL  log error, warn, info (the default) or debug and what is graver\n"
	      "  -V        print the version and exit\n"
	      "  -h        print this and exit\n",
	      out);
}

static bool set_level(const char *name)
{
	static const char *const names[] = {
		[LOG_LEVEL_ERROR] = "error",
		[LOG_LEVEL_WARN] = "warn",
		[LOG_LEVEL_INFO] = "info",
		[LOG_LEVEL_DEBUG] = "debug",
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (strcmp(names[i], name))
			continue;
		log_set_level(i);
		return true;
	}
	fprintf(stderr, "sipd: no log level \"%s\"; choose error, warn, info or debug\n", name);
	return false;
}

/* Exits when the options say all there is to do. */
static void parse_options(struct options *options, int argc, char **argv)
{
	int c;

	*options = (struct options){ .config = DEFAULT_CONFIG };
	while ((c = getopt(argc, argv, "f:td:Vh")) != -1) {
		switch (c) {
		case 'f':
			options->config = optarg;
			break;
		case 't':
			options->check = true;
			break;
		case 'd':
			if (!set_level(optarg))
				exit(EXIT_USAGE);
			break;
		case 'V':
			puts("sipd " SIPFAST_VERSION);
			exit(EXIT_OK);
		case 'h':
			usage(stdout);
			exit(EXIT_OK);
		default:
			usage(stderr);
			exit(EXIT_USAGE);
		}
	}
	if (optind < argc) {
		fprintf(stderr, "sipd: unexpected \"%s\"\n", argv[optind]);
		usage(stderr);
		exit(EXIT_USAGE);
	}
}

static void report(void *arg, const char *line)
{
	(void)arg;
	fputs(line, stderr);
}

/* Descriptors are for sockets; the soft limit is there for programs that still select(). */
static void raise_fd_limit(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit))
		log_warn("cannot raise the limit of open files to %llu: %s",
			 (unsigned long long)limit.rlim_max, strerror(errno));
}

static void note_reload(void *arg, const struct cfg_certs_realm *realms, unsigned int count)
{
	(void)arg;
	for (unsigned int i = 0; realms && i < count; i++) {
		if (!realms[i].ret)
			continue;
		log_error("realm %s: %s cannot be used: %s; what was read before stays in use",
			  realms[i].realm->name, realms[i].file, realms[i].error.text);
	}
}

/* Certificates are renewed all the same: what is in force names them. */
static void note_config(void *arg, const struct cfg_reload_result *result)
{
	struct sipd *sipd = arg;

	if (!result || result->ok)
		return;
	for (unsigned int i = 0; i < result->nmistakes; i++)
		log_error("%.*s", (int)strcspn(result->mistakes[i], "\n"), result->mistakes[i]);
	log_error("the configuration stays as it was; certificates alone are read again");
	cfg_certs_reload(sipd->certs, note_reload, NULL);
}

static void on_hangup(struct sipd *sipd)
{
	struct cfg_reloader *reloader = reload_reloader(sipd->reload);

	log_info("signal %s: reading the configuration again", strsignal(SIGHUP));
	if (reloader->start(reloader, CFG_RELOAD_APPLY, note_config, sipd))
		log_warn("the configuration or certificates are being read already; try again");
}

static void on_signal(struct loop_fd *lfd, uint32_t events)
{
	struct sipd *sipd = (struct sipd *)((char *)lfd - offsetof(struct sipd, signals));
	struct signalfd_siginfo info;

	(void)events;
	if (read(lfd->fd, &info, sizeof(info)) != sizeof(info))
		return;
	if (info.ssi_signo == SIGHUP) {
		on_hangup(sipd);
		return;
	}
	log_info("signal %s: ending", strsignal(info.ssi_signo));
	notify_manager("STOPPING=1");
	shards_stop(sipd->shards);
}

/* For all threads: those of shards inherit it. */
static int block_signals(struct sipd *sipd)
{
	sigset_t set;

	signal(SIGPIPE, SIG_IGN);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	sipd->signal_fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	return sipd->signal_fd < 0 ? -errno : 0;
}

static int run(struct sipd *sipd)
{
	int ret = shards_start(sipd->shards);

	if (ret)
		return ret;
	/* It is let go when another one has taken its place. */
	cfg_put(sipd->cfg);
	sipd->cfg = NULL;
	puts("sipd: ready");
	fflush(stdout);
	notify_manager("READY=1");
	return shards_run(sipd->shards);
}

/* Takes over the reference to @cfg. */
static enum exit_code serve(struct cfg *cfg)
{
	enum exit_code code = EXIT_FAILED;
	struct sipd sipd = { .cfg = cfg };
	struct admin *admin;
	int ret;

	ret = block_signals(&sipd);
	if (ret) {
		log_error("cannot watch signals: %s", strerror(-ret));
		goto put_cfg;
	}
	ret = shards_alloc(&sipd.shards, cfg);
	if (ret) {
		if (ret == -ENOENT)
			code = EXIT_UNREACHABLE;
		goto close_signals;
	}
	sipd.loop = shards_loop(sipd.shards);
	ret = loop_fd_add(sipd.loop, &sipd.signals, sipd.signal_fd, EPOLLIN, on_signal);
	if (ret) {
		log_error("cannot watch signals: %s", strerror(-ret));
		goto free_shards;
	}
	ret = cfg_certs_alloc(&sipd.certs, cfg, sipd.loop);
	if (ret) {
		log_error("cannot watch certificates: %s", strerror(-ret));
		goto unwatch;
	}
	ret = reload_alloc(&sipd.reload, cfg, sipd.shards, sipd.certs);
	if (ret) {
		log_error("cannot watch the configuration: %s", strerror(-ret));
		goto free_certs;
	}
	if (admin_alloc(&admin, sipd.loop, cfg->control_socket, shards_admin(sipd.shards),
			cfg->shards))
		goto free_reload;
	admin_set_certs(admin, sipd.certs);
	admin_set_reloader(admin, reload_reloader(sipd.reload));
	if (!run(&sipd))
		code = EXIT_OK;
	admin_free(admin);
free_reload:
	reload_free(sipd.reload);
free_certs:
	/* Whom it answers may be gone by now, but not who asked for him. */
	cfg_certs_free(sipd.certs);
unwatch:
	loop_fd_del(sipd.loop, &sipd.signals);
free_shards:
	shards_free(sipd.shards);
close_signals:
	close(sipd.signal_fd);
put_cfg:
	cfg_put(sipd.cfg);
	return code;
}

int main(int argc, char **argv)
{
	struct options options;
	struct cfg *cfg;

	parse_options(&options, argc, argv);
	cfg = cfg_load(options.config, report, NULL);
	if (!cfg)
		return EXIT_CONFIG;
	if (options.check) {
		printf("%s: ok\n", options.config);
		cfg_put(cfg);
		return EXIT_OK;
	}
	/* As many threads work; more arenas would only keep memory apart. */
	mallopt(M_ARENA_MAX, (int)cfg->shards);
	raise_fd_limit();
	log_info("sipd " SIPFAST_VERSION ", %s: %u realms, media %s, %u shards", options.config,
		 cfg->nrealms, cfg->media_kernel ? "kernel" : "none", cfg->shards);
	cfg_enforce(cfg);
	return serve(cfg);
}
