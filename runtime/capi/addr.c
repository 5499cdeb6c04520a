/*
 * addr.c - "network" and "address" of gort.h to socket addresses and back.
 *
 * getaddrinfo reads files, talks to name servers, loads modules and wants far
 * more stack than a goroutine has: it runs on the thread's stack, inside a
 * system call. Its results are copied out and freed there.
 */
#include "config.h"
#include "capi/capi.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "mem/malloc.h"

#define HOST_MAX 256
#define PORT_MAX 32

struct lookup {
	char host[HOST_MAX], port[PORT_MAX];
	int family; /* AF_UNSPEC: any */
	bool listening;
	struct capi_addrs *ret;
	int err;
};

/* ---- text to parts ---- */

static int
copy_part(char *dst, size_t cap, const char *src, size_t n)
{
	if (n >= cap)
		return -EINVAL;
	memcpy(dst, src, n);
	dst[n] = '\0';
	return 0;
}

/* getaddrinfo takes what strtoul takes, signs included, and cuts it to 16
 * bits: 70000 would be 4464. A number is digits here, up to 65535. */
static bool
port_is_sane(const char *s)
{
	unsigned long v = 0;
	const char *p = s;

	for (; *p >= '0' && *p <= '9' && v <= 65535; p++)
		v = v * 10 + (unsigned long)(*p - '0');
	if (p == s) /* a service's name */
		return (*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z');
	return v <= 65535;
}

/* "host:port", "[v6]:port", ":port"; the port may not be missing or empty. */
static int
split(const char *s, struct lookup *l)
{
	const char *host = s, *end, *colon;

	if (*s == '[') {
		host = s + 1;
		end = strchr(host, ']');
		if (end == NULL || end[1] != ':')
			return -EINVAL;
		colon = end + 1;
	} else {
		end = colon = strchr(s, ':');
		if (colon == NULL || strchr(colon + 1, ':') != NULL)
			return -EINVAL;
	}
	if (!port_is_sane(colon + 1)
	    || copy_part(l->host, HOST_MAX, host, (size_t)(end - host)) < 0)
		return -EINVAL;
	return copy_part(l->port, PORT_MAX, colon + 1, strlen(colon + 1));
}

/* ---- look-up ---- */

static int
gai_errno(int e, int sys)
{
	switch (e) {
	case 0:
		return 0;
	case EAI_AGAIN:
		return -EAGAIN;
	case EAI_SERVICE:
		return -EINVAL;
	case EAI_MEMORY:
		return -ENOMEM;
	case EAI_SYSTEM:
		return -sys;
	default:
		return -ENXIO;
	}
}

static void
copy_results(const struct addrinfo *ai, int family, struct capi_addrs *to)
{
	for (; ai != NULL && to->n < CAPI_ADDRS_MAX; ai = ai->ai_next) {
		if (ai->ai_family != family
		    || ai->ai_addrlen > sizeof to->a[0].bytes)
			continue;
		memcpy(to->a[to->n].bytes, ai->ai_addr, ai->ai_addrlen);
		to->a[to->n++].len = ai->ai_addrlen;
	}
}

/* On the thread's stack. IPv4 first, as Go does: a name with both kinds is
 * reached more surely that way. */
static void *
look_up(void *arg)
{
	struct lookup *l = arg;
	struct addrinfo hints = { .ai_family = l->family,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *ai = NULL;
	int e;

	if (l->listening)
		hints.ai_flags = AI_PASSIVE;
	e = getaddrinfo(l->host[0] != '\0' ? l->host : NULL, l->port, &hints,
	    &ai);
	l->err = gai_errno(e, errno);
	if (e != 0)
		return NULL;
	copy_results(ai, AF_INET, l->ret);
	copy_results(ai, AF_INET6, l->ret);
	freeaddrinfo(ai);
	if (l->ret->n == 0)
		l->err = -ENXIO;
	return NULL;
}

/* Listening on all addresses of both kinds: the IPv6 wildcard first, whose
 * socket takes IPv4 too (net.c), IPv4's for machines without IPv6. */
static void
wildcard_v6_first(struct capi_addrs *a)
{
	struct sockaddr *sa;
	int i;

	for (i = 1; i < a->n; i++) {
		sa = (struct sockaddr *)a->a[i].bytes;
		if (sa->sa_family == AF_INET6) {
			a->a[CAPI_ADDRS_MAX - 1] = a->a[0];
			a->a[0] = a->a[i];
			a->a[i] = a->a[CAPI_ADDRS_MAX - 1];
			return;
		}
	}
}

static int
resolve_tcp(int family, const char *address, bool listening,
    struct capi_addrs *ret)
{
	struct lookup *l = rt_mallocgc(sizeof *l, NULL, true, true);
	int err = split(address, l);

	if (err < 0)
		return err;
	l->family = family;
	l->listening = listening;
	l->ret = ret;
	gort_call_on_thread_stack(look_up, l);
	if (l->err == 0 && listening && l->host[0] == '\0'
	    && ret->n < CAPI_ADDRS_MAX)
		wildcard_v6_first(ret);
	return l->err;
}

static int
resolve_unix(const char *path, struct capi_addrs *ret)
{
	struct sockaddr_un *un = (struct sockaddr_un *)ret->a[0].bytes;
	size_t n = strlen(path);

	/* A path needs its NUL, an abstract name has none. */
	if (n == 0 || n + (path[0] != '@') > sizeof un->sun_path)
		return -EINVAL;
	un->sun_family = AF_UNIX;
	memcpy(un->sun_path, path, n);
	if (path[0] == '@')
		un->sun_path[0] = '\0';
	ret->a[0].len = (uint32_t)(offsetof(struct sockaddr_un, sun_path) + n
	    + (path[0] != '@'));
	ret->n = 1;
	return 0;
}

int
capi_resolve(const char *network, const char *address, bool listening,
    struct capi_addrs *ret)
{
	if (network == NULL || address == NULL)
		return -EINVAL;
	memset(ret, 0, sizeof *ret);
	if (strcmp(network, "unix") == 0)
		return resolve_unix(address, ret);
	if (strcmp(network, "tcp") == 0)
		return resolve_tcp(AF_UNSPEC, address, listening, ret);
	if (strcmp(network, "tcp4") == 0)
		return resolve_tcp(AF_INET, address, listening, ret);
	if (strcmp(network, "tcp6") == 0)
		return resolve_tcp(AF_INET6, address, listening, ret);
	return -EAFNOSUPPORT;
}

/* ---- and back ---- */

static int
fit(int n, size_t cap)
{
	return n < 0 || (size_t)n >= cap ? -ENAMETOOLONG : n;
}

static int
print_unix(const struct sockaddr_un *un, uint32_t len, char *buf, size_t cap)
{
	size_t n = len - offsetof(struct sockaddr_un, sun_path);

	if (len <= offsetof(struct sockaddr_un, sun_path))
		return fit(snprintf(buf, cap, "%s", ""), cap); /* unnamed */
	if (un->sun_path[0] == '\0')
		return fit(snprintf(buf, cap, "@%.*s", (int)n - 1,
		               un->sun_path + 1),
		    cap);
	return fit(snprintf(buf, cap, "%.*s", (int)n, un->sun_path), cap);
}

int
capi_addr_print(const void *sa, uint32_t len, char *buf, size_t cap)
{
	const struct sockaddr *any = sa;
	const struct sockaddr_in *v4 = sa;
	const struct sockaddr_in6 *v6 = sa;
	char host[INET6_ADDRSTRLEN];

	if (cap == 0)
		return -ENAMETOOLONG;
	switch (any->sa_family) {
	case AF_UNIX:
		return print_unix(sa, len, buf, cap);
	case AF_INET:
		inet_ntop(AF_INET, &v4->sin_addr, host, sizeof host);
		return fit(snprintf(buf, cap, "%s:%d", host,
		               ntohs(v4->sin_port)),
		    cap);
	case AF_INET6:
		inet_ntop(AF_INET6, &v6->sin6_addr, host, sizeof host);
		return fit(snprintf(buf, cap, "[%s]:%d", host,
		               ntohs(v6->sin6_port)),
		    cap);
	default:
		return -EINVAL;
	}
}
