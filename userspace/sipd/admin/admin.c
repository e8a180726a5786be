// SPDX-License-Identifier: GPL-2.0-or-later
#include "admin/admin.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "admin/conn.h"
#include "base/log.h"

#define MAX_CONNECTIONS 64
/* After accept() failed for want of descriptors or memory. */
#define ACCEPT_PAUSE_MS 1000

struct admin {
	struct admin_context context;
	struct loop_fd lfd;
	struct timer pause;
	struct sockaddr_un addr;
	struct admin_conn *conns;
	unsigned int nconns;
};

static const char too_many[] = "{\"schema\":1,\"ok\":false,\"error\":{\"code\":\"failed\","
			       "\"message\":\"too many clients are connected\"}}\n";

static void unlink_conn(void *arg, struct admin_conn *conn)
{
	struct admin *admin = arg;

	*conn->pprev = conn->next;
	if (conn->next)
		conn->next->pprev = conn->pprev;
	admin->nconns--;
}

static void add_conn(struct admin *admin, int fd)
{
	struct admin_conn *conn;

	if (admin->nconns == MAX_CONNECTIONS) {
		send(fd, too_many, sizeof(too_many) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		close(fd);
		return;
	}
	conn = admin_conn_alloc(&admin->context, fd, unlink_conn, admin);
	if (!conn)
		return;
	conn->next = admin->conns;
	conn->pprev = &admin->conns;
	if (conn->next)
		conn->next->pprev = &conn->next;
	admin->conns = conn;
	admin->nconns++;
}

static void end_pause(struct timer *timer)
{
	struct admin *admin = (struct admin *)((char *)timer - offsetof(struct admin, pause));

	loop_fd_mod(admin->context.loop, &admin->lfd, EPOLLIN);
}

static void on_client(struct loop_fd *lfd, uint32_t events)
{
	struct admin *admin = (struct admin *)((char *)lfd - offsetof(struct admin, lfd));
	int fd;

	(void)events;
	fd = accept4(lfd->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd >= 0) {
		add_conn(admin, fd);
		return;
	}
	if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM)
		return;
	log_warn("control socket: cannot take a client: %s", strerror(errno));
	loop_fd_mod(admin->context.loop, lfd, 0);
	loop_timer_set(admin->context.loop, &admin->pause, ACCEPT_PAUSE_MS, end_pause);
}

/* The directory the socket is in, when it alone is missing: /run is empty after a boot. */
static void make_directory(const char *path)
{
	char directory[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	char *slash;

	snprintf(directory, sizeof(directory), "%s", path);
	slash = strrchr(directory, '/');
	if (!slash || slash == directory)
		return;
	*slash = 0;
	if (mkdir(directory, 0755) && errno != EEXIST)
		log_warn("cannot make %s: %s", directory, strerror(errno));
}

/* Removes a socket that nobody listens on any more. */
static int clear_stale(const struct sockaddr_un *addr)
{
	struct stat st;
	int fd, ret;

	if (lstat(addr->sun_path, &st))
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	ret = connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) ? -errno : 0;
	close(fd);
	/* EAGAIN: somebody listens, and is busy. */
	if (!ret || ret == -EAGAIN)
		return -EADDRINUSE;
	if (ret != -ECONNREFUSED)
		return ret;
	return unlink(addr->sun_path) && errno != ENOENT ? -errno : 0;
}

static int open_socket(const struct sockaddr_un *addr)
{
	mode_t mask;
	int fd, ret;

	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	mask = umask(0117);
	ret = bind(fd, (const struct sockaddr *)addr, sizeof(*addr)) ? -errno : 0;
	umask(mask);
	if (!ret && listen(fd, MAX_CONNECTIONS)) {
		ret = -errno;
		unlink(addr->sun_path);
	}
	if (ret)
		close(fd);
	return ret ? ret : fd;
}

static int start(struct admin *admin)
{
	int fd, ret;

	make_directory(admin->addr.sun_path);
	ret = clear_stale(&admin->addr);
	if (ret)
		return ret;
	fd = open_socket(&admin->addr);
	if (fd < 0)
		return fd;
	ret = loop_fd_add(admin->context.loop, &admin->lfd, fd, EPOLLIN, on_client);
	if (ret) {
		close(fd);
		unlink(admin->addr.sun_path);
	}
	return ret;
}

static void tell_failure(const char *path, int error)
{
	if (error == -EADDRINUSE)
		log_error("control socket %s: another sipd answers there; stop it, or give this "
			  "one "
			  "another socket",
			  path);
	else if (error == -EEXIST)
		log_error("control socket %s: a file that is no socket is there; remove it", path);
	else
		log_error("control socket %s: %s", path, strerror(-error));
}

int admin_alloc(struct admin **admin, struct loop *loop, const char *path,
		const struct admin_shard *shards, unsigned int nshards)
{
	struct admin *new;
	int ret = -ENAMETOOLONG;

	*admin = NULL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->context = (struct admin_context){
		.shards = shards,
		.nshards = nshards,
		.start_ms = loop_now_ms(loop),
		.loop = loop,
	};
	new->addr.sun_family = AF_UNIX;
	if (strlen(path) < sizeof(new->addr.sun_path)) {
		strcpy(new->addr.sun_path, path);
		ret = start(new);
	}
	if (ret) {
		tell_failure(path, ret);
		free(new);
		return ret;
	}
	*admin = new;
	return 0;
}

void admin_set_certs(struct admin *admin, struct cfg_certs *certs)
{
	admin->context.certs = certs;
}

void admin_set_reloader(struct admin *admin, struct cfg_reloader *reloader)
{
	admin->context.reloader = reloader;
}

void admin_free(struct admin *admin)
{
	struct admin_conn *conn;

	if (!admin)
		return;
	while ((conn = admin->conns)) {
		unlink_conn(admin, conn);
		admin_conn_free(conn);
	}
	loop_timer_cancel(admin->context.loop, &admin->pause);
	loop_fd_del(admin->context.loop, &admin->lfd);
	close(admin->lfd.fd);
	unlink(admin->addr.sun_path);
	free(admin);
}
